"""Runs each passing test again with other codes in the place of those it delivered.

A test that still passes never looked at the code. Registered where `--flipsnack-flip` asks for it.
"""

from __future__ import annotations

import gc
import sys
import time
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import ClientDoesNotStopError
from pytest_flipsnack.coverage.flipped import Flipped, Survivor
from pytest_flipsnack.coverage.passed_tests import PassedTests
from pytest_flipsnack.coverage.tally import Cell, Level
from pytest_flipsnack.fake.flips import Flip, flips_of
from pytest_flipsnack.integration import failures, reruns
from pytest_flipsnack.integration.fixtures import fakes_of

if TYPE_CHECKING:
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.integration.flip_cache import FlipCache

NAME = "flipsnack-flips"
_SENT = "flipsnack_flips"
_OF_CODES = {"test_code", "test_recovery"}
"""The tests of a contract that look at a code; the others change replies themselves."""
_UNSTABLE = (
    "it is unstable: run again unflipped, it fails; a client that outlives the test may remember "
    "the flips"
)
_UNREACHED = "no other code reached its client, or its setup, its teardown or a skip ended each try"
_YOUNG = 1  # the generation of what was made lately; a look at all objects takes 50 ms
_MOST_REQUESTS = 200
_MOST_S = 10.0


class Flipping:
    """A flip while its test runs: changes replies, and stops a client that does not stop."""

    def __init__(self, flip: Flip) -> None:
        self.flip = flip
        self.stopped = False
        self._requests = 0
        self._end_s = time.perf_counter() + _MOST_S

    def asks(self) -> None:
        """Stop a client that makes too many requests, or takes too long."""
        self._requests += 1
        if self._requests > _MOST_REQUESTS or time.perf_counter() > self._end_s:
            self.stopped = True
            raise ClientDoesNotStopError(f"{_MOST_REQUESTS} requests, or {_MOST_S:g} s")

    def answered(self, call: Call) -> None:
        """Need nothing more."""


class Flips:
    """Flips what each test delivered, and keeps what came of it for the gate and the summary."""

    def __init__(self, config: pytest.Config, cache: FlipCache | None, mode: str) -> None:
        self.found = Flipped((mode,))
        self._config = config
        self._cache = cache
        self._every = mode == "all"
        self._watched: PassedTests | None = None
        self._subtests = False

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_protocol(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> Generator[None, object, object]:
        self._watched, self._subtests = PassedTests(), False
        with reruns.wider_fixtures_kept(item):
            result = yield
            watched, self._watched = self._watched, None
            tally = watched.tally()
            if tally.deliveries:
                with _unheard():
                    self._flip_all(item, tally.contexts)
        reruns.end_wider_fixtures(item, nextitem)
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if self._watched is not None:
            self._subtests |= hasattr(report, "context")
            self._watched.see(report)

    def pytest_sessionfinish(self) -> None:
        with _unheard():
            gc.collect()
        output: dict[str, Any] | None = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[_SENT] = self.found.packed()
        elif self._cache is not None:
            self._cache.write(self.found)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_testnodedown(self, node: Any) -> None:
        sent = getattr(node, "workeroutput", {}).get(_SENT)
        if sent is not None:
            self.found.add(Flipped.unpacked(sent))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        found = self.found
        terminalreporter.write_line(f"Flipsnack flip: {found.summary}")
        for survivor in found.ordered:
            terminalreporter.write_line(str(survivor), red=True)
        for doubt in found.doubts:
            terminalreporter.write_line(doubt, yellow=True)

    def _flip_all(self, item: pytest.Item, contexts: dict[Cell, dict[str, Level]]) -> None:
        known = self._cache.known(item) if self._cache is not None else None
        if known is not None:
            self.found.add(known)
            self.found.tests += 1
            self.found.recalled += 1
            return
        # a trial of a contract judges some replies, and lets others be
        generated = failures.is_generated(item)
        if generated and getattr(item, "originalname", "") not in _OF_CODES:
            return
        reason = self._reason(item)
        if reason:
            self.found.undecided[item.nodeid] = reason
            return
        self.found.tests += 1
        cells = [
            cell
            for cell, tests in contexts.items()
            if cell[0] in ACTIONS and (Level.ASSERTED in tests.values() or not generated)
        ]
        good: list[Cell] = []
        flips = self.found.flips
        for cell in sorted(cells, key=_errors_first):
            others = {action for action, code in contexts if code == cell[1]} - {cell[0]}
            outcome = self._flip_cell(item, cell, others)
            if outcome is False:
                break
            if outcome:
                good.append(cell)
        gc.collect(_YOUNG)  # a session that a failed test left open is none of the next one's
        if good and not self._passes(item):
            self.found.undecided[item.nodeid] = _UNSTABLE
        elif good:
            self.found.verified[item.nodeid] = good
        elif flips == self.found.flips:
            self.found.undecided[item.nodeid] = _UNREACHED

    def _flip_cell(self, item: pytest.Item, cell: Cell, others: set[str]) -> bool | None:
        """Return whether the test noticed every flip of a cell; None where none was delivered."""
        action, code = cell
        noticed = None
        for flip in flips_of(action, Code(code), others, every=self._every):
            outcome = self._noticed(item, flip)
            if outcome is None:
                continue
            self.found.flips += 1
            if not outcome:
                gone = Survivor(item.nodeid, action, code, flip.to.value, flip.advice)
                self.found.survivors.append(gone)
                return False
            self.found.noticed += 1
            noticed = True
        return noticed

    def _noticed(self, item: pytest.Item, flip: Flip) -> bool | None:
        fakes = fakes_of(item.session)
        fakes.flipping = flipping = Flipping(flip)
        try:
            reports = reruns.again(item)
        finally:
            fakes.flipping = None
        called = [report for report in reports if report.when == "call"]
        if not called or not flip.delivered or flipping.stopped:
            return None
        if called[0].failed:
            return True
        passed = all(report.passed for report in reports) and not hasattr(called[0], "wasxfail")
        return False if passed else None

    def _passes(self, item: pytest.Item) -> bool:
        return all(report.passed for report in reruns.again(item))

    def _reason(self, item: pytest.Item) -> str:
        if self._subtests:
            return "it has subtests, whose reports would be counted again"
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            return "it has examples of Hypothesis, which keeps those that fail"
        return ""


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep to ourselves what flipped tests warn of, and what they leave behind when they fail."""
    unraisable = sys.unraisablehook
    sys.unraisablehook = lambda _: None
    try:
        with warnings.catch_warnings(record=True):  # the test has told them once
            yield
    finally:
        sys.unraisablehook = unraisable


def _errors_first(cell: Cell) -> tuple[bool, Cell]:
    return cell[1] == Code.OK, cell
