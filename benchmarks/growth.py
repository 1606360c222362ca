"""1,000 and 10,000 tests with report and gate: the cost per test must stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchmarks.machine import Row, interleave, pytest_cpu_s, row
from benchmarks.suites import FIXTURE, Suite

_GATE = (
    "--flipsnack-report=term",
    "--flipsnack-report=json:codes.json",
    "--flipsnack-fail-under=5",
)


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the cost per test of the large suite as a share of the small one's."""
    few, many, rounds, budget_s = (100, 1000, 3, 12.0) if quick else (1000, 10_000, 3, 200.0)
    variants: dict[str, Callable[[], float]] = {}
    for tests in (few, many):
        variants[f"empty {tests}"] = _run(home, FIXTURE.twin, tests)
        variants[f"gated {tests}"] = _run(home, FIXTURE, tests, *FIXTURE.flags, *_GATE)
    found = interleave(variants, rounds, budget_s)
    yield row(
        f"per test: {many:,} tests against {few:,}, report and gate on",
        found,
        lambda one: _per_test(one, many) / _per_test(one, few),
        "about 1",
    )
    yield row(
        f"whole run: {many:,} tests against {few:,}",
        found,
        lambda one: one[f"gated {many}"] / one[f"gated {few}"],
        f"about {many // few}",
    )


def _run(home: Path, suite: Suite, tests: int, *flags: str) -> Callable[[], float]:
    module = suite.write(home, tests).name
    return lambda: pytest_cpu_s(home, *flags, module, tests=tests)


def _per_test(one: Mapping[str, float], tests: int) -> float:
    return (one[f"gated {tests}"] - one[f"empty {tests}"]) / tests
