"""`--flipsnack-live`: tests against the real API, with its replies recorded and compared."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_flipsnack.integration.configuration import ini, reading, usage_error
from pytest_flipsnack.integration.masked_reports import hide_in

if TYPE_CHECKING:
    import warnings

    from pytest_flipsnack.drift.compare import Drift
    from pytest_flipsnack.live.limits import Limits
    from pytest_flipsnack.live.live import Live
    from pytest_flipsnack.live.recorder import Recorder

NAME = "flipsnack_live"
DEFAULT = "flipsnack-live.json"
_FLAG, _PAGE = "--flipsnack-live", "howto/live.md"
_SKIPPED = f"it asks the real Flipsnack, which only {_FLAG} allows"
_LIMITS = {"requests_per_minute": 600, "requests": 100_000, "uploads": 1000}
"""The keys behind `flipsnack_live_`, each with the most that it may be."""


def read_path(text: str) -> str:
    """Return the path of a recording; raise for what looks like a path of tests."""
    if not text.endswith(".json"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not the path of a recording, which ends with .json; paths of tests come "
            f"before the flag, or after {_FLAG}={DEFAULT}"
        )
    return text


def configure(config: pytest.Config) -> None:
    """Be ready for live tests, where they are asked for; raise `pytest.UsageError` if they cannot run."""
    path = config.getoption("flipsnack_live")
    if path is None or config.option.collectonly:
        return
    if hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None):
        raise usage_error(
            f"{_FLAG} keeps below the limits of an account in one process; leave -n out", _PAGE
        )
    from pytest_flipsnack.live import environment

    try:
        account = environment.read(os.environ)
    except ValueError as error:
        raise usage_error(f"{_FLAG}: {error}", _PAGE) from None
    from pytest_flipsnack.live.recorder import Recorder

    limits = _read_limits(config)
    config.pluginmanager.register(
        LiveRun(config, Path(path), lambda: Recorder(account, limits)), NAME
    )


def _read_limits(config: pytest.Config) -> Limits:
    from pytest_flipsnack.live.limits import Limits

    given: dict[str, int] = {}
    for name, most in _LIMITS.items():
        key = f"flipsnack_live_{name}"
        value = ini(config, key)
        if value is not None:
            given[name] = reading(key, partial(_number, most=most), value, _PAGE)
    return Limits(**given)


def _number(value: object, *, most: int) -> int:
    text = str(value).strip()
    number = int(text) if text.isdecimal() else 0
    if not 0 < number <= most:
        raise ValueError(f"{value!r} is not a number from 1 to {most}")
    return number


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip live tests where they are not asked for."""
    if config.getoption("flipsnack_live") is None:
        for item in items:
            if _is_live(item):
                item.add_marker(pytest.mark.skip(reason=_SKIPPED))


def _is_live(item: pytest.Item) -> bool:
    """Return whether a test is marked, or asks for the fixture."""
    marked = NAME in item.keywords and item.get_closest_marker(NAME) is not None
    return marked or NAME in getattr(item, "fixturenames", ())


def of_test(request: pytest.FixtureRequest) -> Live:
    """Return what a live test works with; its requests are led over the recorder already."""
    run = request.config.pluginmanager.get_plugin(NAME)
    if not isinstance(run, LiveRun) or run.recorder is None or not _is_live(request.node):
        pytest.fail(
            f"flipsnack_live is there with {_FLAG} only, and in a test that is marked: "
            "@pytest.mark.flipsnack_live",
            pytrace=False,
        )
    from pytest_flipsnack.live.live import Live

    return Live(run.recorder)


class LiveRun:
    """The live tests of a run: their recorder, which the first of them starts, and what it found."""

    def __init__(self, config: pytest.Config, path: Path, make: Callable[[], Recorder]) -> None:
        self._config = config
        self._path = path
        self._make = make
        self.recorder: Recorder | None = None
        self._names: set[str] = set()
        self._troubles = 0
        self._drifts: list[Drift] = []
        self._unwritten = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Lead the requests of a live test, and of its fixtures, over the recorder."""
        if not _is_live(item):
            return (yield)
        if self.recorder is None:
            self.recorder = self._make()
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
        if _is_live(item) and "flipsnack" in getattr(item, "fixturenames", ()):
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
        from pytest_flipsnack.coverage.writers import write_file
        from pytest_flipsnack.drift.compare import compared
        from pytest_flipsnack.drift.recordings import exchanges

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
        from pytest_flipsnack.drift.compare import summary

        kept = self._unwritten or f"replies recorded in {self._path}"
        terminalreporter.write_line(f"Flipsnack live: {kept}", red=bool(self._unwritten))
        for one in self._drifts:
            terminalreporter.write_line(f"{one.place}: {one.kind}: {one.text}", yellow=True)
        style: dict[str, Any] = {"red": True} if self._drifts else {"green": True}
        replies = len(self.recorder.recording.replies)
        terminalreporter.write_line(summary(len(self._drifts), replies), **style)
