"""What the tests of a suite delivered, by action and code, and which of them looked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from pytest_flipsnack.coverage.flipped import Flipped, joined

Cell = tuple[str, int]
"""An action and a code."""


class Level(StrEnum):
    """How far a passing test went with a code, lowest first."""

    EXERCISED = "exercised"
    """It delivered the code to the client."""
    ASSERTED = "asserted"
    """It judged the client there as well: `expect`, a mark with `raises`, a test of a contract."""
    VERIFIED = "verified"
    """It failed each time that another code came in the place of this one: it looks."""


_RANK: dict[Level | None, int] = {level: rank for rank, level in enumerate((None, *Level))}
_DOWNWARDS = tuple(reversed([*Level]))


@dataclass(slots=True)
class Tally:
    """What passing tests delivered, and which tests. Two tallies of one suite add up to both."""

    deliveries: Counter[Cell] = field(default_factory=Counter)
    contexts: dict[Cell, dict[str, Level]] = field(default_factory=dict)
    """The tests of each cell by node id, with the level that each reached there."""
    replies: dict[str, tuple[Cell, ...]] = field(default_factory=dict)
    """The first replies that a test delivered, in their order; none where nobody kept them."""
    flipped: Flipped | None = None
    """What the flips of the tests showed, None where nothing was flipped."""

    def add_test(
        self,
        name: str,
        hits: Mapping[Cell, int],
        asserted: Collection[Cell] = (),
        replies: Sequence[Cell] = (),
    ) -> None:
        """Count what one passing test delivered, and in which cells it judged the client."""
        if replies:
            self.replies.setdefault(name, tuple(replies))
        self.deliveries.update(hits)
        for cell in hits:
            level = Level.ASSERTED if cell in asserted else Level.EXERCISED
            _join(self.contexts.setdefault(cell, {}), {name: level})

    def verify(self, name: str, cells: Collection[Cell]) -> None:
        """Note that a test looks at cells that it delivered."""
        for cell in cells:
            if name in self.contexts.get(cell, {}):
                self.contexts[cell][name] = Level.VERIFIED

    def add(self, other: Tally) -> None:
        """Add the counts of another part of the suite."""
        self.deliveries.update(other.deliveries)
        for cell, tests in other.contexts.items():
            _join(self.contexts.setdefault(cell, {}), tests)
        self.replies = other.replies | self.replies
        self.flipped = joined(self.flipped, other.flipped)

    def deliveries_of(self, code: int) -> int:
        """Return how often a code was delivered, over all actions."""
        return sum(count for (_, other), count in self.deliveries.items() if other == code)

    def tests_of(self, code: int) -> dict[str, Level]:
        """Return the tests that delivered a code, each with its highest level, over all actions."""
        found: dict[str, Level] = {}
        for (_, other), tests in self.contexts.items():
            if other == code:
                _join(found, tests)
        return found

    def level(self, cell: Cell) -> Level | None:
        """Return the highest level that a test reached in a cell, or None."""
        return highest(self.contexts.get(cell, {}))

    def level_of(self, code: int) -> Level | None:
        """Return the highest level that a test reached with a code, or None."""
        found = {highest(tests) for (_, other), tests in self.contexts.items() if other == code}
        return max(found, key=_RANK.__getitem__, default=None)

    @property
    def cells(self) -> list[Cell]:
        """Every exercised action and code, sorted."""
        return sorted(self.deliveries)


def shown(cell: Cell) -> str:
    """Return a cell as it is written in the configuration."""
    return f"{cell[0]}:{cell[1]}"


def reaches(level: Level | None, demanded: Level) -> bool:
    """Return whether a level is at least the one that is demanded."""
    return _RANK[level] >= _RANK[demanded]


def _join(found: dict[str, Level], tests: Mapping[str, Level]) -> None:
    """Add tests, each with the higher of its levels."""
    for name, level in tests.items():
        if _RANK[level] > _RANK[found.get(name)]:
            found[name] = level


def highest(tests: Mapping[str, Level]) -> Level | None:
    """Return the highest level of tests, or None where there is no test."""
    levels = tests.values()
    return next((level for level in _DOWNWARDS if level in levels), None)
