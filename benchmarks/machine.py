"""Children in a small fixed environment, their CPU time, and ratios that survive a noisy machine."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `target` is what the issue demands, `-` where it demands nothing."""

    what: str
    ratio: float
    spread: str
    target: str
    note: str = ""


def environment(home: Path) -> dict[str, str]:
    """Return the whole environment of a child: requests' cost per call depends on its size."""
    return {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "NO_PROXY": "*",
        "PATH": "/usr/bin:/bin",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONHASHSEED": "0",
    }


def cpu_s(arguments: Sequence[str], cwd: Path) -> float:
    """Run Python with these arguments and return its CPU seconds; raise where it fails."""
    log = cwd / "last.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=cwd,
            env=environment(cwd),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        text = log.read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"{' '.join(arguments)} exited {child.returncode}:\n{text[-3000:]}")
    return usage.ru_utime + usage.ru_stime


def pytest_cpu_s(cwd: Path, *arguments: str) -> float:
    """Return the CPU seconds of one pytest run that loads only the plugins it is given."""
    (cwd / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # or one further up is read
    return cpu_s(["-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments], cwd)


def pytest_instructions(cwd: Path, *arguments: str) -> float:
    """Return the instructions of one such run, which no other load on the machine changes.

    Raises `FileNotFoundError` where there is no valgrind.
    """
    (cwd / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    counted = subprocess.run(
        [
            *("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments),
        ],
        cwd=cwd,
        env=environment(cwd),
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"I\s+refs:\s+([\d,]+)", counted.stderr)
    assert found is not None, counted.stderr
    return float(found[1].replace(",", ""))


def interleave(
    variants: Mapping[str, Callable[[], float]], rounds: int, budget_s: float | None = None
) -> list[dict[str, float]]:
    """Measure every variant once per round, each round in another order, after one warm-up.

    Stops early where the next round would pass `budget_s`, by default 5 s per round asked for.
    Where not even a second round fits, the warm-up is all there is.
    """
    shuffled = random.Random(0)
    found: list[dict[str, float]] = []
    budget_s = rounds * 5.0 if budget_s is None else budget_s
    began = time.monotonic()
    while len(found) <= rounds:
        names = list(variants)
        shuffled.shuffle(names)
        found.append({name: variants[name]() for name in names})
        passed_s = time.monotonic() - began
        if passed_s + passed_s / len(found) > budget_s:
            break
    return found[1:] or found


def row(
    what: str,
    rounds: Sequence[Mapping[str, float]],
    ratio: Callable[[Mapping[str, float]], float],
    target: str = "-",
    note: str = "",
) -> Row:
    """Return the median over the rounds of a ratio taken within one round, with its quartiles."""
    ratios = sorted(ratio(one) for one in rounds)
    quarter = len(ratios) // 4
    spread = f"{ratios[quarter]:.2f} to {ratios[-1 - quarter]:.2f}"
    return Row(what, median(ratios), f"{spread}, n={len(ratios)}", target, note)
