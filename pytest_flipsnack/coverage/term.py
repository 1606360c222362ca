"""The report on the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.catalogue.action import State
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.writers import Coverage, Line

_WIDTH = max(len(code.message) for code in Code)


def summary(coverage: Coverage) -> Iterator[Line]:
    """Yield a table of every code with its deliveries and tests, and the totals."""
    verdict, tally = coverage.verdict, coverage.tally
    yield Line(
        f"{'code':>4}  {'message':<{_WIDTH}}  {'deliveries':>10}  {'tests':>5}", {"bold": True}
    )
    for code in Code:
        deliveries, tests = tally.deliveries_of(code), tally.code_tests[code]
        row = f"{code.value:>4}  {code.message:<{_WIDTH}}  {deliveries:>10}  {tests:>5}"
        yield Line(row + _note(code, coverage), _style(code, coverage))
    totals = (
        f"{len(verdict.exercised)} of {len(verdict.demanded)} codes exercised ({verdict.share} %)"
    )
    yield Line(totals, {"green": True} if not verdict.missing else {"yellow": True})


def missing(coverage: Coverage) -> Iterator[Line]:
    """Yield the table, then what no test has delivered, by code and by action."""
    yield from summary(coverage)
    for code in coverage.verdict.missing:
        yield Line(f"missing: {code.label}; add a test with @pytest.mark.flipsnack({code.value})")
    used = sorted({action for action, _ in coverage.tally.cells} & set(ACTIONS))
    for name in used:
        action = ACTIONS[name]
        open_codes = [
            str(code.value)
            for code in action.codes
            if code in coverage.verdict.demanded and (name, code.value) not in coverage.tally.tests
        ]
        if action.state is State.CURRENT and open_codes:
            yield Line(f"not exercised with {name}: {', '.join(open_codes)}")


def _note(code: Code, coverage: Coverage) -> str:
    if code in coverage.verdict.missing:
        return "  missing"
    if code not in coverage.verdict.demanded:
        return f"  ({coverage.demand.excluded.get(code, 'deprecated, not demanded')})"
    return ""


def _style(code: Code, coverage: Coverage) -> dict[str, bool]:
    if code in coverage.verdict.missing:
        return {"red": True}
    return {"green": True} if coverage.tally.code_tests[code] else {}
