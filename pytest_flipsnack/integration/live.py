"""`--flipsnack-live`: tests against the real API, with its replies recorded and compared."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_flipsnack.integration.configuration import ini, reading

if TYPE_CHECKING:
    from pytest_flipsnack.drift.compare import Drift
    from pytest_flipsnack.live.limits import Limits
    from pytest_flipsnack.live.live import Live
    from pytest_flipsnack.live.recorder import Recorder

NAME = "flipsnack_live"
DEFAULT = "flipsnack-live.json"
_FLAG = "--flipsnack-live"
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
        raise pytest.UsageError(
            f"{_FLAG} keeps below the limits of an account in one process; leave -n out"
        )
    from pytest_flipsnack.live import environment

    try:
        account = environment.read(os.environ)
    except ValueError as error:
        raise pytest.UsageError(f"{_FLAG}: {error}") from None
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
            given[name] = reading(key, partial(_number, most=most), value)
    return Limits(**given)


def _number(value: object, *, most: int) -> int:
    text = str(value).strip()
    number = int(text) if text.isdecimal() else 0
    if not 0 < number <= most:
        raise ValueError(f"{value!r} is not a number from 1 to {most}")
    return number


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let marked tests use the fixture; skip live tests where they are not asked for."""
    asked = config.getoption("flipsnack_live") is not None
    for item in items:
        names = getattr(item, "fixturenames", ())
        marked = NAME in item.keywords and item.get_closest_marker(NAME) is not None
        if not (marked or NAME in names):
            continue
        if not asked:
            item.add_marker(pytest.mark.skip(reason=_SKIPPED))
        elif NAME not in names and isinstance(names, list):
            item.fixturenames = [*names, NAME]  # type: ignore[attr-defined]


def one_test(request: pytest.FixtureRequest) -> Iterator[Live]:
    """Yield what a live test works with, while its requests are led over the recorder."""
    both = "flipsnack" in request.fixturenames
    run = request.config.pluginmanager.get_plugin(NAME)
    if both or not isinstance(run, LiveRun):
        pytest.fail(
            "the test uses flipsnack, by itself or by another fixture, as well as flipsnack_live; a "
            "test asks either the fake or the real API: write two tests"
            if both
            else f"flipsnack_live is there with {_FLAG} only; mark the test: "
            "@pytest.mark.flipsnack_live",
            pytrace=False,
        )
    yield from run.test(request.node.nodeid)


class LiveRun:
    """The live tests of a run: their recorder, which the first of them starts, and what it found."""

    def __init__(self, config: pytest.Config, path: Path, make: Callable[[], Recorder]) -> None:
        self._config = config
        self._path = path
        self._make = make
        self._recorder: Recorder | None = None
        self._drifts: list[Drift] = []
        self._unwritten = ""

    def test(self, name: str) -> Iterator[Live]:
        """Record what a test asks."""
        from pytest_flipsnack.live.live import Live

        if self._recorder is None:
            self._recorder = self._make()
        recorder = self._recorder
        troubles = len(recorder.troubles)
        recorder.begin(name)
        try:
            yield Live(recorder)
        finally:
            recorder.detour.stop()
        if new := recorder.troubles[troubles:]:
            pytest.fail("\n".join(line.removeprefix(f"{name}: ") for line in new), pytrace=False)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take key, secret and signatures out of what a live test shows: a CI server keeps it."""
        report = yield
        if self._recorder is not None and NAME in getattr(item, "fixturenames", ()):
            hide = self._recorder.recording.hide
            report.sections = [(name, hide(text)) for name, text in report.sections]
            if report.failed and report.longrepr is not None:
                report.longrepr = hide(str(report.longrepr))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write the recording and compare it; fail a run that differs, or has lost it."""
        recorder = self._recorder
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
        if self._recorder is None:
            return
        from pytest_flipsnack.drift.compare import summary

        kept = self._unwritten or f"replies recorded in {self._path}"
        terminalreporter.write_line(f"Flipsnack live: {kept}", red=bool(self._unwritten))
        for one in self._drifts:
            terminalreporter.write_line(f"{one.place}: {one.kind}: {one.text}", yellow=True)
        style: dict[str, Any] = {"red": True} if self._drifts else {"green": True}
        replies = len(self._recorder.recording.replies)
        terminalreporter.write_line(summary(len(self._drifts), replies), **style)
