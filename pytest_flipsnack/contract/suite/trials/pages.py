"""The trials of a call that fetches all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial

_PAGES, _MANY_PAGES = 3, 21
_FILTERS = ("query", "collectionStatus")
_OF_ALL_PAGES = (*_FILTERS, "orderBy", "orderMode")


def _all_come(tester: Tester, per_page: int) -> Findings:
    """More records than a page holds."""
    names, attempt = _paged(tester, per_page)
    if not attempt.calls:
        return  # it keeps the first reply
    yield from tester.require.usual(attempt)
    yield from tester.require.success(attempt, f"holds {len(names)} records in {_PAGES} pages")
    yield from _one_filter(tester, attempt)
    yield from _missing(tester, attempt, _PAGES, names)


def _many_come(tester: Tester, per_page: int) -> Findings:
    """So many pages that a client may refuse them, and may not leave some out in silence."""
    names, attempt = _paged(tester, per_page, pages=_MANY_PAGES)
    if attempt.calls and not tester.require.failed(attempt):
        yield from _missing(tester, attempt, _MANY_PAGES, names)


def _missing(tester: Tester, attempt: Attempt, pages: int, names: Sequence[str]) -> Findings:
    total, value = len(names), attempt.value
    got = len(value) if isinstance(value, list | tuple) else None
    shown = repr(value)
    kept = sum(name in shown for name in names)
    if got not in {None, total} or len(attempt.calls) < pages or 0 < kept < total:
        had = f"{got} records" if got is not None else "a value"
        per_page = tester.fake.account.settings.records_per_page
        yield finding(
            f"the client asked for {len(attempt.calls)} of {pages} pages and returned {had} of "
            f"{total}" + (f", and of these {kept}" if got == total else ""),
            f"all pages of {per_page} records, as in pages = {{{tester.action.name!r}: {per_page}}}",
            attempt.calls,
        )


def _one_filter(tester: Tester, attempt: Attempt) -> Findings:
    """The same filter and order for every page, or the pages are those of different lists."""
    pages = [call.params for call in attempt.calls if call.action == tester.action.name]
    for name in _OF_ALL_PAGES:
        values = [page.get(name) for page in pages]
        if len({*values}) > 1:
            shown = ", ".join(repr(value) for value in dict.fromkeys(values))
            yield finding(
                f"the client sent {name} as {shown} for the pages of one list",
                f"the same {name} for every page",
                attempt.calls,
            )


def _second_breaks(tester: Tester, per_page: int) -> Findings:
    """An error on the second page."""
    answers = {Code.OK: False, Code.INVALID_CREDENTIALS: True}
    _, attempt = _paged(tester, per_page, answers)
    if not attempt.calls:
        return  # it keeps the first reply
    yield from tester.require.usual(attempt)
    if attempt.calls[-1].code == Code.INVALID_CREDENTIALS:
        yield from tester.require.failure(attempt, "answered 41 to the second page")


def _second_is_limited(tester: Tester, per_page: int) -> Findings:
    """A code that passes on the second page: a client that retries it still returns every record."""
    answers = {Code.OK: False, Code.REQUESTS_PER_SECOND: False}
    names, attempt = _paged(tester, per_page, answers)
    if not attempt.calls:
        return  # it keeps the first reply
    yield from tester.require.usual(attempt)
    if not attempt.retried(lambda call: call.code == Code.REQUESTS_PER_SECOND):
        return
    yield from tester.require.success(attempt, "answered 31 to the second page, and then 20")
    total, value = len(names), attempt.value
    kept = [name for name in names if name in repr(value)]
    if (isinstance(value, list | tuple) and len(value) != total) or 0 < len(kept) < total:
        yield finding(
            f"{tester.action.name} answered 31 to the second page and then 20, and the client "
            f"returned {len(value)} records of {total}, {len(kept)} of them different",
            "every record once",
            attempt.calls,
        )


def _paged(
    tester: Tester, per_page: int, answers: Mapping[Code, bool] | None = None, pages: int = _PAGES
) -> tuple[list[str], Attempt]:
    """Make the call on pages of records that pass its filter; return their hashes and the attempt.

    `answers` are the codes of the first replies, and whether each stays. Only a call that filters
    is made twice, for its first requests tell what it wants.
    """
    tester.fake.configure({"records_per_page": per_page})
    total = (pages - 1) * per_page + 1

    def call(names: list[str]) -> tuple[list[str], Attempt]:
        for code, forever in (answers or {}).items():
            tester.answer(code, forever=forever)
        attempt = tester.call()
        tester.forget_answers()
        return names, attempt

    names, attempt = call(tester.fill(total))
    wanted = {name: attempt.calls[0].params.get(name, "") for name in _FILTERS if attempt.calls}
    if any(wanted.values()):
        return call(tester.fill(total, title=wanted["query"], status=wanted["collectionStatus"]))
    return names, attempt


_TRIED = {
    "all": _all_come,
    "many": _many_come,
    "breaks": _second_breaks,
    "limited": _second_is_limited,
}
TRIALS = (
    Trial(
        "test_pages",
        "A call that fetches all pages fetches all of them.",
        lambda action, declared: [
            (name, (tried, per_page))
            for name, tried in _TRIED.items()
            for paged, per_page in declared.pages.items()
            if paged == action.name
        ],
        lambda tester, given: given[0](tester, given[1]),
    ),
)
