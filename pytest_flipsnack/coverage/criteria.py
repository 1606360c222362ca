"""The criteria of the gate: each thing that is demanded, compared with what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.baseline import Change, summed_up
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Cell, Level, shown

_MOST_WITH_MESSAGE = 5
_MOST_CELLS = 8


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is demanded: its name, what is so, and whether that is enough."""

    name: str
    text: str
    met: bool


def evaluated(
    demand: Demand,
    exercised: Collection[Code],
    missing: Sequence[Code],
    missing_cells: Sequence[Cell],
    changed: Sequence[Change] | None = None,
) -> Iterator[Criterion]:
    """Yield what is demanded, what one must reach by name first; all of it is evaluated."""
    level = demand.level
    lacking = _labels([code for code in demand.required if code in missing])
    lacking += [shown(cell) for cell in demand.required_cells if cell in missing_cells]
    if demand.required or demand.required_cells:
        text = f"required but not {level}: {', '.join(lacking)}" if lacking else f"all {level}"
        yield Criterion("required", text, not lacking)
    if demand.baseline is not None and changed is not None:
        lost = [one for one in changed if not one.gained]
        since = f"lost since {demand.baseline.path}"
        text = f"{since}: {summed_up(lost, _MOST_CELLS)}" if lost else f"nothing {since}"
        yield Criterion("baseline", text, not lost)
    text = _share(f"codes {level}", demand.codes, missing, demand.threshold)
    text += f"; missing: {', '.join(_labels(missing))}" if missing else ""
    only = "" if level is Level.EXERCISED else _only_exercised(missing, exercised)
    yield Criterion("codes", text + only, _is_met(demand.codes, missing, demand.threshold))
    if demand.cells_threshold is not None:
        names = [shown(cell) for cell in missing_cells[:_MOST_CELLS]]
        if len(missing_cells) > _MOST_CELLS:
            names.append(f"{len(missing_cells) - _MOST_CELLS} more")
        text = _share(
            f"documented cells {level}", demand.cells, missing_cells, demand.cells_threshold
        )
        text += f"; missing: {', '.join(names)}" if names else ""
        met = _is_met(demand.cells, missing_cells, demand.cells_threshold)
        yield Criterion("cells", text, met)


def _share(
    what: str, whole: Sequence[object], missing: Sequence[object], threshold: Decimal | None
) -> str:
    required = f", {threshold} % required" if threshold is not None else ""
    return f"{len(whole) - len(missing)} of {len(whole)} {what}{required}"


def _is_met(whole: Sequence[object], missing: Sequence[object], threshold: Decimal | None) -> bool:
    part = len(whole) - len(missing)
    return threshold is None or part * 100 >= threshold * len(whole)


def _only_exercised(missing: Sequence[Code], exercised: Collection[Code]) -> str:
    only = [str(code.value) for code in missing if code in exercised]
    return f"; exercised only: {', '.join(only)}" if only else ""


def _labels(codes: Sequence[Code]) -> list[str]:
    """Return the codes with their messages, where one can read so many on a line."""
    few = len(codes) <= _MOST_WITH_MESSAGE
    return [code.label if few else str(code.value) for code in codes]
