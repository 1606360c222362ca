"""The example's suite with `--flipsnack-flip` against the same suite without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

from benchmarks.machine import Row, interleave, pytest_cpu_s, row

_EXAMPLE = Path(__file__).parents[1] / "examples" / "requests_client"
_TARGETS = {"--flipsnack-flip": "<= 2.5", "--flipsnack-flip=all": "-"}


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the CPU time of whole runs, start-up included, as a share of the plain one."""
    rounds, budget_s = (1, 30.0) if quick else (21, 150.0)
    suite = home / "suite"
    copytree(_EXAMPLE, suite, ignore=ignore_patterns("__pycache__", ".*"))
    runs = {
        flag: lambda flag=flag: pytest_cpu_s(
            suite, "-p", "pytest_flipsnack", "tests", *flag.split()
        )
        for flag in ("", *_TARGETS)
    }
    found = interleave(runs, rounds, budget_s)
    yield row("the example's suite (the unit)", found, lambda one: one[""] / one[""])
    for flag, target in _TARGETS.items():
        yield row(f"with {flag}", found, lambda one, flag=flag: one[flag] / one[""], target)
