"""Per test over an empty test: one fixture and one stubbed call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from shutil import which
from statistics import median

from benchmarks.machine import Row, interleave, pytest_cpu_s, pytest_instructions, row
from benchmarks.suites import FLIPSNACK, HAND, HTTPX, REQUESTS_MOCK, Suite

_SUITES = {
    "hand": HAND,
    "flipsnack": FLIPSNACK,
    "pytest-httpx": HTTPX,
    "requests-mock": REQUESTS_MOCK,
}


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield each tool's cost per test as a share of the hand-written fixture's."""
    tests, rounds, budget_s = (200, 3, 18.0) if quick else (500, 21, 200.0)
    variants: dict[str, Callable[[], float]] = {}
    for name, suite in _SUITES.items():
        variants[name] = _run(home, suite.write(home, tests), suite.flags)
        variants[_twin(name)] = _run(home, suite.write_twin(home, tests), suite.flags)
    found = interleave(variants, rounds, budget_s)
    unit_us = median(_over_empty(one, "hand") for one in found) / tests * 1e6

    def share(what: str, name: str, target: str = "-", note: str = "") -> Row:
        return row(
            what,
            found,
            lambda one: _over_empty(one, name) / _over_empty(one, "hand"),
            target,
            note,
        )

    yield share(f"hand-written RequestsMock fixture ({unit_us:.0f} us)", "hand", note="the unit")
    yield share("fixture flipsnack", "flipsnack", "<= 1.1")
    if which("valgrind") and not quick:
        yield _by_instructions(home)
    yield share("pytest-httpx", "pytest-httpx", note="calls through httpx")
    yield share("requests-mock", "requests-mock")


def _by_instructions(home: Path) -> Row:
    """Return the same share by instructions, of tests that come after everything is warm."""
    few, many = 120, 220

    def per_test(suite: Suite) -> float:
        def grown(write: Callable[[Path, int], Path]) -> float:
            return counted(write(home, many)) - counted(write(home, few))

        def counted(path: Path) -> float:
            return pytest_instructions(home, *suite.flags, path.name)

        return (grown(suite.write) - grown(suite.write_twin)) / (many - few)

    ratio = per_test(FLIPSNACK) / per_test(HAND)
    return Row("fixture flipsnack, by instructions", ratio, "repeatable to 1 %", "<= 1.1")


def _run(home: Path, path: Path, flags: list[str]) -> Callable[[], float]:
    return lambda: pytest_cpu_s(home, *flags, path.name)


def _twin(name: str) -> str:
    return f"{name}, empty"


def _over_empty(one: Mapping[str, float], name: str) -> float:
    return one[name] - one[_twin(name)]
