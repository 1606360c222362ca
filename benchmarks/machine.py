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
    """One line of the table; `target` is what the issue demands, `-` where it demands nothing.

    The value is a ratio, unless it has a unit.
    """

    what: str
    value: float
    spread: str
    target: str
    note: str = ""
    unit: str = ""


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


def pytest_cpu_s(cwd: Path, *arguments: str, tests: int | None = None) -> float:
    """Return the CPU seconds of one pytest run that loads only the plugins it is given.

    Raises `RuntimeError` where not exactly so many tests pass.
    """
    took_s = cpu_s(_pytest(cwd, arguments), cwd)
    if tests is not None:
        _check_passed((cwd / "last.log").read_text(encoding="utf-8"), tests)
    return took_s


def pytest_instructions(cwd: Path, *arguments: str, tests: int) -> float:
    """Return the instructions of one such run, which no other load on the machine changes.

    Raises `FileNotFoundError` where there is no valgrind.
    """
    counted = subprocess.run(
        [
            *("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"),
            *(sys.executable, *_pytest(cwd, arguments)),
        ],
        cwd=cwd,
        env=environment(cwd),
        capture_output=True,
        text=True,
        check=False,
    )
    _check_passed(counted.stdout, tests)
    found = re.search(r"I\s+refs:\s+([\d,]+)", counted.stderr)
    if found is None:
        raise RuntimeError(f"valgrind counted nothing:\n{counted.stderr[-3000:]}")
    return float(found[1].replace(",", ""))


def _pytest(cwd: Path, arguments: Sequence[str]) -> list[str]:
    ini = cwd / "pytest.ini"  # or one further up is read
    if not ini.exists():
        ini.write_text("[pytest]\n", encoding="utf-8")
    return ["-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]


def _check_passed(output: str, tests: int) -> None:
    if not re.search(rf"^{tests} passed in ", output, re.MULTILINE):
        raise RuntimeError(f"{tests} tests should have passed:\n{output[-3000:]}")


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
    value: Callable[[Mapping[str, float]], float],
    target: str = "-",
    note: str = "",
    *,
    unit: str = "",
) -> Row:
    """Return the median over the rounds of a value taken within one round, with its quartiles."""
    values = sorted(value(one) for one in rounds)
    quarter = len(values) // 4
    low, high = (shown(one, unit) for one in (values[quarter], values[-1 - quarter]))
    return Row(what, median(values), f"{low} to {high}, n={len(values)}", target, note, unit)


def shown(value: float, unit: str = "") -> str:
    """Return a value as the table prints it."""
    return f"{value:.0f} {unit}" if unit else f"{value:.2f}"
