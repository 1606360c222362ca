"""The report and the gate, as hooks of the process that sees every test."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.passed_tests import PassedTests
from pytest_flipsnack.coverage.reports import FILES, TERMINAL
from pytest_flipsnack.coverage.verdict import Outcome, Run, Verdict
from pytest_flipsnack.coverage.writers import Coverage, Target, cover, write_file

_FLAGS = {
    "keyword": ("-k",),
    "markexpr": ("-m",),
    "lf": ("--lf", "--last-failed"),
    "stepwise": ("--stepwise", "--sw"),
    "deselect": ("--deselect",),
    "ignore": ("--ignore",),
    "ignore_glob": ("--ignore-glob",),
}
"""The options that leave tests out, each with its spellings."""


def narrowed_by(config: pytest.Config) -> str:
    """Return what narrowed the run, as typed, or an empty text for a whole run.

    A flag in `addopts` of the configuration file belongs to the project's whole run.
    """
    own = config.getini("addopts")
    for dest, flags in _FLAGS.items():
        value = config.getoption(dest, None)
        if value and not _in_file(flags, value, own):
            return flags[0]
    return _paths(config, own)


def _in_file(flags: tuple[str, ...], value: object, own: list[str]) -> bool:
    if value is True:
        return any(flag in own for flag in flags)
    given = set(_values(flags[0], own))
    return given.issuperset(map(str, value if isinstance(value, list) else [value]))


def _values(flag: str, own: list[str]) -> Iterator[str]:
    """Yield what the tokens give to a flag: `-m X`, `-mX`, `-m=X`, `--ignore X`, `--ignore=X`."""
    short = not flag.startswith("--")
    for token, following in pairwise([*own, ""]):
        if token == flag:
            yield following
        elif token.startswith(f"{flag}=") or (short and token.startswith(flag)):
            yield token.removeprefix(flag).removeprefix("=")


def _paths(config: pytest.Config, own: list[str]) -> str:
    start = config.invocation_params.dir
    if config.args_source is config.ArgsSource.INVOCATION_DIR:
        below = start != config.rootpath and start.is_relative_to(config.rootpath)
        return f"the directory {start.name}" if below else ""
    if config.args_source is not config.ArgsSource.ARGS or set(config.args) <= set(own):
        return ""
    given = [Path(start, arg).resolve() for arg in config.args if "::" not in arg]
    whole = [Path(config.rootpath, path).resolve() for path in config.getini("testpaths")]
    if whole and all(any(path.is_relative_to(top) for top in given) for path in whole):
        return ""  # whatever else was named besides
    for arg in config.args:
        if "::" in arg or Path(start, arg).is_file():
            return arg
    return " ".join(config.args) if whole else ""


_STYLES: dict[Outcome, dict[str, bool]] = {
    Outcome.PASSED: {"green": True},
    Outcome.FAILED: {"red": True, "bold": True},
    Outcome.NOT_ENFORCED: {"yellow": True},
    Outcome.NOT_ASKED: {},
}


class Gate:
    """Collects hits, decides once, writes the reports; registered only in runs that ask for it."""

    def __init__(self, config: pytest.Config, demand: Demand, targets: list[Target]) -> None:
        self._config = config
        self._demand = demand
        self._targets = targets
        self._passed = PassedTests()
        self._troubles: list[str] = []
        self._coverage: Coverage | None = None
        self._written: list[Target] = []
        self._announced = False
        self._deselected = False
        self._id = uuid.uuid4().hex

    def pytest_deselected(self) -> None:
        self._deselected = True

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
        asked = [target for target in self._targets if target.format in TERMINAL]
        if asked:
            terminalreporter.write_sep("=", "Flipsnack codes")
        for target in asked:
            for line in TERMINAL[target.format](self._coverage):
                terminalreporter.write_line(line.text, **line.style)
        for target in self._written:
            terminalreporter.write_line(f"Flipsnack report written to {target.path}")
        verdict = self._coverage.verdict
        if self._announced:
            return
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
        self._written = [target for target in asked if self._write(target, coverage)]
        if len(self._written) < len(asked):
            # the files written so far tell a verdict that does not know of the trouble
            self._coverage = coverage = self._count()
            self._written = [target for target in self._written if self._write(target, coverage)]
        return coverage.verdict

    def _write(self, target: Target, coverage: Coverage) -> bool:
        assert target.path is not None
        path = self._config.invocation_params.dir / target.path
        try:
            write_file(path, FILES[target.format][0](coverage))
        except OSError as error:
            self._troubles.append(f"{target.path} could not be written: {error.strerror}")
            return False
        return True

    def _trouble(self) -> str:
        return f"Flipsnack report: {'; '.join(self._troubles)}"

    def _count(self) -> Coverage:
        run = Run(self._narrowed(), tuple(self._troubles), (self._id,))
        return cover(self._passed.tally(), self._demand, run)

    def _narrowed(self) -> str:
        return narrowed_by(self._config) or ("deselected tests" if self._deselected else "")

    def _raise_status(self, session: pytest.Session, text: str) -> None:
        stopped = session.shouldfail or session.shouldstop
        if session.testsfailed or stopped or not session.testscollected:
            return
        session.testsfailed += 1
        session.shouldfail = text
        self._announced = True
        if not self._config.pluginmanager.has_plugin("terminalreporter"):
            print(text, file=sys.stderr)
