"""What a project demands of its suite, read from flags and configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from pytest_flipsnack.catalogue.action import State
from pytest_flipsnack.catalogue.actions import ACTIONS, action_of
from pytest_flipsnack.catalogue.codes import GROUPS, Code, known_codes, select
from pytest_flipsnack.coverage.baseline import Baseline
from pytest_flipsnack.coverage.tally import Cell, Level, shown

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Demand:
    """The codes and cells to reach, how many of them, and at which level.

    `threshold` is a percentage of codes from 0 to 100, `cells_threshold` one of documented cells,
    None where nothing is demanded. `always` says that they hold on narrowed runs too. `required`
    codes and cells must be reached whatever the percentage. `excluded` maps codes and cells to the
    reason why they are not demanded. No cell of `baseline` may be lost.
    """

    threshold: Decimal | None = None
    always: bool = False
    required: tuple[Code, ...] = ()
    excluded: Mapping[Code, str] = field(default_factory=dict)
    level: Level = Level.EXERCISED
    cells_threshold: Decimal | None = None
    required_cells: tuple[Cell, ...] = ()
    excluded_cells: Mapping[Cell, str] = field(default_factory=dict)
    baseline: Baseline | None = None

    @property
    def gated(self) -> bool:
        """Whether anything is demanded at all."""
        percentages = (self.threshold, self.cells_threshold)
        named = self.required or self.required_cells or self.baseline
        return percentages != (None, None) or bool(named)

    @property
    def codes(self) -> tuple[Code, ...]:
        """The codes that the threshold is a share of: all but excluded and deprecated ones."""
        return tuple(
            code
            for code in known_codes()
            if code in self.required or not (code.deprecated or code in self.excluded)
        )

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells that their threshold is a share of: the documented ones of today's actions."""
        return tuple(
            (action.name, code.value)
            for action in ACTIONS.values()
            for code, source in action.codes.items()
            if (action.name, code.value) in self.required_cells
            or (
                action.state is State.CURRENT
                and source.is_stated
                and code in self.codes
                and (action.name, code.value) not in self.excluded_cells
            )
        )


def read_percentage(value: object) -> Decimal:
    """Return a percentage from 0 to 100; raise `ValueError` for anything else."""
    try:
        number = Decimal(str(value).strip().removesuffix("%").strip())
        fits = 0 <= number <= 100  # comparing a NaN raises
    except InvalidOperation:
        fits = False
    if isinstance(value, bool) or not fits:
        raise ValueError(f"{value!r} is not a percentage from 0 to 100")
    if 0 < number < 1:
        meant = f"{(100 * number).normalize():f}"
        raise ValueError(f"{value!r} is less than 1 %; write {meant} for {meant} %")
    return number


def read_required(names: Iterable[object]) -> tuple[tuple[Code, ...], tuple[Cell, ...]]:
    """Return the codes and the cells that a list requires.

    An item is a code, a group, or one of these with an action, as in `collection.create:34`.
    Raises `ValueError` for an action, a code or a group that does not exist.
    """
    codes: list[object] = []
    cells: list[Cell] = []
    for name in names:
        action, colon, code = str(name).partition(":")
        if colon and isinstance(name, str):
            cells += _cells(action, code)
        else:
            codes.append(name)
    return select(codes), tuple(dict.fromkeys(cells))


def read_excluded(lines: Iterable[object]) -> tuple[dict[Code, str], dict[Cell, str]]:
    """Return codes and cells with reasons, from lines such as `37: deprecated by Flipsnack`.

    A line begins with a code, a group, an action, or an action with a code, as in
    `collection.create:33: this account has no limit`. Raises `ValueError` for a line without a
    reason, or for what does not exist.
    """
    codes: dict[Code, str] = {}
    cells: dict[Cell, str] = {}
    for line in lines:
        name, _, reason = str(line).partition(":")
        if "." in name:
            code, colon, why = reason.partition(":")
            known = code.strip().isdecimal() or code.strip() in GROUPS
            # a reason may have a colon of its own: only one after a space is a reason
            one = colon and (known or not code[:1].isspace())
            found = _cells(name, code if one else "all")
            cells |= dict.fromkeys(found, _reason(line, why if one else reason))
        else:
            codes |= dict.fromkeys(select([name]), _reason(line, reason))
    return codes, cells


def _reason(line: object, text: str) -> str:
    if not text.strip():
        raise ValueError(
            f"{line!r} gives no reason; write the code, group or action, a colon and why, "
            f"as in '37: deprecated by Flipsnack'"
        )
    return text.strip()


def _cells(action: str, code: str) -> list[Cell]:
    """Return the cells of an action that a code or a group covers."""
    known = action_of(action.strip())
    if code.strip().isdecimal() and int(code) not in set(known.codes):
        can = ", ".join(str(one.value) for one in known.codes)
        raise ValueError(f"{known.name} is not known to answer {code.strip()}; it answers {can}")
    found = [(known.name, one.value) for one in select([code]) if one in known.codes]
    if not found:
        raise ValueError(f"{known.name} is not known to answer a code of {code.strip()!r}")
    return found


def read_level(value: object) -> Level:
    """Return the level of that name; raise `ValueError` with the names."""
    try:
        return Level(str(value).strip().lower())
    except ValueError:
        known = ", ".join(Level)
        raise ValueError(f"{value!r} is not a level; allowed: {known}") from None


def check(demand: Demand) -> None:
    """Raise `ValueError` where a demand contradicts itself."""
    both = [code.label for code in demand.required if code in demand.excluded]
    both += [shown(cell) for cell in demand.required_cells if cell in demand.excluded_cells]
    if both:
        raise ValueError(f"{', '.join(both)} is both required and excluded; choose one")
    if not demand.codes:
        raise ValueError("every code is excluded; leave at least one to exercise")
    if demand.cells_threshold is not None and not demand.cells:
        raise ValueError("every cell is excluded; leave at least one to exercise")


def joined(one: Demand, other: Demand) -> Demand:
    """Return a demand that is met where both are, on whole runs."""
    required = tuple(dict.fromkeys((*one.required, *other.required)))
    cells = tuple(dict.fromkeys((*one.required_cells, *other.required_cells)))
    return Demand(
        _higher(one.threshold, other.threshold),
        required=required,
        excluded=_without(required, {**one.excluded, **other.excluded}),
        level=max(one.level, other.level, key=[*Level].index),
        cells_threshold=_higher(one.cells_threshold, other.cells_threshold),
        required_cells=cells,
        excluded_cells=_without(cells, {**one.excluded_cells, **other.excluded_cells}),
        baseline=one.baseline or other.baseline,
    )


def _higher(*thresholds: Decimal | None) -> Decimal | None:
    return max((one for one in thresholds if one is not None), default=None)


def _without(required: Iterable[T], excluded: Mapping[T, str]) -> dict[T, str]:
    return {one: why for one, why in excluded.items() if one not in {*required}}
