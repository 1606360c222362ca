"""The rows that every report shows: one for each code, one for each action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pytest_flipsnack.catalogue.action import State
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, known_codes
from pytest_flipsnack.coverage.tally import Cell, Level, highest, reaches, shown
from pytest_flipsnack.coverage.writers import Coverage


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code: how often it was delivered, in how many tests, in how many of these asserted.

    `note` says what is to be said of it: missing, exercised only, or why it is not demanded.
    """

    code: Code
    deliveries: int
    tests: int
    asserting: int
    level: Level | None
    missing: bool
    note: str

    @property
    def word(self) -> str:
        """The level as a word."""
        return self.level.value if self.level is not None else "-"


def code_rows(coverage: Coverage) -> Iterator[CodeRow]:
    """Yield a row for each code, in the order of the table."""
    for code in known_codes():
        tests = coverage.tally.tests_of(code)
        yield CodeRow(
            code,
            coverage.tally.deliveries_of(code),
            len(tests),
            sum(reaches(level, Level.ASSERTED) for level in tests.values()),
            highest(tests),
            code in coverage.verdict.missing,
            _note(code, coverage),
        )


def _note(code: Code, coverage: Coverage) -> str:
    verdict = coverage.verdict
    if code not in verdict.demanded:
        return f"({coverage.demand.excluded.get(code, 'deprecated, not demanded')})"
    if code not in verdict.exercised:
        return "missing"
    return "exercised only" if code in verdict.exercised_only else ""


@dataclass(frozen=True, slots=True)
class CellRow:
    """An action with a code: how far the suite went with both.

    `state` is a level, or else missing (the gate lacks it), documented, open (of an action that is
    deprecated) or excluded; it is empty where the action cannot answer the code. `source` says
    what lists the code for the action.
    """

    action: str
    code: Code
    state: str
    deliveries: int
    tests: int
    source: str

    @property
    def cell(self) -> Cell:
        """The cell as counts know it."""
        return self.action, self.code.value

    @property
    def name(self) -> str:
        """The cell as the configuration writes it."""
        return shown(self.cell)


def cell_rows(coverage: Coverage) -> Iterator[CellRow]:
    """Yield every code of every action that is current or was called, by action, then by code."""
    called = {action for action, _ in coverage.tally.cells}
    current = [one.name for one in ACTIONS.values() if one.state is State.CURRENT]
    verdict, demand = coverage.verdict, coverage.demand
    demanded = {*verdict.cells}
    lacking = {
        cell
        for cell in verdict.missing_cells
        if demand.cells_threshold is not None or cell in demand.required_cells
    }
    for action in dict.fromkeys([*current, *sorted(called)]):
        sources = ACTIONS[action].codes if action in ACTIONS else {}
        for code in known_codes():
            cell = (action, code.value)
            tests = coverage.tally.contexts.get(cell, {})
            level = highest(tests)
            if level is not None:
                state = level.value
            elif code not in sources:
                state = ""
            elif cell in demanded:
                state = "missing" if cell in lacking or code in verdict.missing else "documented"
            else:
                out = code not in verdict.demanded or cell in demand.excluded_cells
                state = "excluded" if out else "open"
            source = str(sources[code]) if code in sources else "no page lists it"
            yield CellRow(action, code, state, coverage.tally.deliveries[cell], len(tests), source)


def open_cells(coverage: Coverage) -> Iterator[tuple[str, list[int]]]:
    """Yield each current action that a test has called, with the codes that are still open."""
    used = sorted({action for action, _ in coverage.tally.cells} & set(ACTIONS))
    for name in used:
        action = ACTIONS[name]
        codes = [
            code.value
            for code in action.codes
            if code in coverage.verdict.demanded
            and not reaches(coverage.tally.level((name, code.value)), coverage.demand.level)
        ]
        if action.state is State.CURRENT and codes:
            yield name, codes


def suggestion(code: Code) -> str:
    """Return what to write for a code that is missing, in a form that asserts."""
    raises = "" if code is Code.OK else ", raises=..."
    return f"with flipsnack.expect({code.value}{raises}): client.call()"
