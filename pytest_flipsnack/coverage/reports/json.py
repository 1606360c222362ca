"""The report for programs, which is also the data of a shard: JSON with a versioned schema."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from importlib import resources
from typing import Any, TypeVar

from pytest_flipsnack.catalogue.codes import known_code
from pytest_flipsnack.coverage.demand import (
    Demand,
    read_excluded,
    read_percentage,
    read_required,
)
from pytest_flipsnack.coverage.flipped import Flipped
from pytest_flipsnack.coverage.reports.remarks import stale_excludes
from pytest_flipsnack.coverage.reports.rows import code_rows
from pytest_flipsnack.coverage.tally import Level, Tally, shown
from pytest_flipsnack.coverage.verdict import Outcome, Run
from pytest_flipsnack.coverage.writers import Coverage

_T = TypeVar("_T")
FORMAT = "pytest-flipsnack coverage"
VERSION = 2

_IN_LINES = ("verdict", "codes", "tests", "cells", "replies")
_dumps = partial(json.dumps, ensure_ascii=False)


@cache
def schema() -> Any:
    """Return the schema of the file; a key that is added raises no version, one that changes does."""
    text = (
        resources.files(__package__).joinpath(f"coverage-{VERSION}.schema.json").read_text("utf-8")
    )
    return json.loads(text)


def read(text: str) -> tuple[Tally, Run, Demand]:
    """Return the counts of a report, how its run went, and what that run had to deliver.

    Raises `ValueError` for what is no report.
    """
    import jsonschema

    try:
        document = json.loads(text)
        if isinstance(document, dict) and document.get("format") == FORMAT:
            _check_version(document.get("version"))
        jsonschema.Draft202012Validator(schema()).validate(document)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from None
    except jsonschema.ValidationError as error:
        raise ValueError(f"not a {FORMAT} report, version {VERSION}: {error.message}") from None
    _check_codes(document["cells"])
    tally = Tally()
    names = document["tests"]
    for cell in document["cells"]:
        key = (cell["action"], int(cell["code"]))
        tally.deliveries[key] += int(cell["deliveries"])
        tests = tally.contexts.setdefault(key, {})
        for level in Level:
            for index in cell.get(f"{level.value}_by", ()):
                tests[_nth(names, index, "test")] = level
    cells = [(cell["action"], int(cell["code"])) for cell in document["cells"]]
    for name, indexes in zip(names, document.get("replies", ()), strict=False):
        if indexes:
            tally.replies[name] = tuple(_nth(cells, index, "cell") for index in indexes)
    if "flips" in document:
        tally.flipped = Flipped.unpacked(document["flips"])
    return tally, _run(document), _demand(document["verdict"])


def _nth(rows: Sequence[_T], index: float, what: str) -> _T:
    if index >= len(rows):
        raise ValueError(f"not a {FORMAT} report: it has no {what} number {index}")
    return rows[int(index)]  # 31.0 is an integer in JSON


def _check_codes(cells: Iterable[Mapping[str, Any]]) -> None:
    unknown = next((cell["code"] for cell in cells if known_code(cell["code"]) is None), None)
    if unknown is not None:
        raise ValueError(
            f"it counts code {int(unknown)}, which is not in the table; a code of your own needs "
            "your catalogue: pytest-flipsnack --catalogue FILE, or flipsnack_catalogue in pytest"
        )


def _check_version(version: object) -> None:
    if version != VERSION:
        raise ValueError(
            f"a report of version {version!r}, and this pytest-flipsnack reads version {VERSION}; "
            "make every report with one version"
        )


def _run(document: dict[str, Any]) -> Run:
    verdict = document["verdict"]
    failed = verdict["line"] if verdict["outcome"] == Outcome.FAILED else ""
    troubles = tuple(verdict.get("troubles", ()))
    return Run(document["narrowed"], troubles, tuple(document["runs"]), failed)


def _demand(verdict: dict[str, Any]) -> Demand:
    thresholds = [verdict.get(name) for name in ("threshold", "cells_threshold")]
    codes, cells = (None if one is None else read_percentage(one) for one in thresholds)
    required, required_cells = read_required(verdict.get("required", ()))
    excluded = verdict.get("excluded", {})
    left_out = [f"{name}: {reason}" for name, reason in excluded.items()]
    excluded_codes, excluded_cells = read_excluded(left_out)
    return Demand(
        codes,
        required=required,
        excluded=excluded_codes,
        level=Level(verdict["level"]),
        cells_threshold=cells,
        required_cells=required_cells,
        excluded_cells=excluded_cells,
    )


def render(coverage: Coverage) -> str:
    """Return the report as text; equal counts give equal bytes, `created` and `runs` apart."""
    tally = coverage.tally
    names = sorted({name for tests in tally.contexts.values() for name in tests})
    numbers = {name: number for number, name in enumerate(names)}
    places = {cell: number for number, cell in enumerate(tally.cells)}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "created": coverage.created,
        "runs": sorted(coverage.run.ids),
        "narrowed": coverage.run.narrowed,
        "verdict": _verdict(coverage),
        "codes": {
            str(row.code.value): {
                "message": row.code.message,
                "deliveries": row.deliveries,
                "tests": row.tests,
                "asserting_tests": row.asserting,
                "exercised": row.level is not None,
                "level": row.level and row.level.value,
                **({"local": True} if row.code.is_local else {}),
            }
            for row in code_rows(coverage)
        },
        "tests": names,
        "cells": [_cell(tally, cell, numbers) for cell in tally.cells],
        "replies": [[places[cell] for cell in tally.replies.get(name, ())] for name in names],
    }
    if tally.flipped is not None:
        document["flips"] = _flips(tally.flipped)
    return _text(document)


def _text(document: dict[str, Any]) -> str:
    """Return JSON with a line for each code, test and cell: that differs well, and is fast."""
    parts = [
        f"{_dumps(key)}: {_lines(value) if key in _IN_LINES else _dumps(value)}"
        for key, value in document.items()
    ]
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def _lines(rows: list[Any] | dict[str, Any]) -> str:
    if isinstance(rows, dict):
        lines = [f"{_dumps(name)}: {_dumps(row)}" for name, row in rows.items()]
        return "{\n  " + ",\n  ".join(lines) + "\n }"
    return "[\n  " + ",\n  ".join(map(_dumps, rows)) + "\n ]" if rows else "[]"


def _cell(tally: Tally, cell: tuple[str, int], numbers: dict[str, int]) -> dict[str, Any]:
    level, tests = tally.level(cell), tally.contexts.get(cell, {})
    by = {
        f"{one.value}_by": sorted(numbers[name] for name, found in tests.items() if found is one)
        for one in Level
    }
    return {
        "action": cell[0],
        "code": cell[1],
        "deliveries": tally.deliveries[cell],
        "level": level and level.value,
        **by,
    }


def _flips(flipped: Flipped) -> dict[str, Any]:
    """Return the outcome of flips; what they verified stands with the cells."""
    found = flipped.packed()
    del found["verified"]
    survivors = [asdict(one) for one in flipped.ordered]
    undecided = dict(sorted(flipped.undecided.items()))
    return found | {"survivors": survivors, "undecided": undecided}


def _verdict(coverage: Coverage) -> dict[str, Any]:
    verdict, demand = coverage.verdict, coverage.demand
    excluded = {str(code.value): reason for code, reason in demand.excluded.items()}
    excluded |= {shown(cell): reason for cell, reason in demand.excluded_cells.items()}
    return {
        "outcome": verdict.outcome.value,
        "line": verdict.line,
        "level": verdict.level.value,
        "threshold": _percentage(demand.threshold),
        "cells_threshold": _percentage(demand.cells_threshold),
        "required": [
            *(str(code.value) for code in demand.required),
            *map(shown, demand.required_cells),
        ],
        "excluded": excluded,
        "demanded": [code.value for code in verdict.demanded],
        "exercised": [code.value for code in verdict.exercised],
        "asserted": [code.value for code in verdict.asserted],
        "verified": [code.value for code in verdict.verified],
        "missing": [code.value for code in verdict.missing],
        "missing_cells": [shown(cell) for cell in verdict.missing_cells],
        "criteria": [
            {"name": one.name, "text": one.text, "met": one.met} for one in verdict.criteria
        ],
        "troubles": list(verdict.troubles),
        "baseline": demand.baseline and demand.baseline.path,
        "changes": [
            {"cell": shown(one.cell), "was": one.was, "now": one.now}
            for one in verdict.changes or ()
        ],
        "stale_excludes": [*stale_excludes(coverage)],
    }


def _percentage(value: object) -> str | None:
    return None if value is None else str(value)
