"""Per test over an empty test, by CPU time: one fixture and one stubbed call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.lengths import Lengths
from benchmarks.machine import Row, interleave, pytest_cpu_s, row
from benchmarks.suites import EXPECT, FIXTURE, HAND, HTTPX, MARK, REQUESTS_MOCK, Suite

_SUITES = (HAND, FIXTURE, MARK, EXPECT, HTTPX, REQUESTS_MOCK)


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield each tool's cost per test as a share of the hand-written fixture's."""
    lengths, rounds, budget_s = (
        (Lengths(50, 450), 3, 60.0) if quick else (Lengths(50, 1050), 21, 450.0)
    )
    found = interleave(lengths.runs(_SUITES, home, pytest_cpu_s), rounds, budget_s)
    unit_us = median(lengths.per_test(one, HAND) for one in found) * 1e6

    def share(what: str, suite: Suite, target: str = "-", note: str = "") -> Row:
        return row(
            what,
            found,
            lambda one: lengths.per_test(one, suite) / lengths.per_test(one, HAND),
            target,
            note,
        )

    yield share(f"hand-written RequestsMock fixture ({unit_us:.0f} us)", HAND, note="the unit")
    yield share("fixture flipsnack", FIXTURE, "<= 1.00")
    yield share("mark flipsnack(31)", MARK, "<= 1.10")
    yield share("with flipsnack.expect(31, raises=...)", EXPECT, "<= 2.0")
    yield share("pytest-httpx", HTTPX, note="calls through httpx")
    yield share("requests-mock", REQUESTS_MOCK)
