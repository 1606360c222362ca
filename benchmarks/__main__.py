"""Measure everything, print one Markdown table, write it to RESULTS.md."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from benchmarks import (
    calls,
    contract,
    first_use,
    flips,
    growth,
    instructions,
    per_test,
    reports,
    startup,
    uploads,
)
from benchmarks.machine import Row, shown

_PARTS = {
    "calls": ("per stubbed call, recording included", calls.measure),
    "instructions": (
        "per test over an empty test, one stubbed call each, by instructions",
        instructions.measure,
    ),
    "tests": ("per test over an empty test, one stubbed call each, by CPU time", per_test.measure),
    "first": ("first use in a session, milliseconds of CPU", first_use.measure),
    "contract": ("the whole contract of one client", contract.measure),
    "flips": ("each passing test run again with other codes", flips.measure),
    "startup": ("start-up, loaded and unused", startup.measure),
    "growth": ("growth", growth.measure),
    "reports": ("reports and the gate", reports.measure),
    "uploads": ("uploads, milliseconds, and the most memory held", uploads.measure),
}
_PACKAGES = (
    *("pytest", "requests", "responses", "httpx"),
    *("pytest-httpx", "requests-mock", "pytest-cov"),
)
_RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run the parts one after the other; each interleaves its own variants."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="rough figures, no file written")
    parser.add_argument("--only", choices=list(_PARTS), help="one part, no file written")
    given = parser.parse_args()
    began = time.monotonic()
    lines = []
    for line in _report(list(_PARTS) if given.only is None else [given.only], quick=given.quick):
        print(line, flush=True)
        lines.append(line)
    print(f"\n{time.monotonic() - began:.0f} s", file=sys.stderr)
    if not (given.quick or given.only):
        _RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _report(parts: list[str], *, quick: bool) -> Iterator[str]:
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    yield "# What pytest-flipsnack costs"
    yield ""
    yield (
        "Ratios of CPU time: medians over interleaved rounds of the ratio within one round, with "
        "the middle half of the rounds. What a test costs is the difference between a long run "
        "and a short one, less the same of empty tests. Children get a fixed environment of six "
        "variables. "
        f"n is the number of rounds; one of n=1 says nothing. "
        f"Python {platform.python_version()}, {versions}; "
        f"{os.cpu_count()} cores, load at the start {os.getloadavg()[0]:.1f}."
    )
    yield ""
    yield "| measure | ratio, or ms | middle half, rounds | target |"
    yield "|---|---:|---|---|"
    for part in parts:
        title, measure = _PARTS[part]
        yield f"| **{title}** | | | |"
        with tempfile.TemporaryDirectory(prefix="flipsnack-bench-") as home:
            yield from map(_line, measure(Path(home), quick=quick))


def _line(row: Row) -> str:
    note = f" ({row.note})" if row.note else ""
    return f"| {row.what}{note} | {shown(row.value, row.unit)} | {row.spread} | {row.target} |"


if __name__ == "__main__":
    main()
