"""What reports cost: all formats of many cells and tests, and a whole run with them or without."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from benchmarks.machine import Row, interleave, pytest_cpu_s, row
from benchmarks.suites import Suite
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.passed_tests import PassedTests
from pytest_flipsnack.coverage.reports import FILES, TERMINAL
from pytest_flipsnack.coverage.verdict import Run
from pytest_flipsnack.coverage.writers import cover

_EVERY_CODE = Suite(
    "codes",
    "def test_{number}(flipsnack):\n    see(flipsnack, {number})\n",
    helpers=f"""
CODES = {[code.value for code in Code if code.value != 37]}


def see(flipsnack, number):
    code = CODES[number % len(CODES)]
    flipsnack.respond(code)
    assert requests.get(URL, params=PARAMS, timeout=5).json()["code"] == code
""",
    plugins=("pytest_flipsnack", "xdist"),
)
_REPORTS = (
    *(f"--flipsnack-report={name}" for name in (*TERMINAL, *FILES)),
    "--flipsnack-fail-under=100",
)


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the time of all reports, and the ratio of runs with two workers."""
    tests, rounds, budget_s = (1000, 3, 30.0) if quick else (10_000, 7, 420.0)
    found = interleave({"reports": lambda: _reports_s(tests)}, 21, 30.0)
    cells = len(ACTIONS) * len(Code)
    yield row(
        f"count and report {cells} cells of {tests:,} tests, in all formats",
        found,
        lambda one: one["reports"] * 1000,
        "<= 300 ms",
        unit="ms",
    )
    name = _EVERY_CODE.write(home, tests).name

    def run(*flags: str) -> Callable[[], float]:
        started = (*_EVERY_CODE.flags, "-n2", *flags, name)
        return lambda: pytest_cpu_s(home, *started, tests=tests)

    yield row(
        f"whole run: {tests:,} tests with two workers, every report and the gate against none",
        interleave({"none": run(), "all": run(*_REPORTS)}, rounds, budget_s),
        lambda one: one["all"] / one["none"],
        "<= 1.03",
    )


class _Report:
    """A phase of a test, as the process that sees them all gets it."""

    outcome = "passed"

    def __init__(self, nodeid: str, when: str) -> None:
        self.nodeid = nodeid
        self.when = when
        self.flipsnack_hits: list[tuple[str, int, int, int]] = []


def _reports_s(tests: int) -> float:
    """Return the CPU seconds from the last phase of the last test to the last report."""
    cells = [(action, code.value) for action, code in product(ACTIONS, Code)]
    passed = PassedTests()
    for number in range(tests):
        for when in ("setup", "call", "teardown"):
            report = _Report(f"tests/test_{number % 50}.py::test_{number}", when)
            if when == "teardown":
                report.flipsnack_hits = [(*cells[number % len(cells)], 1, number % 2)]
            passed.see(report)
    began = time.process_time()
    coverage = cover(passed.tally(), Demand(), Run())
    for write, _ in FILES.values():
        write(coverage)
    for lines in TERMINAL.values():
        for _ in lines(coverage):
            pass
    return time.process_time() - began
