"""What a report says besides its rows: it fails nothing, and it asks for an edit of the project."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.baseline import summed_up
from pytest_flipsnack.coverage.tally import shown
from pytest_flipsnack.coverage.writers import Coverage

_MOST_CELLS = 8
_DATA = "flipsnack-coverage.json"


def remarks(coverage: Coverage) -> Iterator[str]:
    """Yield the excludes that are stale, and what the baseline does not have yet."""
    for name, reason in stale_excludes(coverage).items():
        yield f"stale exclude: {name} was exercised; take it out ({reason})"
    baseline = coverage.demand.baseline
    if baseline is None or coverage.run.narrowed:
        return
    gained = [one for one in coverage.verdict.changes or () if one.gained]
    if gained:
        yield f"gained since {baseline.path}: {summed_up(gained, _MOST_CELLS)}"
    if gained or baseline.problem:
        yield f"to record what is reached now: {_command(coverage.data, baseline.path)}"


def stale_excludes(coverage: Coverage) -> dict[str, str]:
    """Return what is excluded and was exercised after all, with the reason of each.

    A deprecated code is demanded by nobody: to exclude it says so, and is never stale.
    """
    tally, demand = coverage.tally, coverage.demand
    codes: dict[Code, str] = {
        code: reason
        for code, reason in demand.excluded.items()
        if not code.deprecated and tally.level_of(code) is not None
    }
    found = {code.label: reason for code, reason in codes.items()}
    return found | {
        shown(cell): reason
        for cell, reason in demand.excluded_cells.items()
        if tally.level(cell) is not None
    }


def _command(data: str, path: str) -> str:
    record = f"pytest-flipsnack baseline {data or _DATA} -o {shlex.quote(path)}"
    return record if data else f"pytest --flipsnack-data={_DATA}; {record}"
