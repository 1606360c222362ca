"""The gate: one pure function, from exact counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.baseline import Change, changes, levels_of
from pytest_flipsnack.coverage.criteria import Criterion, evaluated
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Cell, Level, Tally, reaches


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
class Verdict:
    """The one value that exit status, last line and every report read.

    `missing` and `missing_cells` are below the `level` that is demanded; `exercised_only` are
    codes that a test delivered and none asserted. `changes` are those since the baseline.
    """

    outcome: Outcome
    level: Level
    demanded: tuple[Code, ...]
    exercised: tuple[Code, ...]
    asserted: tuple[Code, ...]
    verified: tuple[Code, ...]
    missing: tuple[Code, ...]
    cells: tuple[Cell, ...]
    missing_cells: tuple[Cell, ...]
    criteria: tuple[Criterion, ...]
    line: str
    troubles: tuple[str, ...] = ()
    changes: tuple[Change, ...] | None = None

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
    changed = _changes(tally, demand, run)
    criteria = tuple(evaluated(demand, exercised, missing, missing_cells, changed))
    complaints = list(run.troubles)
    if demand.baseline is not None and demand.baseline.problem:
        complaints.append(demand.baseline.problem)
    distrusted = bool(complaints)
    if not tally.deliveries:
        complaints.append("no passing test delivered a code")
    met = all(criterion.met for criterion in criteria)
    if not demand.gated:
        outcome = Outcome.NOT_ASKED
    elif met and not complaints:
        outcome = Outcome.PASSED
    elif demand.always or not run.narrowed or distrusted:
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
        verified=tuple(code for code in demanded if reaches(levels[code], Level.VERIFIED)),
        missing=missing, cells=cells, missing_cells=missing_cells, criteria=criteria, line=line,
        troubles=tuple(run.troubles), changes=changed,
    )  # fmt: skip


def _changes(tally: Tally, demand: Demand, run: Run) -> tuple[Change, ...] | None:
    """Return what has changed since the baseline, None where nothing can tell: a narrowed run."""
    if demand.baseline is None or demand.baseline.problem or run.narrowed:
        return None
    found = changes(demand.baseline.cells, levels_of(tally))
    return tuple(one for one in found if one.gained or not _is_excluded(one.cell, demand))


def _is_excluded(cell: Cell, demand: Demand) -> bool:
    return cell in demand.excluded_cells or cell[1] in demand.excluded


def _told(criteria: Iterable[Criterion], outcome: Outcome) -> Iterable[Criterion]:
    """Yield the criteria that the line tells: that of the codes always, others where they fail."""
    for criterion in criteria:
        always = criterion.name in {"codes", "cells"}
        if always or (not criterion.met and outcome is Outcome.FAILED):
            yield criterion
