"""The data files of runs, read and added up."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pytest_flipsnack.coverage.reports import json
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run


class UnreadableError(Exception):
    """A data file that is missing, damaged, foreign or given twice; the text names it."""


def read_file(path: Path) -> tuple[Tally, Run]:
    """Return what a data file holds; raise `UnreadableError`."""
    try:
        return json.read(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UnreadableError(f"{path} cannot be read: {reason}") from None


def read_files(paths: Iterable[Path]) -> tuple[Tally, Run]:
    """Return the sum of data files; raise `UnreadableError` naming one that cannot be added.

    A shard is narrowed; whether all of them together are whole, no file can say, so that the sum
    counts as a whole run.
    """
    total = Tally()
    ids: dict[str, Path] = {}
    troubles: dict[str, None] = {}
    for path in paths:
        tally, run = read_file(path)
        for one in run.ids:
            if one in ids:
                raise UnreadableError(
                    f"{path} and {ids[one]} hold the same run; give each file once"
                )
        ids |= dict.fromkeys(run.ids, path)
        total.add(tally)
        troubles |= dict.fromkeys(run.troubles)
    return total, Run(troubles=tuple(troubles), ids=tuple(ids))
