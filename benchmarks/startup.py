"""Start-up: a suite of one test, with a plugin loaded that it does not use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.machine import Row, interleave, pytest_cpu_s, row

_PLUGINS = {
    "pytest-flipsnack": ("pytest_flipsnack", "<= 1.03"),
    "pytest-cov": ("pytest_cov", "-"),
    "requests-mock": ("requests_mock.contrib._pytest_plugin", "-"),
    "pytest-httpx": ("pytest_httpx", "-"),
}


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the CPU time of each run as a share of the bare one's.

    The bare run names an empty plugin: looking one up among the installed packages costs 2 %,
    which a run pays for any plugin, and once however many are installed.
    """
    rounds, budget_s = (7, 12.0) if quick else (41, 100.0)
    (home / "test_one.py").write_text("def test_one(): pass\n", encoding="utf-8")
    (home / "empty_plugin.py").touch()
    variants = {"bare": _run(home, "-p", "empty_plugin")}
    variants |= {name: _run(home, "-p", module) for name, (module, _) in _PLUGINS.items()}
    found = interleave(variants, rounds, budget_s)
    bare_ms = median(one["bare"] for one in found) * 1e3
    yield row(f"bare run ({bare_ms:.0f} ms)", found, lambda one: 1.0, note="the unit")
    for name, (_, target) in _PLUGINS.items():
        yield row(f"{name}, unused", found, _against_bare(name), target)


def _run(home: Path, *flags: str) -> Callable[[], float]:
    return lambda: pytest_cpu_s(home, *flags, "test_one.py")


def _against_bare(name: str) -> Callable[..., float]:
    return lambda one: one[name] / one["bare"]
