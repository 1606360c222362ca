"""Which tests count: those that passed, with what they delivered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from pytest_flipsnack.coverage.tally import Cell, Tally

Hits = list[tuple[str, int, int, int]]
"""What travels on a test report: action, code, count, and 1 where the client was judged."""
REPORT_ATTRIBUTE = "flipsnack_hits"
"""The attribute of a teardown report that carries a test's hits."""
REPLIES_ATTRIBUTE = "flipsnack_replies"
"""Likewise for the first replies of a test, in their order: action and code of each."""
MOST_REPLIES = 20


def pack(hits: Mapping[Cell, int], asserted: Collection[Cell]) -> Hits:
    """Return hits as a report can carry them to another process; plain builtins only."""
    return [
        (action, code, count, int((action, code) in asserted))
        for (action, code), count in sorted(hits.items())
    ]


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
    asserted: set[Cell] = field(default_factory=set)
    replies: tuple[Cell, ...] = ()

    def take(self, packed: Iterable[Iterable[object]]) -> None:
        """Read the hits of a report; a process boundary may have made lists of the tuples."""
        for action, code, count, asserted in packed:
            cell = (str(action), int(str(code)))
            self.hits[cell] = int(str(count))
            if asserted:
                self.asserted.add(cell)


class PassedTests:
    """Follows each test through its phases.

    A test counts once its teardown is over, if its body passed and nothing failed, was skipped
    or expected to fail; a skipped subtest is no such thing. A rerun starts anew, so that only the
    last attempt counts.
    """

    def __init__(self) -> None:
        self._open: dict[str, _RunningTest] = {}
        self._done: dict[str, _RunningTest] = {}
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
            attempt.take(getattr(report, REPORT_ATTRIBUTE, ()))
            replies = getattr(report, REPLIES_ATTRIBUTE, ())
            attempt.replies = tuple((str(action), int(code)) for action, code in replies)
            self._close(report.nodeid, attempt)

    def tally(self) -> Tally:
        """Return the counts of all tests that passed."""
        total = Tally()
        for name, test in self._done.items():
            total.add_test(name, test.hits, test.asserted, test.replies)
        return total

    def _close(self, nodeid: str, attempt: _RunningTest) -> None:
        del self._open[nodeid]
        self.finished += 1
        if attempt.passed and not attempt.spoiled and attempt.hits:
            self._done[nodeid] = attempt
