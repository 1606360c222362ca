"""The forms of the files that programs read: JSON by its published schema, JUnit by xunit2."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import xmlschema

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.baseline import Baseline
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import json as json_report
from pytest_flipsnack.coverage.reports import junit
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Run
from pytest_flipsnack.coverage.writers import add_to_file, write_file
from tests.coverage.covered import DEMAND, EVERYTHING, LIST, SOME, STATS, Tests, cover, tally_of
from tests.coverage.junit_files import read_suite
from tests.downstream import PUBLISHED, SCHEMA

ROWS: dict[str, tuple[Demand, Tests, Run]] = {
    "nothing": (Demand(), {}, Run()),
    "not asked": (Demand(), SOME, Run(ids=("a", "b"))),
    "failed": (DEMAND, SOME, Run()),
    "passed": (Demand(Decimal(100)), EVERYTHING, Run()),
    "not enforced": (DEMAND, SOME, Run("-k")),
    "trouble": (DEMAND, EVERYTHING, Run(troubles=("worker <gw0> & \x1b[31m was lost",))),
    "cells": (
        Demand(
            level=Level.ASSERTED,
            cells_threshold=Decimal("99.5"),
            required=(Code(31),),
            required_cells=((LIST, 50),),
            excluded_cells={(STATS, 20): "a: b"},
        ),
        SOME,
        Run(),
    ),
    "lost and gained": (Demand(baseline=Baseline("b", {(LIST, 22): Level.ASSERTED})), SOME, Run()),
    "broken baseline": (Demand(baseline=Baseline("b", problem="there is none")), SOME, Run()),
    "odd names": (Demand(), {"test_a[\x00\ud800-<&]": ({("(unknown)", 42): 1}, [])}, Run()),
}


@pytest.mark.parametrize("row", ROWS)
def test_every_json_report_is_as_its_published_schema_says(row: str) -> None:
    jsonschema.validate(json.loads(json_report.render(cover(*ROWS[row]))), PUBLISHED)


def test_a_name_that_is_no_text_is_written_and_read_back(tmp_path: Path) -> None:
    tests: Tests = {"test_\udc80.py::test_a": ({(STATS, 20): 1}, [])}
    path = tmp_path / "codes.json"

    for write in (write_file, add_to_file):
        path.unlink(missing_ok=True)
        write(path, json_report.render(cover(Demand(), tests)))
        assert json_report.read(path.read_text(encoding="utf-8"))[0] == tally_of(tests)


@pytest.mark.parametrize("row", ROWS)
def test_every_junit_report_is_as_xunit2_says(row: str) -> None:
    suite = read_suite(junit.render(cover(*ROWS[row])))

    assert len(suite) == len(Code) + 1


def test_the_published_schema_is_that_of_the_package() -> None:
    package = resources.files("pytest_flipsnack.coverage.reports")
    text = package.joinpath(SCHEMA.name).read_text(encoding="utf-8")

    assert text == SCHEMA.read_text(encoding="utf-8")
    assert json_report.schema() == PUBLISHED
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


def test_the_strict_reading_of_xunit2_finds_faults() -> None:
    text = junit.render(cover(DEMAND, SOME))

    for old, new in ((' time="0.000"', ""), ("testcase", "case"), ("+00:00", " UTC")):
        with pytest.raises(xmlschema.XMLSchemaValidationError):
            read_suite(text.replace(old, new))
    with pytest.raises(AssertionError):
        read_suite(text.replace(' errors="0"', ' errors="1"'))
