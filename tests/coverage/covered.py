"""Coverage of made-up tests, for the tests of reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Cell, Tally
from pytest_flipsnack.coverage.verdict import Run, decide
from pytest_flipsnack.coverage.writers import Coverage

CREATED = "2026-01-02T03:04:05+00:00"
LIST, STATS = "collection.getList", "user.getStats"
Tests = Mapping[str, tuple[Mapping[Cell, int], Collection[Cell]]]


def tally_of(tests: Tests) -> Tally:
    """Return the counts of tests: name to what each delivered, and where it asserted."""
    tally = Tally()
    for name, (hits, asserted) in tests.items():
        tally.add_test(name, hits, asserted)
    return tally


def cover(demand: Demand, tests: Tests, run: Run | None = None) -> Coverage:
    """Return what a report is made of."""
    tally, run = tally_of(tests), run or Run(ids=("run-1",))
    return Coverage(tally, demand, run, decide(tally, demand, run), CREATED)


SOME: Tests = {
    "tests/test_a.py::test_limit": ({(STATS, 20): 2, (STATS, 31): 2}, [(STATS, 31)]),
    "tests/test_b.py::test_50": ({(STATS, 20): 1, (LIST, 50): 1}, []),
}
READS_ONLY = {Code(code): "we only read" for code in (33, 34, 35, 36, 45)}
DEMAND = Demand(Decimal(100), excluded=READS_ONLY)
EVERYTHING: Tests = {
    "test_all": ({(STATS, code.value): 1 for code in Code}, [(STATS, c.value) for c in Code])
}
