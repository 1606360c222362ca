"""What the flips of a run showed: which tests look, which do not, and which nobody can tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Survivor:
    """A test that passes with another code in the place of one; `advice` says what to assert."""

    test: str
    action: str
    code: int
    to: int
    advice: str

    def __str__(self) -> str:
        return (
            f"{self.test} passes when {self.code} of {self.action} becomes {self.to}: {self.advice}"
        )


@dataclass(slots=True)
class Flipped:
    """The outcome of all flips; plain values, so that a worker can send it.

    `modes` are those of the option, "handling", "all" or "changed", one for each way in which a
    part was flipped.
    Of the `tests`, `recalled` have not changed since an earlier run, whose outcome counts.
    """

    modes: tuple[str, ...] = ()
    tests: int = 0
    recalled: int = 0
    flips: int = 0
    noticed: int = 0
    verified: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """The cells of each test whose flips it noticed, all of them."""
    survivors: list[Survivor] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)
    """Why nobody can tell of a test: it is unstable, say."""

    def add(self, other: Flipped) -> None:
        """Add what another part of the run found, or another run."""
        self.modes = tuple(sorted({*self.modes, *other.modes}))
        self.tests += other.tests
        self.recalled += other.recalled
        self.flips += other.flips
        self.noticed += other.noticed
        self.verified |= other.verified
        self.survivors = [*dict.fromkeys([*self.survivors, *other.survivors])]
        self.undecided |= other.undecided

    @property
    def summary(self) -> str:
        """What was done and what came of it, in a line; no flip is repeated for a recalled test."""
        mode = f" ({', '.join(self.modes)})" if self.modes not in {(), ("handling",)} else ""
        parts = [
            f"{_counted(self.tests, 'test')}",
            f"{_counted(self.flips, 'flip')}{mode}",
            f"{self.noticed} noticed",
            f"{len(self.survivors)} survived",
        ]
        if self.recalled:
            parts.append(f"{_counted(self.recalled, 'test')} unchanged and not flipped again")
        return ", ".join(parts)

    @property
    def ordered(self) -> list[Survivor]:
        """The survivors in the order in which every report names them."""
        return sorted(self.survivors, key=str)

    @property
    def doubts(self) -> list[str]:
        """A line for each test that flips cannot tell of, in the order of their names."""
        return [f"{test} is undecided: {reason}" for test, reason in sorted(self.undecided.items())]

    def packed(self) -> dict[str, Any]:
        """Return it as plain builtins."""
        return asdict(self)

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> Flipped:
        """Return what was packed, or a report holds; lists may have been made of the tuples."""
        verified = {name: _cells(cells) for name, cells in packed.get("verified", {}).items()}
        survivors = [Survivor(**one) for one in packed["survivors"]]
        modes = tuple(packed.get("modes", ()))
        return cls(**{**packed, "verified": verified, "survivors": survivors, "modes": modes})


def joined(one: Flipped | None, other: Flipped | None) -> Flipped | None:
    """Return a new sum of two outcomes, None where neither run was flipped."""
    if one is None and other is None:
        return None
    total = Flipped()
    for part in (one, other):
        if part is not None:
            total.add(part)
    return total


def _cells(packed: Iterable[Iterable[Any]]) -> list[tuple[str, int]]:
    return [(str(action), int(code)) for action, code in packed]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
