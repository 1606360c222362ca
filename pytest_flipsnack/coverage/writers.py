"""What a report is made of, and how its file is written whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run, Verdict, decide


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a report is made of. `created` is an ISO 8601 time in UTC."""

    tally: Tally
    demand: Demand
    run: Run
    verdict: Verdict
    created: str


def cover(tally: Tally, demand: Demand, run: Run) -> Coverage:
    """Decide once, and return what every report of it is made of."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Coverage(tally, demand, run, decide(tally, demand, run), created)


@dataclass(frozen=True, slots=True)
class Line:
    """A line for the terminal; `style` holds the markup names of pytest's terminal writer."""

    text: str
    style: dict[str, bool] = field(default_factory=dict)


FileWriter = Callable[[Coverage], str]
TermWriter = Callable[[Coverage], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Target:
    """A report that was asked for: its format, and where a file goes (None: the terminal)."""

    format: str
    path: Path | None = None


def write_file(path: Path, text: str) -> None:
    """Write a report whole or not at all; raise `OSError` where it cannot be written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.part")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
