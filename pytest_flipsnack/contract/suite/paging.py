"""The trials of a call that fetches all pages."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.cases import Case
from pytest_flipsnack.contract.suite.rig import Rig
from pytest_flipsnack.fake.finding import Finding

_PAGES = 3
_FILTERS = ("query", "collectionStatus")


def pages(rig: Rig, case: Case) -> Iterator[Finding]:
    """More records than a page holds, or an error on the second page."""
    per_page = rig.per_page(case.action.name)
    total = 2 * per_page + 1
    names = rig.fill(total)
    rig.fake.configure({"records_per_page": per_page})
    if case.what == "breaks":
        yield from _page_breaks(rig, case)
        return
    outcome = rig.try_call()
    wanted = {name: outcome.calls[0].params.get(name, "") for name in _FILTERS if outcome.calls}
    if any(wanted.values()):
        names = rig.fill(total, title=wanted["query"], status=wanted["collectionStatus"])
        outcome = rig.try_call()
        if not outcome.calls:
            return  # it keeps the first reply
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, f"holds {total} records in 3 pages")
    got = len(outcome.value) if isinstance(outcome.value, list | tuple) else None
    shown = repr(outcome.value)
    kept = sum(name in shown for name in names)
    if got not in {None, total} or len(outcome.calls) < _PAGES or 0 < kept < total:
        had = f"{got} records" if got is not None else "a value"
        yield finding(
            f"the client asked for {len(outcome.calls)} of 3 pages and returned {had} of {total}"
            + (f", and of these {kept}" if got == total else ""),
            f"all pages of {per_page} records, as the class declares",
            outcome.calls,
        )


def _page_breaks(rig: Rig, case: Case) -> Iterator[Finding]:
    rig.answer(Code.OK)
    rig.answer(Code.INVALID_CREDENTIALS, forever=True)
    outcome = rig.try_call()
    rig.forget_answers()
    yield from rig.common(outcome)
    if outcome.calls[-1].code == Code.INVALID_CREDENTIALS:
        yield from rig.must_fail(outcome, "answered 41 to the second page")
