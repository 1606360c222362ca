"""The trials of a call that fetches all pages."""

from __future__ import annotations

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial

_PAGES = 3
_FILTERS = ("query", "collectionStatus")
_OF_ALL_PAGES = (*_FILTERS, "orderBy", "orderMode")


def _all_come(tester: Tester, per_page: int) -> Findings:
    """More records than a page holds."""
    total, names = _fill(tester, per_page)
    attempt = tester.call()
    wanted = {name: attempt.calls[0].params.get(name, "") for name in _FILTERS if attempt.calls}
    if any(wanted.values()):
        names = tester.fill(total, title=wanted["query"], status=wanted["collectionStatus"])
        attempt = tester.call()
        if not attempt.calls:
            return  # it keeps the first reply
    yield from tester.require.usual(attempt)
    yield from tester.require.success(attempt, f"holds {total} records in 3 pages")
    yield from _one_filter(tester, attempt)
    got = len(attempt.value) if isinstance(attempt.value, list | tuple) else None
    shown = repr(attempt.value)
    kept = sum(name in shown for name in names)
    if got not in {None, total} or len(attempt.calls) < _PAGES or 0 < kept < total:
        had = f"{got} records" if got is not None else "a value"
        yield finding(
            f"the client asked for {len(attempt.calls)} of 3 pages and returned {had} of {total}"
            + (f", and of these {kept}" if got == total else ""),
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
    _fill(tester, per_page)
    tester.answer(Code.OK)
    tester.answer(Code.INVALID_CREDENTIALS, forever=True)
    attempt = tester.call()
    tester.forget_answers()
    yield from tester.require.usual(attempt)
    if attempt.calls[-1].code == Code.INVALID_CREDENTIALS:
        yield from tester.require.failure(attempt, "answered 41 to the second page")


def _second_is_limited(tester: Tester, per_page: int) -> Findings:
    """A code that passes on the second page: a client that retries it still returns every record."""
    total, names = _fill(tester, per_page)
    tester.answer(Code.OK)
    tester.answer(Code.REQUESTS_PER_SECOND)
    attempt = tester.call()
    tester.forget_answers()
    yield from tester.require.usual(attempt)
    if not attempt.retried(lambda call: call.code == Code.REQUESTS_PER_SECOND):
        return
    yield from tester.require.success(attempt, "answered 31 to the second page, and then 20")
    value = attempt.value
    kept = [name for name in names if name in repr(value)]
    if (isinstance(value, list | tuple) and len(value) != total) or 0 < len(kept) < total:
        yield finding(
            f"{tester.action.name} answered 31 to the second page and then 20, and the client "
            f"returned {len(value)} records of {total}, {len(kept)} of them different",
            "every record once",
            attempt.calls,
        )


def _fill(tester: Tester, per_page: int) -> tuple[int, list[str]]:
    total = (_PAGES - 1) * per_page + 1
    tester.fake.configure({"records_per_page": per_page})
    return total, tester.fill(total)


_TRIED = {"all": _all_come, "breaks": _second_breaks, "limited": _second_is_limited}
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
