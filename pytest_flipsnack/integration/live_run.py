"""A run with `--flipsnack-live`: requests led over the recorder, its replies written and compared."""

from __future__ import annotations

import warnings
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pytest_flipsnack.coverage.writers import write_file
from pytest_flipsnack.drift.compare import Drift, compared, summary
from pytest_flipsnack.drift.recordings import exchanges
from pytest_flipsnack.integration.live import is_live
from pytest_flipsnack.integration.masked_reports import hide_in
from pytest_flipsnack.live.environment import Account
from pytest_flipsnack.live.limits import Limits
from pytest_flipsnack.live.recorder import Recorder


class LiveRun:
    """The live tests of a run: their recorder, which the first of them starts, and what it found."""

    def __init__(self, config: pytest.Config, path: Path, account: Account, limits: Limits) -> None:
        self._config = config
        self._path = path
        self._account = account
        self._limits = limits
        self.recorder: Recorder | None = None
        self._names: set[str] = set()
        self._troubles = 0
        self._drifts: list[Drift] = []
        self._unwritten = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Lead the requests of a live test, and of its fixtures, over the recorder."""
        if not is_live(item):
            return (yield)
        if self.recorder is None:
            self.recorder = Recorder(self._account, self._limits)
        self._names.add(item.nodeid)
        self._troubles = len(self.recorder.troubles)
        self.recorder.begin(item.nodeid)
        try:
            return (yield)
        finally:
            self.recorder.detour.stop()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Refuse a test of both kinds before its fixtures are made."""
        if is_live(item) and "flipsnack" in getattr(item, "fixturenames", ()):
            pytest.fail(
                "the test uses flipsnack, by itself or by another fixture, as well as "
                "flipsnack_live; a test asks either the fake or the real API: write two tests",
                pytrace=False,
            )

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Let a live test fail for requests that were not answered."""
        report = yield
        new = self.recorder.troubles[self._troubles :] if self.recorder else []
        if new and item.nodeid in self._names:
            text = "\n".join(new)
            self._troubles += len(new)
            if report.passed:
                report.outcome, report.longrepr = "failed", text
            else:
                report.sections.append(("Flipsnack live", text))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take key, secret and signatures out of what a live test shows: a CI server keeps it."""
        if self.recorder is not None and report.nodeid in self._names:
            hide_in(report, self.recorder.recording.hide)

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Do so with what is warned of."""
        if self.recorder is not None:
            text = str(warning_message.message)
            hidden = self.recorder.recording.hide(text)
            if hidden != text:
                warning_message.message = pytest.PytestWarning(hidden)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the recording and compare it; fail a run that differs, or has lost it."""
        recorder = self.recorder
        if recorder is None:
            return
        recorder.stop()

        text = recorder.recording.render(datetime.now(UTC).isoformat(timespec="seconds"))
        try:
            write_file(self._config.invocation_params.dir / self._path, text)
        except OSError as error:
            self._unwritten = f"{self._path} could not be written: {error.strerror}"
        self._drifts = [one for exchange in exchanges(text) for one in compared(exchange)]
        if (self._drifts or self._unwritten) and exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.recorder is None:
            return
        kept = self._unwritten or f"replies recorded in {self._path}"
        terminalreporter.write_line(f"Flipsnack live: {kept}", red=bool(self._unwritten))
        for one in self._drifts:
            terminalreporter.write_line(f"{one.place}: {one.kind}: {one.text}", yellow=True)
        style: dict[str, Any] = {"red": True} if self._drifts else {"green": True}
        replies = len(self.recorder.recording.replies)
        terminalreporter.write_line(summary(len(self._drifts), replies), **style)
