"""The counts of a made-up suite, some of whose names would do harm as HTML."""

from __future__ import annotations

from decimal import Decimal

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.flipped import Flipped, Survivor
from pytest_flipsnack.coverage.writers import Coverage
from tests.coverage.covered import LIST, STATS, Tests, cover

ALL = Decimal(100)
EVIL = "test_a.py::test_it[</script><script>document.title='harmed'</script><img src=x>]"
SUITE: Tests = {
    EVIL: ({(STATS, 31): 2, (STATS, 20): 1}, [(STATS, 31)]),
    "test_b.py::test_list": ({(LIST, 20): 1, (LIST, 50): 1}, []),
    "test_b.py::test_forbidden": ({("collection.getStats", 43): 1}, []),
}


def coverage(demand: Demand) -> Coverage:
    """Return what the page is made of."""
    made = cover(demand, SUITE)
    survivor = Survivor(EVIL, STATS, 20, 41, "assert what the client returns")
    undecided = {"test_b.py::test_list": "it has subtests"}
    made.tally.flipped = Flipped(
        ("handling",), 3, 0, 4, 3, survivors=[survivor], undecided=undecided
    )
    made.tally.replies[EVIL] = ((STATS, 31), (LIST, 20), (STATS, 31), (STATS, 20))
    return made
