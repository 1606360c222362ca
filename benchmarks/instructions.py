"""Per test over an empty test, by instructions: what no other load on the machine changes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from shutil import which

from benchmarks.lengths import Lengths
from benchmarks.machine import Row, pytest_cpu_s, pytest_instructions
from benchmarks.suites import CONTRACT, EXPECT, FIXTURE, HAND, MARK

_CROWDED = replace(EXPECT, name="expect_crowded", plugins=(*EXPECT.plugins, "crowd"))
"""`expect` in a process that holds a million objects more, as those of large projects do."""
_SUITES = (HAND, FIXTURE, MARK, EXPECT, CONTRACT, _CROWDED)


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield what each use of the plugin costs per test; nothing where there is no valgrind."""
    if not which("valgrind"):
        print("valgrind is not installed: no figures by instructions", file=sys.stderr)
        return
    crowd = "ALIVE = [[] for _ in range(1_000_000)]\n"
    (home / "crowd.py").write_text(crowd, encoding="utf-8")
    lengths = Lengths(45, 90) if quick else Lengths(90, 270)
    spread = "repeatable to 5 %" if quick else "repeatable to 1 %"
    for warm_up in lengths.runs(_SUITES, home, pytest_cpu_s).values():
        warm_up()  # pytest compiles a test module in its first run, at some cost per test
    found = _run_all(lengths.runs(_SUITES, home, pytest_instructions))
    cost = {suite: lengths.per_test(found, suite) for suite in _SUITES}
    unit = f"hand-written RequestsMock fixture ({cost[HAND] / 1e6:.2f} million)"
    yield Row(unit, 1.0, spread, "-", "the unit")
    for what, suite, target in (
        ("fixture flipsnack", FIXTURE, "<= 1.00"),
        ("mark flipsnack(31)", MARK, "<= 1.10"),
        ("with flipsnack.expect(31, raises=...)", EXPECT, "<= 2.0"),
        ("test_code of a ClientContract", CONTRACT, "<= 2.0"),
    ):
        yield Row(what, cost[suite] / cost[HAND], spread, target)
    crowded = cost[_CROWDED] / cost[EXPECT]
    yield Row("expect with a million more objects, against expect", crowded, spread, "<= 1.10")


def _run_all(runs: dict[str, Callable[[], float]]) -> dict[str, float]:
    """Make the runs, as many at once as there are processors; counts do not mind company."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(runs, pool.map(lambda run: run(), runs.values()), strict=True))
