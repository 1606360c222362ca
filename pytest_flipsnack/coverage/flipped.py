"""What the flips of a run showed: which tests look, which do not, and which nobody can tell of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from pytest_flipsnack.coverage.tally import Cell


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
    """The outcome of all flips; plain values, so that a worker can send it."""

    tests: int = 0
    flips: int = 0
    noticed: int = 0
    verified: dict[str, list[Cell]] = field(default_factory=dict)
    """The cells of each test whose flips it noticed, all of them."""
    survivors: list[Survivor] = field(default_factory=list)
    undecided: dict[str, str] = field(default_factory=dict)
    """Why nobody can tell of a test: it is unstable, say."""

    def add(self, other: Flipped) -> None:
        """Add what another worker found."""
        self.tests += other.tests
        self.flips += other.flips
        self.noticed += other.noticed
        self.verified |= other.verified
        self.survivors += other.survivors
        self.undecided |= other.undecided

    def packed(self) -> dict[str, Any]:
        """Return it as plain builtins."""
        return asdict(self)

    @classmethod
    def unpacked(cls, packed: dict[str, Any]) -> Flipped:
        """Return what was packed; a process boundary may have made lists of the tuples."""
        verified = {name: _cells(cells) for name, cells in packed["verified"].items()}
        survivors = [Survivor(**one) for one in packed["survivors"]]
        return cls(**{**packed, "verified": verified, "survivors": survivors})


def _cells(packed: Iterable[Iterable[Any]]) -> list[Cell]:
    return [(str(action), int(code)) for action, code in packed]
