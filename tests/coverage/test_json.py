from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from pytest_flipsnack.coverage.json import SCHEMA, render

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run, decide
from pytest_flipsnack.coverage.writers import Coverage

CREATED = "2026-01-02T03:04:05+00:00"


def rendered(demand: Demand, *tests: dict[tuple[str, int], int]) -> str:
    tally = Tally()
    for hits in tests:
        tally.add_test(hits)
    return render(Coverage(tally, demand, decide(tally, demand, Run()), CREATED))


def some_report() -> dict[str, Any]:
    demand = Demand(
        Decimal("94.50"), required=(Code(31),), excluded={Code(50): "ungewöhnlich: never seen"}
    )
    text = rendered(demand, {("user.getStats", 31): 2, ("collection.getList", 20): 1})
    report: dict[str, Any] = json.loads(text)
    return report


def problems(report: object) -> list[str]:
    """Return what the schema says against a report."""
    found = jsonschema.Draft202012Validator(SCHEMA).iter_errors(report)
    return [error.message for error in found]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("demand", [Demand(), Demand(Decimal(100))], ids=["not asked", "asked"])
def test_a_report_without_data_satisfies_the_schema(demand: Demand) -> None:
    assert problems(json.loads(rendered(demand))) == []


def test_a_report_satisfies_the_schema() -> None:
    assert problems(some_report()) == []


def test_the_head_tells_what_the_file_is() -> None:
    report = some_report()

    assert list(report) == ["format", "version", "created", "verdict", "codes", "cells"]
    assert report["format"] == "pytest-flipsnack coverage"
    assert report["version"] == 1
    assert report["created"] == CREATED


def test_the_verdict_is_told_whole() -> None:
    verdict = some_report()["verdict"]

    missing = [code.value for code in Code if code.value not in {20, 31, 37, 50}]
    assert verdict.pop("line").startswith(
        "2 of 18 codes exercised, 94.50 % required; missing: 22, 30"
    )
    assert verdict == {
        "outcome": "failed",
        "threshold": "94.50",
        "required": [31],
        "excluded": {"50": "ungewöhnlich: never seen"},
        "demanded": sorted([20, 31, *missing]),
        "exercised": [20, 31],
        "missing": missing,
        "troubles": [],
    }


def test_every_code_has_its_counts() -> None:
    codes = some_report()["codes"]

    assert list(codes) == [str(code.value) for code in Code]
    assert codes["31"] == {
        "message": "Requests per second limit exceeded",
        "deliveries": 2,
        "tests": 1,
        "exercised": True,
    }
    assert codes["22"] == {
        "message": "Maintenance mode",
        "deliveries": 0,
        "tests": 0,
        "exercised": False,
    }


def test_every_action_and_code_has_its_counts() -> None:
    assert some_report()["cells"] == [
        {"action": "collection.getList", "code": 20, "deliveries": 1, "tests": 1},
        {"action": "user.getStats", "code": 31, "deliveries": 2, "tests": 1},
    ]


def test_the_order_of_the_tests_does_not_change_a_byte() -> None:
    tests = [{("user.getStats", code): 1, ("collection.getList", 20): code} for code in (50, 31)]

    assert rendered(Demand(), *tests) == rendered(Demand(), *reversed(tests))


def test_the_text_ends_with_a_line_and_keeps_its_letters() -> None:
    text = rendered(Demand(excluded={Code(50): "ungewöhnlich"}))

    assert text.endswith("}\n")
    assert "ungewöhnlich" in text
