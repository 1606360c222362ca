"""The example's suite with `--flipsnack-flip` against the same suite without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

from benchmarks.machine import Row, interleave, pytest_cpu_s, row

_EXAMPLE = Path(__file__).parents[1] / "examples" / "requests_client"
_MODES = {"plain": [], "flipped": ["--flipsnack-flip"], "all": ["--flipsnack-flip=all"]}


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the CPU time of whole runs, start-up included, as a share of the plain one."""
    rounds, budget_s = (1, 30.0) if quick else (21, 150.0)
    suite = home / "suite"
    copytree(_EXAMPLE, suite, ignore=ignore_patterns("__pycache__", ".*"))
    runs = {
        name: lambda flags=flags: pytest_cpu_s(suite, "-p", "pytest_flipsnack", "tests", *flags)
        for name, flags in _MODES.items()
    }
    found = interleave(runs, rounds, budget_s)
    yield row("the example's suite (the unit)", found, lambda one: one["plain"] / one["plain"])
    for name, flags, target in (
        ("flipped", "--flipsnack-flip", "<= 2.5"),
        ("all", "--flipsnack-flip=all", "-"),
    ):
        yield row(f"with {flags}", found, lambda one, name=name: one[name] / one["plain"], target)
