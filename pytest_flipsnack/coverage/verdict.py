"""The gate: one pure function, from exact counts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand, shown
from pytest_flipsnack.coverage.tally import Cell, Level, Tally, reaches

_MOST_WITH_MESSAGE = 5
_MOST_CELLS = 8


class Outcome(StrEnum):
    """What became of the gate."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ENFORCED = "not enforced"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Run:
    """How the run went, as far as the gate must know.

    `narrowed` says what left tests out, or is empty. `troubles` are reasons not to trust the
    counts: a lost worker, an unreadable file, an interruption. `ids` name the runs, several where
    shards were combined. `failed` is the line of a gate that the run has failed already, where its
    report is read.
    """

    narrowed: str = ""
    troubles: Sequence[str] = ()
    ids: Sequence[str] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is demanded: its name, what is so, and whether that is enough."""

    name: str
    text: str
    met: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one value that exit status, last line and every report read.

    `missing` and `missing_cells` are below the `level` that is demanded; `exercised_only` are
    codes that a test delivered and none asserted.
    """

    outcome: Outcome
    level: Level
    demanded: tuple[Code, ...]
    exercised: tuple[Code, ...]
    asserted: tuple[Code, ...]
    missing: tuple[Code, ...]
    cells: tuple[Cell, ...]
    missing_cells: tuple[Cell, ...]
    criteria: tuple[Criterion, ...]
    line: str
    troubles: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the exit status must say so."""
        return self.outcome is Outcome.FAILED

    @property
    def exercised_only(self) -> tuple[Code, ...]:
        """The demanded codes that a test delivered and none asserted."""
        return tuple(code for code in self.exercised if code not in self.asserted)


def floor_share(part: int, whole: int) -> str:
    """Return `part` of `whole` as a percentage with one decimal, never rounded up."""
    tenths = part * 1000 // whole if whole else 1000
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def decide(tally: Tally, demand: Demand, run: Run) -> Verdict:
    """Return the verdict on a run."""
    level, demanded, cells = demand.level, demand.codes, demand.cells
    levels = {code: tally.level_of(code) for code in demanded}
    missing = tuple(code for code in demanded if not reaches(levels[code], level))
    missing_cells = tuple(cell for cell in cells if not reaches(tally.level(cell), level))
    exercised = tuple(code for code in demanded if levels[code] is not None)
    criteria = tuple(_criteria(demand, exercised, missing, missing_cells))
    complaints = list(run.troubles)
    if not tally.deliveries:
        complaints.append("no passing test delivered a code")
    met = all(criterion.met for criterion in criteria)
    if not demand.gated:
        outcome = Outcome.NOT_ASKED
    elif met and not complaints:
        outcome = Outcome.PASSED
    elif demand.always or not run.narrowed or run.troubles:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.NOT_ENFORCED
    notes = complaints if demand.gated else list(run.troubles)
    if outcome is Outcome.NOT_ENFORCED:
        notes = [f"the run was narrowed by {run.narrowed}"]
    line = "; ".join([*notes, *(criterion.text for criterion in _told(criteria, outcome))])
    return Verdict(
        outcome, level, demanded,
        exercised=exercised,
        asserted=tuple(code for code in demanded if reaches(levels[code], Level.ASSERTED)),
        missing=missing, cells=cells, missing_cells=missing_cells, criteria=criteria, line=line,
        troubles=tuple(run.troubles),
    )  # fmt: skip


def _criteria(
    demand: Demand,
    exercised: Collection[Code],
    missing: Sequence[Code],
    missing_cells: Sequence[Cell],
) -> Iterable[Criterion]:
    """Yield what is demanded, the required codes and cells first; all of it is evaluated."""
    level = demand.level
    lacking = _labels([code for code in demand.required if code in missing])
    lacking += [shown(cell) for cell in demand.required_cells if cell in missing_cells]
    if demand.required or demand.required_cells:
        text = f"required but not {level}: {', '.join(lacking)}" if lacking else f"all {level}"
        yield Criterion("required", text, not lacking)
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


def _told(criteria: Iterable[Criterion], outcome: Outcome) -> Iterable[Criterion]:
    """Yield the criteria that the line tells: that of the codes always, others where they fail."""
    for criterion in criteria:
        if criterion.name != "required" or (not criterion.met and outcome is Outcome.FAILED):
            yield criterion


def _labels(codes: Sequence[Code]) -> list[str]:
    """Return the codes with their messages, where one can read so many on a line."""
    few = len(codes) <= _MOST_WITH_MESSAGE
    return [code.label if few else str(code.value) for code in codes]
