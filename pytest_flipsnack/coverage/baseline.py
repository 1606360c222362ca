"""The ratchet: a file, checked in, of the cells that a suite has reached, each with its level."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pytest_flipsnack.coverage.tally import Cell, Level, Tally, reaches, shown

FORMAT = "pytest-flipsnack baseline"
VERSION = 1
DEFAULT = "flipsnack-baseline.json"


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a baseline holds. `path` is as typed; `problem` says why it holds nothing."""

    path: str
    cells: Mapping[Cell, Level] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell whose level differs: before, and now; None where it was not delivered."""

    cell: Cell
    was: Level | None
    now: Level | None

    @property
    def gained(self) -> bool:
        """Whether the level is higher than before."""
        return self.was is None or (self.now is not None and reaches(self.now, self.was))

    def __str__(self) -> str:
        levels = (level.value if level is not None else "not delivered" for level in self._levels)
        return f"{shown(self.cell)}: {' -> '.join(levels)}"

    @property
    def _levels(self) -> tuple[Level | None, Level | None]:
        return self.was, self.now


def levels_of(tally: Tally) -> dict[Cell, Level]:
    """Return the cells that tests have reached, each with its level."""
    found = {cell: tally.level(cell) for cell in tally.cells}
    return {cell: level for cell, level in found.items() if level is not None}


def changes(before: Mapping[Cell, Level], now: Mapping[Cell, Level]) -> Iterator[Change]:
    """Yield each cell whose level differs, sorted."""
    for cell in sorted({*before, *now}):
        if before.get(cell) != now.get(cell):
            yield Change(cell, before.get(cell), now.get(cell))


def render(tally: Tally) -> str:
    """Return a baseline as text, one line for each cell, so that a review shows what changed."""
    cells = {shown(cell): level.value for cell, level in levels_of(tally).items()}
    return json.dumps({"format": FORMAT, "version": VERSION, "cells": cells}, indent=1) + "\n"


def read(path: Path, name: str) -> Baseline:
    """Return the baseline of a file, called `name` in messages, or one that has a problem."""
    try:
        return Baseline(name, _cells(json.loads(path.read_text(encoding="utf-8"))))
    except FileNotFoundError:
        problem = f"there is no baseline {name}"
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or error
        problem = f"the baseline {name} cannot be read: {reason}"
    return Baseline(name, problem=problem)


def _cells(document: object) -> dict[Cell, Level]:
    match document:
        case {"format": "pytest-flipsnack baseline", "version": 1, "cells": dict(cells)}:
            return dict(map(_cell, cells.items()))
        case {"format": "pytest-flipsnack baseline", "version": version} if version != VERSION:
            raise ValueError(f"it is of version {version!r}, and this plugin reads {VERSION}")
    raise ValueError(f"it is no {FORMAT}, version {VERSION}")


def _cell(item: tuple[str, object]) -> tuple[Cell, Level]:
    name, level = item
    action, _, code = name.rpartition(":")
    if not (action and code.isdecimal() and level in [*Level]):
        raise ValueError(f"{name!r}: {level!r} is not a cell with its level")
    return (action, int(code)), Level(str(level))


def summed_up(found: Iterable[Change], most: int) -> str:
    """Return changes as one text, the first `most` by name."""
    texts = [str(change) for change in found]
    more = [f"{len(texts) - most} more"] if len(texts) > most else []
    return ", ".join([*texts[:most], *more])
