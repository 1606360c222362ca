"""The report for programs: JSON with a versioned schema."""

from __future__ import annotations

import json
from typing import Any

from pytest_flipsnack.catalogue.codes import Code, code_of
from pytest_flipsnack.coverage.demand import Demand, read_percentage
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Outcome, Run
from pytest_flipsnack.coverage.writers import Coverage

FORMAT = "pytest-flipsnack coverage"
VERSION = 1

_COUNT = {"type": "integer", "minimum": 0}
_CODES = {"type": "array", "items": {"type": "integer"}}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": f"{FORMAT}, version {VERSION}",
    "type": "object",
    "additionalProperties": False,
    "required": ["format", "version", "created", "verdict", "codes", "cells"],
    "properties": {
        "format": {"const": FORMAT},
        "version": {"const": VERSION},
        "created": {"type": "string"},
        "narrowed": {"type": "string"},
        "verdict": {
            "type": "object",
            "required": ["outcome", "line", "threshold", "demanded", "exercised", "missing"],
            "properties": {
                "outcome": {"enum": ["passed", "failed", "not enforced", "not asked"]},
                "line": {"type": "string"},
                "threshold": {"type": ["string", "null"]},
                "required": _CODES,
                "excluded": {"type": "object", "additionalProperties": {"type": "string"}},
                "demanded": _CODES,
                "exercised": _CODES,
                "missing": _CODES,
                "troubles": {"type": "array", "items": {"type": "string"}},
            },
        },
        "codes": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["message", "deliveries", "tests", "exercised"],
                "properties": {
                    "message": {"type": "string"},
                    "deliveries": _COUNT,
                    "tests": _COUNT,
                    "exercised": {"type": "boolean"},
                },
            },
        },
        "cells": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["action", "code", "deliveries", "tests"],
                "properties": {
                    "action": {"type": "string"},
                    "code": {"type": "integer"},
                    "deliveries": _COUNT,
                    "tests": _COUNT,
                },
            },
        },
    },
}
"""Schema of the file; a key that is added raises no version, one that changes does."""


def read(text: str) -> tuple[Tally, Run, Demand]:
    """Return the counts of a report, how its run went, and what that run had to deliver.

    Raises `ValueError` for what is no report.
    """
    import jsonschema

    try:
        document = json.loads(text)
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error}") from None
    except jsonschema.ValidationError as error:
        raise ValueError(f"not a {FORMAT} report, version {VERSION}: {error.message}") from None
    tally = Tally()
    for cell in document["cells"]:
        key = (cell["action"], cell["code"])
        tally.deliveries[key] += cell["deliveries"]
        tally.tests[key] += cell["tests"]
    for code, row in document["codes"].items():
        tally.code_tests.update({int(code): row["tests"]})
    tally.code_tests = +tally.code_tests
    verdict = document["verdict"]
    failed = verdict["line"] if verdict["outcome"] == Outcome.FAILED else ""
    run = Run(document.get("narrowed", ""), tuple(verdict.get("troubles", ())), failed)
    return tally, run, _demand(verdict)


def _demand(verdict: dict[str, Any]) -> Demand:
    threshold = verdict["threshold"]
    return Demand(
        None if threshold is None else read_percentage(threshold),
        required=tuple(code_of(code) for code in verdict.get("required", ())),
        excluded={
            code_of(int(code)): reason for code, reason in verdict.get("excluded", {}).items()
        },
    )


def render(coverage: Coverage) -> str:
    """Return the report as text; equal counts give equal bytes, `created` apart."""
    tally, verdict, demand = coverage.tally, coverage.verdict, coverage.demand
    document = {
        "format": FORMAT,
        "version": VERSION,
        "created": coverage.created,
        "narrowed": coverage.narrowed,
        "verdict": {
            "outcome": verdict.outcome.value,
            "line": verdict.line,
            "threshold": None if demand.threshold is None else str(demand.threshold),
            "required": [code.value for code in demand.required],
            "excluded": {str(code.value): reason for code, reason in demand.excluded.items()},
            "demanded": [code.value for code in verdict.demanded],
            "exercised": [code.value for code in verdict.exercised],
            "missing": [code.value for code in verdict.missing],
            "troubles": list(verdict.troubles),
        },
        "codes": {
            str(code.value): {
                "message": code.message,
                "deliveries": tally.deliveries_of(code),
                "tests": tally.code_tests[code],
                "exercised": bool(tally.code_tests[code]),
            }
            for code in Code
        },
        "cells": [
            {
                "action": action,
                "code": code,
                "deliveries": tally.deliveries[action, code],
                "tests": tally.tests[action, code],
            }
            for action, code in tally.cells
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
