"""Per stubbed call, recording included: against bare `responses` with one stub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from benchmarks.machine import Row, cpu_s, row

DECLARED = (1, 10, 100, 500)
BASE = "responses, 1 stub"


def measure(home: Path, *, quick: bool) -> Iterator[Row]:
    """Yield the floor, then both tools for each number of declared answers."""
    found = home / "calls.json"
    size = ("40", "15", "8") if quick else ("400", "15", "45")
    cpu_s([str(Path(__file__).with_name("calls_child.py")), str(found), *size], home)
    rounds: list[Mapping[str, float]] = json.loads(found.read_text())
    base_us = median(one[BASE] for one in rounds) * 1e6

    def against_base(what: str, name: str, target: str = "-", note: str = "") -> Row:
        return row(what, rounds, lambda one: one[name] / one[BASE], target, note)

    yield against_base("floor: requests with a trivial adapter", "floor")
    yield against_base(f"responses, 1 stub ({base_us:.0f} us)", BASE, note="the unit")
    for declared in DECLARED[1:]:
        yield against_base(f"responses, {declared} stubs", f"responses, {declared} stubs")
    for declared in DECLARED:
        name = f"flipsnack, {declared} declared"
        yield against_base(name, name, "<= 1.05")
    yield row(
        "flipsnack, 500 declared against 1",
        rounds,
        lambda one: one["flipsnack, 500 declared"] / one["flipsnack, 1 declared"],
        "flat",
    )
    yield against_base("flipsnack, nothing declared, code 20 with data", "flipsnack, own answer")


if __name__ == "__main__":
    sys.exit("run python -m benchmarks")
