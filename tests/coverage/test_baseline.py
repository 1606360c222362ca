"""The ratchet: what a baseline holds, what has changed since, and what the gate makes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage import baseline, reports
from pytest_flipsnack.coverage.baseline import Baseline, Change, changes
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.tally import Cell, Level
from pytest_flipsnack.coverage.verdict import Outcome, Run
from tests.coverage.covered import LIST, SOME, STATS, cover, tally_of

NOW: dict[Cell, Level] = {
    (LIST, 50): Level.EXERCISED,
    (STATS, 20): Level.EXERCISED,
    (STATS, 31): Level.ASSERTED,
}
"""What SOME reaches."""
PATH = "flipsnack-baseline.json"


def held_to(cells: dict[Cell, Level], **others: object) -> Demand:
    return replace(Demand(baseline=Baseline(PATH, cells)), **others)  # type: ignore[arg-type]


def test_what_is_read_is_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / PATH
    path.write_text(baseline.render(tally_of(SOME)), encoding="utf-8")

    assert baseline.read(path, "b") == Baseline("b", NOW)


def test_a_baseline_has_one_line_for_each_cell() -> None:
    assert baseline.render(tally_of(SOME)).splitlines() == [
        "{",
        ' "format": "pytest-flipsnack baseline",',
        ' "version": 1,',
        ' "cells": {',
        '  "collection.getList:50": "exercised",',
        '  "user.getStats:20": "exercised",',
        '  "user.getStats:31": "asserted"',
        " }",
        "}",
    ]


def file_of(cells: object, version: object = 1) -> str:
    return json.dumps({"format": "pytest-flipsnack baseline", "version": version, "cells": cells})


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[" * 100_000, "maximum recursion depth exceeded"),
        ("[]", "it is no pytest-flipsnack baseline, version 1"),
        ('{"format": "pytest-flipsnack coverage", "version": 1}', "it is no pytest-flipsnack "),
        (file_of({}, version=2), "it is of version 2, and this plugin reads 1"),
        (file_of([]), "it is no pytest-flipsnack baseline, version 1"),
        (file_of({"31": "asserted"}), "'31': 'asserted' is not a cell with its level"),
        (file_of({"a.b:x": "asserted"}), "'a.b:x': 'asserted' is not a cell with its level"),
        (file_of({"a.b:31": "seen"}), "'a.b:31': 'seen' is not a cell with its level"),
        (file_of({"a.b:31": None}), "'a.b:31': None is not a cell with its level"),
    ],
)
def test_a_broken_baseline_has_a_problem(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / PATH
    path.write_text(text, encoding="utf-8")

    found = baseline.read(path, "b")

    assert found.problem.startswith(f"the baseline b cannot be read: {why}")
    assert found.cells == {}


def test_a_baseline_that_is_not_there_is_called_so(tmp_path: Path) -> None:
    assert baseline.read(tmp_path / "no", "no").problem == "there is no baseline no"
    assert baseline.read(tmp_path, "b").problem == ("the baseline b cannot be read: Is a directory")


def test_changes_are_gains_and_losses_by_level() -> None:
    before = {(LIST, 20): Level.ASSERTED, (LIST, 22): Level.EXERCISED, (LIST, 31): Level.EXERCISED}
    now = {(LIST, 20): Level.EXERCISED, (LIST, 31): Level.ASSERTED, (LIST, 50): Level.EXERCISED}

    found = [(str(change), change.gained) for change in changes(before, now)]

    assert found == [
        ("collection.getList:20: asserted -> exercised", False),
        ("collection.getList:22: exercised -> not delivered", False),
        ("collection.getList:31: exercised -> asserted", True),
        ("collection.getList:50: not delivered -> exercised", True),
    ]
    assert [*changes(before, before)] == []


def test_losing_a_cell_fails_and_names_it() -> None:
    verdict = cover(
        held_to({**NOW, (STATS, 20): Level.ASSERTED, (LIST, 22): Level.EXERCISED}), SOME
    )

    found = verdict.verdict
    assert found.outcome is Outcome.FAILED
    assert found.line.startswith(
        "lost since flipsnack-baseline.json: collection.getList:22: exercised -> not delivered, "
        "user.getStats:20: asserted -> exercised; 3 of 19 codes exercised; missing: "
    )


def test_many_losses_are_counted() -> None:
    lost = {(LIST, code): Level.EXERCISED for code in range(1, 12)}

    assert "; 3 of" in cover(held_to(NOW | lost), SOME).verdict.line.partition(", 3 more")[2]


def test_losing_nothing_passes() -> None:
    coverage = cover(held_to(NOW), SOME)

    assert coverage.verdict.outcome is Outcome.PASSED
    assert coverage.verdict.line.startswith("3 of 19 codes exercised; missing: ")
    assert coverage.verdict.criteria[0].text == f"nothing lost since {PATH}"
    assert [*remarks(coverage)] == []


def test_what_is_excluded_may_be_lost() -> None:
    demand = held_to(
        {**NOW, (LIST, 22): Level.EXERCISED, (LIST, 31): Level.EXERCISED},
        excluded={Code(22): "no"},
        excluded_cells={(LIST, 31): "no"},
    )

    assert cover(demand, SOME).verdict.outcome is Outcome.PASSED


@pytest.mark.parametrize("always", [False, True])
def test_a_narrowed_run_is_not_held_to_the_baseline(always: bool) -> None:
    demand = held_to({(LIST, 22): Level.EXERCISED}, always=always, threshold=Decimal(1))

    coverage = cover(demand, SOME, Run("-k"))

    assert coverage.verdict.outcome is Outcome.PASSED
    assert coverage.verdict.changes is None
    assert [*remarks(coverage)] == []


@pytest.mark.parametrize("narrowed", ["", "-k"])
def test_a_broken_baseline_fails_every_run(narrowed: str) -> None:
    demand = Demand(baseline=Baseline(PATH, problem=f"there is no baseline {PATH}"))

    coverage = cover(demand, SOME, Run(narrowed))

    assert coverage.verdict.outcome is Outcome.FAILED
    assert coverage.verdict.line.startswith(f"there is no baseline {PATH}; 3 of 19 codes ")


def test_gaining_a_cell_prints_the_command_that_records_it() -> None:
    coverage = cover(held_to({(STATS, 20): Level.EXERCISED, (STATS, 31): Level.EXERCISED}), SOME)

    assert coverage.verdict.outcome is Outcome.PASSED
    gained = (
        f"gained since {PATH}: collection.getList:50: not delivered -> exercised, "
        "user.getStats:31: exercised -> asserted"
    )
    record = f"pytest-flipsnack baseline flipsnack-coverage.json -o {PATH}"
    assert [*remarks(coverage)] == [
        gained,
        f"to record what is reached now: pytest --flipsnack-data=flipsnack-coverage.json; {record}",
    ]
    assert [*remarks(replace(coverage, data="a.json b.json"))] == [
        gained,
        f"to record what is reached now: pytest-flipsnack baseline a.json b.json -o {PATH}",
    ]


def test_the_first_baseline_has_a_command_too() -> None:
    demand = Demand(baseline=Baseline(PATH, problem=f"there is no baseline {PATH}"))

    assert [*remarks(replace(cover(demand, SOME), data="a.json"))] == [
        f"to record what is reached now: pytest-flipsnack baseline a.json -o {PATH}"
    ]


STALE = Demand(
    excluded={Code(31): "we are slow", Code(37): "deprecated", Code(22): "never"},
    excluded_cells={(LIST, 50): "hidden", (LIST, 20): "never"},
)


def test_an_exclude_that_is_exercised_after_all_is_stale() -> None:
    tests = {**SOME, "test_37": ({(STATS, 37): 1}, [])}

    assert [*remarks(cover(STALE, tests))] == [
        "stale exclude: 31 Requests per second limit exceeded was exercised; take it out "
        "(we are slow)",
        "stale exclude: collection.getList:50 was exercised; take it out (hidden)",
    ]


def test_every_report_with_text_has_the_remarks() -> None:
    coverage = cover(STALE, SOME)
    stale = "stale exclude: collection.getList:50 was exercised; take it out (hidden)"

    assert "### Notes\n\n* stale exclude: 31 " in reports.FILES["markdown"][0](coverage)
    assert f"* {stale}\n" in reports.FILES["markdown"][0](coverage)
    assert f"{stale}</system-out>" in reports.FILES["junit"][0](coverage)
    github = [line.text for line in reports.TERMINAL["github"](coverage)]
    assert github[-1] == f"::notice title=Flipsnack::{stale}"


def test_the_json_report_has_the_changes() -> None:
    demand = replace(held_to({**NOW, (LIST, 22): Level.EXERCISED}), excluded={Code(31): "no"})
    verdict = json.loads(reports.FILES["json"][0](cover(demand, SOME)))["verdict"]

    assert verdict["baseline"] == PATH
    assert verdict["changes"] == [
        {"cell": "collection.getList:22", "was": "exercised", "now": None}
    ]
    assert verdict["stale_excludes"] == ["31 Requests per second limit exceeded"]


def test_a_change_of_nothing_known_is_a_gain() -> None:
    assert Change((LIST, 20), None, Level.EXERCISED).gained
