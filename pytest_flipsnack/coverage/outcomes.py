"""Which tests passed, from the reports of their phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pytest_flipsnack.coverage.tally import Cell, Tally, unpack

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
class _Attempt:
    passed: bool = False
    spoiled: bool = False
    hits: dict[Cell, int] = field(default_factory=dict)


class Outcomes:
    """Follows each test through its phases.

    A test counts once its teardown is over, if its body passed and nothing failed, was skipped
    or expected to fail. A rerun starts anew, so that only the last attempt counts.
    """

    def __init__(self) -> None:
        self._open: dict[str, _Attempt] = {}
        self._done: dict[str, dict[Cell, int]] = {}
        self.finished = 0

    def see(self, report: PhaseReport) -> None:
        """Take a phase of a test into account."""
        if report.when == "setup":
            self._open[report.nodeid] = _Attempt()
            self._done.pop(report.nodeid, None)
        attempt = self._open.get(report.nodeid)
        if attempt is None:
            return
        good = report.outcome == "passed" and not hasattr(report, "wasxfail")
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

    def _close(self, nodeid: str, attempt: _Attempt) -> None:
        del self._open[nodeid]
        self.finished += 1
        if attempt.passed and not attempt.spoiled and attempt.hits:
            self._done[nodeid] = attempt.hits
