"""Counts that add up, and which tests they come from: those that passed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

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


REPORT_ATTRIBUTE = "flipsnack_hits"
"""The attribute of a teardown report that carries a test's hits."""


class PhaseReport(Protocol):
    """What is read of a test report."""

    nodeid: str

    @property
    def when(self) -> str | None: ...

    @property
    def outcome(self) -> str: ...


@dataclass(slots=True)
class _RunningTest:
    passed: bool = False
    spoiled: bool = False
    hits: dict[Cell, int] = field(default_factory=dict)


class PassedTests:
    """Follows each test through its phases.

    A test counts once its teardown is over, if its body passed and nothing failed, was skipped
    or expected to fail; a skipped subtest is no such thing. A rerun starts anew, so that only the
    last attempt counts.
    """

    def __init__(self) -> None:
        self._open: dict[str, _RunningTest] = {}
        self._done: dict[str, dict[Cell, int]] = {}
        self.finished = 0

    def see(self, report: PhaseReport) -> None:
        """Take a phase of a test into account."""
        if report.when == "setup":
            self._open[report.nodeid] = _RunningTest()
            self._done.pop(report.nodeid, None)
        attempt = self._open.get(report.nodeid)
        if attempt is None:
            return
        expected = hasattr(report, "wasxfail")
        good = report.outcome == "passed" and not expected
        if report.outcome == "skipped" and hasattr(report, "context") and not expected:
            return  # only subtests have a context
        if report.when == "call" and good:
            attempt.passed = True
        attempt.spoiled |= not good
        if report.when == "teardown":
            attempt.hits = unpack(getattr(report, REPORT_ATTRIBUTE, ()))
            self._close(report.nodeid, attempt)

    def tally(self) -> Tally:
        """Return the counts of all tests that passed."""
        total = Tally()
        for hits in self._done.values():
            total.add_test(hits)
        return total

    def _close(self, nodeid: str, attempt: _RunningTest) -> None:
        del self._open[nodeid]
        self.finished += 1
        if attempt.passed and not attempt.spoiled and attempt.hits:
            self._done[nodeid] = attempt.hits
