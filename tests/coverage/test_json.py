from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports.json import read, render, schema
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Run
from tests.coverage.covered import CREATED, LIST, SOME, STATS, cover, tally_of


def some_report() -> dict[str, Any]:
    demand = Demand(
        Decimal("94.50"),
        required=(Code(31),),
        excluded={Code(38): "ungewöhnlich: never seen"},
        required_cells=((LIST, 50),),
        excluded_cells={(LIST, 22): "no"},
    )
    report: dict[str, Any] = json.loads(render(cover(demand, SOME)))
    return report


def problems(report: object) -> list[str]:
    """Return what the schema says against a report."""
    found = jsonschema.Draft202012Validator(schema()).iter_errors(report)
    return [error.message for error in found]


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("demand", [Demand(), Demand(Decimal(100))], ids=["not asked", "asked"])
def test_a_report_without_data_satisfies_the_schema(demand: Demand) -> None:
    assert problems(json.loads(render(cover(demand, {})))) == []


def test_a_report_satisfies_the_schema() -> None:
    assert problems(some_report()) == []


def test_the_head_says_what_the_file_is() -> None:
    report = some_report()

    assert (
        " ".join(report) == "format version created runs narrowed verdict codes tests cells replies"
    )
    assert report["format"] == "pytest-flipsnack coverage"
    assert (report["version"], report["created"]) == (2, CREATED)
    assert (report["runs"], report["narrowed"]) == (["run-1"], "")
    assert report["tests"] == [*SOME]


def test_the_verdict_is_told_whole() -> None:
    verdict = some_report()["verdict"]

    missing = [code.value for code in Code if code.value not in {20, 31, 37, 38, 50}]
    codes = f"3 of 18 codes exercised, 94.50 % required; missing: {', '.join(map(str, missing))}"
    assert verdict.pop("missing_cells")[0].count(":") == 1
    assert verdict == {
        "outcome": "failed",
        "line": codes,
        "level": "exercised",
        "threshold": "94.50",
        "cells_threshold": None,
        "required": ["31", f"{LIST}:50"],
        "excluded": {"38": "ungewöhnlich: never seen", f"{LIST}:22": "no"},
        "demanded": sorted([20, 31, 50, *missing]),
        "exercised": [20, 31, 50],
        "asserted": [31],
        "verified": [],
        "missing": missing,
        "criteria": [
            {"name": "required", "text": "all exercised", "met": True},
            {"name": "codes", "text": codes, "met": False},
        ],
        "troubles": [],
        "baseline": None,
        "changes": [],
        "stale_excludes": [],
    }


def test_every_code_has_its_counts() -> None:
    codes = some_report()["codes"]

    assert list(codes) == [str(code.value) for code in Code]
    assert codes["31"] == {
        "message": "Requests per second limit exceeded",
        "deliveries": 2,
        "tests": 1,
        "asserting_tests": 1,
        "exercised": True,
        "level": "asserted",
    }
    assert codes["22"] == {
        "message": "Maintenance mode",
        "deliveries": 0,
        "tests": 0,
        "asserting_tests": 0,
        "exercised": False,
        "level": None,
    }


def test_every_cell_has_its_counts_and_its_tests() -> None:
    cells = some_report()["cells"]

    assert [(cell["action"], cell["code"]) for cell in cells] == [
        (LIST, 50),
        (STATS, 20),
        (STATS, 31),
    ]
    assert cells[1:] == [
        {
            "action": STATS,
            "code": 20,
            "deliveries": 3,
            "level": "exercised",
            "exercised_by": [0, 1],
            "verified_by": [],
            "asserted_by": [],
        },
        {
            "action": STATS,
            "code": 31,
            "deliveries": 2,
            "level": "asserted",
            "exercised_by": [],
            "verified_by": [],
            "asserted_by": [0],
        },
    ]


def test_the_order_of_the_tests_does_not_change_a_byte() -> None:
    turned = {name: SOME[name] for name in sorted(SOME, reverse=True)}

    assert render(cover(Demand(), SOME)) == render(cover(Demand(), turned))


def test_the_text_ends_with_a_line_and_keeps_its_letters() -> None:
    text = render(cover(Demand(excluded={Code(50): "ungewöhnlich"}), SOME))

    assert text.endswith("}\n")
    assert "ungewöhnlich" in text


def test_what_is_read_is_what_was_written() -> None:
    run = Run("-k", ("worker gw0 was lost",), ("run-1", "run-2"))
    demand = Demand(
        Decimal("94.50"),
        required=(Code(31),),
        excluded={Code(38): "never: seen"},
        level=Level.ASSERTED,
        cells_threshold=Decimal(10),
        required_cells=((LIST, 50),),
        excluded_cells={(LIST, 22): "no: never"},
    )

    assert read(render(cover(Demand(), SOME, run))) == (tally_of(SOME), run, Demand())
    coverage = cover(demand, SOME)
    failed = Run(ids=("run-1",), failed=coverage.verdict.line)
    assert read(render(coverage)) == (tally_of(SOME), failed, demand)


def test_a_number_that_json_takes_for_an_integer_is_read_as_one() -> None:
    text = render(cover(Demand(), SOME)).replace('"code": 31', '"code": 31.0')

    assert read(text.replace("[0]", "[0.0]"))[0] == tally_of(SOME)


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (
            '"version": 2',
            '"version": 1',
            "a report of version 1, and this pytest-flipsnack reads version 2; make every report "
            "with one version",
        ),
        (
            "pytest-flipsnack coverage",
            "coverage",
            "not a pytest-flipsnack coverage report, version 2: 'pytest-flipsnack coverage' was "
            "expected",
        ),
        (
            "[0]",
            "[7]",
            "not a pytest-flipsnack coverage report: it has no test number 7",
        ),
        (
            "\n  []",
            "\n  [9]",
            "not a pytest-flipsnack coverage report: it has no cell number 9",
        ),
        ('"tests":', "tests", "not JSON: Expecting property name enclosed in double quotes: "),
        ("{", "[" * 100_000, "not JSON: "),
    ],
    ids=["older", "foreign", "no such test", "no such cell", "damaged", "nested"],
)
def test_what_is_no_report_is_an_error_that_says_why(old: str, new: str, why: str) -> None:
    text = render(cover(Demand(), SOME))
    assert old in text

    with pytest.raises(ValueError) as caught:
        read(text.replace(old, new, 1))

    assert str(caught.value).startswith(why)
