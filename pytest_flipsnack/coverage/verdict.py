"""The gate: one pure function, from exact counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally

_MOST_WITH_MESSAGE = 5


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
    counts: a lost worker, an unreadable file, an interruption. `failed` is the line of a gate
    that the run has failed already, where its report is read.
    """

    narrowed: str = ""
    troubles: Sequence[str] = ()
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one value that exit status, last line, JSON and every report read."""

    outcome: Outcome
    demanded: tuple[Code, ...]
    exercised: tuple[Code, ...]
    missing: tuple[Code, ...]
    required_missing: tuple[Code, ...]
    line: str
    troubles: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the exit status must say so."""
        return self.outcome is Outcome.FAILED

    @property
    def share(self) -> str:
        """The percentage exercised, rounded down, so that 100 is only a true hundred."""
        return floor_share(len(self.exercised), len(self.demanded))


def floor_share(part: int, whole: int) -> str:
    """Return `part` of `whole` as a percentage with one decimal, never rounded up."""
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)


def decide(tally: Tally, demand: Demand, run: Run) -> Verdict:
    """Return the verdict on a run."""
    demanded = demand.codes
    exercised = tuple(code for code in demanded if code in tally.exercised)
    missing = tuple(code for code in demanded if code not in tally.exercised)
    required_missing = tuple(code for code in demand.required if code in missing)
    enforced = demand.always or not run.narrowed
    complaints = list(run.troubles)
    if not tally.deliveries:
        complaints.append("no passing test delivered a code")
    short = _is_short(len(exercised), len(demanded), demand.threshold)
    if required_missing and not short:
        complaints.append(f"required but not exercised: {_labels(required_missing)}")
    counts = f"{len(exercised)} of {len(demanded)} codes exercised"
    if demand.threshold is not None:
        counts += f", {demand.threshold} % required"
    if missing:
        counts += f"; missing: {_labels(missing)}"
    if not demand.gated:
        outcome = Outcome.NOT_ASKED
    elif not (complaints or short):
        outcome = Outcome.PASSED
    elif enforced or run.troubles:
        outcome = Outcome.FAILED
    else:
        outcome = Outcome.NOT_ENFORCED
    notes = complaints if demand.gated else list(run.troubles)
    if outcome is Outcome.NOT_ENFORCED:
        notes = [f"the run was narrowed by {run.narrowed}"]
    line = "; ".join([*notes, counts])
    troubles = tuple(run.troubles)
    return Verdict(outcome, demanded, exercised, missing, required_missing, line, troubles)


def _is_short(part: int, whole: int, threshold: Decimal | None) -> bool:
    return threshold is not None and part * 100 < threshold * whole


def _labels(codes: Sequence[Code]) -> str:
    """Return the codes with their messages, where one can read so many on a line."""
    few = len(codes) <= _MOST_WITH_MESSAGE
    return ", ".join(code.label if few else str(code.value) for code in codes)
