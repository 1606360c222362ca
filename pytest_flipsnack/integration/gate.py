"""The report and the gate, as hooks of the process that sees every test."""

from __future__ import annotations

import shlex
import sys
import uuid
from collections.abc import Generator
from typing import Any

import pytest

from pytest_flipsnack.coverage import reports
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.flipped import Flipped
from pytest_flipsnack.coverage.passed_tests import PassedTests
from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.tally import Level, Tally
from pytest_flipsnack.coverage.verdict import Outcome, Run, Verdict
from pytest_flipsnack.coverage.writers import Coverage, Target, cover
from pytest_flipsnack.integration.left_out import LeftOut
from pytest_flipsnack.integration.narrowing import narrowed_by

_STYLES: dict[Outcome, dict[str, bool]] = {
    Outcome.PASSED: {"green": True},
    Outcome.FAILED: {"red": True, "bold": True},
    Outcome.NOT_ENFORCED: {"yellow": True},
    Outcome.NOT_ASKED: {},
}


class Gate:
    """Collects hits, decides once, writes the reports; registered only in runs that ask for it."""

    def __init__(
        self,
        config: pytest.Config,
        demand: Demand,
        targets: list[Target],
        left_out: LeftOut,
        earlier: tuple[Tally, Run] | None = None,
        *,
        flipped: Flipped | None = None,
    ) -> None:
        self._config = config
        self._demand = demand
        self._earlier, before = earlier or (Tally(), Run())
        self._targets = targets
        self._flipped = flipped
        self._left_out = left_out
        self._passed = PassedTests()
        self._troubles = [*before.troubles]
        if demand.gated and demand.level is Level.VERIFIED and flipped is None:
            self._troubles.append("verified is reached with --flipsnack-flip only")
        self._coverage: Coverage | None = None
        self._written: list[Target] = []
        self._announced = self._summed_up = False
        self._ids = (*before.ids, uuid.uuid4().hex)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._passed.see(report)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        if error:
            self._troubles.append(f"worker {node.gateway.id} was lost, with what it had not sent")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        if self._config.option.collectonly or self._config.getoption("setuponly", default=False):
            return (yield)
        try:
            result = yield
        except BaseException as error:
            self._troubles.append(f"the run stopped early ({type(error).__name__})")
            verdict = self._conclude()
            if (
                verdict.failed
                and isinstance(error, pytest.exit.Exception)
                and error.returncode == 0
            ):
                error.returncode = 1
            raise
        verdict = self._conclude()
        if verdict.failed:
            self._raise_status(session, f"Flipsnack gate failed: {verdict.line}")
        elif self._troubles:
            self._raise_status(session, self._trouble())
        return result

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._coverage is None:
            return
        self._summed_up = True
        asked = [target for target in self._targets if target.format in reports.TERMINAL]
        if asked:
            terminalreporter.write_sep("=", "Flipsnack codes")
        for target in asked:
            for line in reports.TERMINAL[target.format](self._coverage):
                terminalreporter.write_line(line.text, **line.style)
        for target in self._written:
            terminalreporter.write_line(f"Flipsnack report written to {target.path}")
        for remark in remarks(self._coverage):
            terminalreporter.write_line(f"Flipsnack {remark}", yellow=True)
        if not self._announced:
            self._announce(terminalreporter, self._coverage.verdict)

    def pytest_unconfigure(self, config: pytest.Config) -> None:
        """Say it where pytest has no summary: after an internal error, or an exit of its own."""
        reporter: pytest.TerminalReporter | None = config.pluginmanager.get_plugin(
            "terminalreporter"
        )
        if reporter is not None and not self._summed_up:
            self.pytest_terminal_summary(reporter)

    def _announce(self, terminalreporter: pytest.TerminalReporter, verdict: Verdict) -> None:
        if verdict.outcome is not Outcome.NOT_ASKED:
            text = f"Flipsnack gate {verdict.outcome.value}: {verdict.line}"
            beside = len(
                terminalreporter.getreports("failed") + terminalreporter.getreports("error")
            )
            if verdict.outcome is Outcome.PASSED and beside:
                text += f"; {beside} failed beside it"
            terminalreporter.write_line(text, **_STYLES[verdict.outcome])
        elif self._troubles:
            terminalreporter.write_line(self._trouble(), **_STYLES[Outcome.FAILED])

    def _conclude(self) -> Verdict:
        self._coverage = coverage = self._count()
        asked = [target for target in self._targets if target.path is not None]
        for target in sorted(asked, key=lambda target: target.added):  # that cannot be taken back
            if self._write(target, coverage):
                self._written.append(target)
                continue
            # the files written so far tell a verdict that does not know of the trouble
            self._coverage = coverage = self._count()
            self._written = [one for one in self._written if self._write(one, coverage)]
        return coverage.verdict

    def _write(self, target: Target, coverage: Coverage) -> bool:
        assert target.path is not None
        path = self._config.invocation_params.dir / target.path
        try:
            reports.write(target, path, coverage)
        except OSError as error:
            self._troubles.append(f"{target.path} could not be written: {error.strerror}")
            return False
        return True

    def _trouble(self) -> str:
        return f"Flipsnack report: {'; '.join(self._troubles)}"

    def _count(self) -> Coverage:
        tally = self._passed.tally()
        tally.flipped = self._flipped
        for test, cells in self._flipped.verified.items() if self._flipped is not None else ():
            tally.verify(test, cells)
        tally.add(self._earlier)
        narrowed = narrowed_by(self._config) or self._left_out.reason
        data = [str(one.path) for one in self._targets if one.format == "json"][:1]
        run = Run(narrowed, tuple(self._troubles), self._ids)
        return cover(tally, self._demand, run, shlex.join(data))

    def _raise_status(self, session: pytest.Session, text: str) -> None:
        stopped = session.shouldfail or session.shouldstop
        if session.testsfailed or stopped or not session.testscollected:
            return
        session.testsfailed += 1
        session.shouldfail = text
        self._announced = True
        if not self._config.pluginmanager.has_plugin("terminalreporter"):
            print(text, file=sys.stderr)
