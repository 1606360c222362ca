"""Counts that add up: deliveries and tests per action and code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Cell = tuple[str, int]
"""An action and a code."""


@dataclass(slots=True)
class Tally:
    """What passing tests delivered. Two tallies of one suite, added, are the tally of both."""

    deliveries: Counter[Cell] = field(default_factory=Counter)
    tests: Counter[Cell] = field(default_factory=Counter)
    code_tests: Counter[int] = field(default_factory=Counter)

    def add_test(self, hits: Mapping[Cell, int]) -> None:
        """Count what one passing test delivered."""
        self.deliveries.update(hits)
        self.tests.update(dict.fromkeys(hits, 1))
        self.code_tests.update({code for _, code in hits})

    def deliveries_of(self, code: int) -> int:
        """Return how often a code was delivered, over all actions."""
        return sum(count for (_, other), count in self.deliveries.items() if other == code)

    @property
    def exercised(self) -> set[int]:
        """The codes that at least one passing test delivered."""
        return set(self.code_tests)

    @property
    def cells(self) -> list[Cell]:
        """Every exercised action and code, sorted."""
        return sorted(self.deliveries)


Hits = list[tuple[str, int, int]]
"""What travels on a test report: action, code and count; plain builtins only."""


def pack(hits: Mapping[Cell, int]) -> Hits:
    """Return hits as a report can carry them to another process."""
    return [(action, code, count) for (action, code), count in sorted(hits.items())]


def unpack(packed: Iterable[Iterable[object]]) -> dict[Cell, int]:
    """Return hits from a report; a process boundary may have made lists of the tuples."""
    return {(str(action), int(str(code))): int(str(count)) for action, code, count in packed}
