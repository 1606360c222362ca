"""First use in a session: what the first `expect` costs that no later one does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.machine import Row, interleave, pytest_cpu_s, row
from benchmarks.suites import EXPECT, HAND, Suite


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the CPU milliseconds that a session of one `expect` takes more than a hand-written one.

    Both import requests and responses, and both look up one plugin among the installed packages.
    """
    rounds, budget_s = (7, 15.0) if quick else (41, 100.0)
    (home / "empty_plugin.py").touch()
    found = interleave(
        {
            "hand": _session(home, HAND, "-p", "empty_plugin"),
            "expect": _session(home, EXPECT, *EXPECT.flags),
        },
        rounds,
        budget_s,
    )
    hand_ms = median(one["hand"] for one in found) * 1e3
    yield row(
        "one expect, more than one hand-written RequestsMock fixture",
        found,
        lambda one: (one["expect"] - one["hand"]) * 1e3,
        "<= 60 ms",
        f"which takes {hand_ms:.0f} ms",
        unit="ms",
    )


def _session(home: Path, suite: Suite, *flags: str) -> Callable[[], float]:
    return partial(pytest_cpu_s, home, *flags, suite.write(home, 1).name, tests=1)
