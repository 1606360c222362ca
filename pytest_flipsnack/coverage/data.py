"""The data files of runs, read and added up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pytest_flipsnack.coverage.demand import Demand, joined
from pytest_flipsnack.coverage.reports import json
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run

Data = tuple[Tally, Run, Demand]
"""What was delivered, how the run went, and what it had to deliver."""


class UnreadableError(Exception):
    """A data file that is missing, damaged, foreign or given twice; the text names it."""


def read_file(path: Path) -> Data:
    """Return what a data file holds; raise `UnreadableError`."""
    try:
        return json.read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"{path} cannot be read: {reason}") from None


def read_files(paths: Sequence[Path]) -> Data:
    """Return the sum of data files; raise `UnreadableError` naming one that cannot be added.

    A shard is narrowed; whether all of them together are whole, no file can say, so that the sum
    counts as a whole run, which fails only where the sum does. One file stays what it is.
    """
    if len(paths) == 1:
        return read_file(paths[0])
    total, demand = Tally(), Demand()
    ids: dict[str, Path] = {}
    troubles: dict[str, None] = {}
    for path in paths:
        tally, run, own = read_file(path)
        for one in run.ids:
            if one in ids:
                raise UnreadableError(
                    f"{path} and {ids[one]} hold the same run; give each file once"
                )
        ids |= dict.fromkeys(run.ids, path)
        total.add(tally)
        demand = joined(demand, own)
        troubles |= dict.fromkeys(run.troubles)
    return total, Run(troubles=tuple(troubles), ids=tuple(ids)), demand
