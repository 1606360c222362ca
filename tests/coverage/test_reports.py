"""Markdown, JUnit, annotations and badges."""

from __future__ import annotations

import json
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import badge, github, junit, markdown
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Run
from tests.coverage.covered import CREATED, DEMAND, EVERYTHING, SOME, STATS, Tests, cover

ALL: Tests = {"test_all": ({(STATS, code.value): 1 for code in Code}, [])}
BUT_50: Tests = {"test_all": ({(STATS, c.value): 1 for c in Code if c != 50}, [])}
ASSERTED = Demand(Decimal(100), level=Level.ASSERTED, excluded={Code(44): "a | b <i>\nc"})


def test_markdown_has_the_verdict_the_table_and_what_is_missing() -> None:
    text = markdown.render(cover(DEMAND, SOME))

    lines = text.splitlines()
    assert lines[:10] == [
        "## Flipsnack codes",
        "",
        "**Gate failed**: 3 of 14 codes exercised, 100 % required; missing: 22, 30, 32, 38, 40, "
        "41, 42, 43, 44, 46, 47",
        "",
        "3 of 14 codes exercised (21.4 %), 1 of 14 codes asserted (7.1 %).",
        "",
        "| code | message | delivered | tests | asserted | level |",
        "| ---: | --- | ---: | ---: | ---: | --- |",
        "| 20 | OK | 3 | 2 | 0 | exercised |",
        "| 22 | Maintenance mode | 0 | 0 | 0 | **missing** |",
    ]
    assert "| 33 | Uploads per month exceeded | 0 | 0 | 0 | - (we only read) |" in lines
    assert "* 22 Maintenance mode: `with flipsnack.expect(22, raises=...): client.call()`" in lines
    assert "### Missing cells" not in lines
    assert text.endswith("`\n")


def test_markdown_lists_missing_cells_where_they_are_demanded() -> None:
    text = markdown.render(cover(Demand(cells_threshold=Decimal(50)), SOME))

    *_, heading, empty, cells = text.splitlines()
    assert (heading, empty) == ("### Missing cells", "")
    assert cells.count(", ") == 39
    assert cells.endswith(" more")


def test_markdown_does_not_count_what_it_shows() -> None:
    cells = cover(Demand(), SOME).verdict.missing_cells
    few = Demand(cells_threshold=Decimal(50), excluded_cells=dict.fromkeys(cells[3:], "no"))

    last = markdown.render(cover(few, SOME)).splitlines()[-1]

    assert last == ", ".join(f"{action}:{code}" for action, code in cells[:3])


def test_markdown_of_a_full_table_has_no_list_of_what_is_missing() -> None:
    text = markdown.render(cover(ASSERTED, EVERYTHING))

    assert "### Missing" not in text
    assert "| 44 | Invalid signature | 1 | 1 | 1 | asserted (a \\| b &lt;i> c) |" in text


def cases(text: str) -> list[tuple[str, str, str]]:
    """Return the name, the result and the message of each case, having read the whole file."""
    suite = ET.fromstring(text)[0]
    flat = []
    for case in suite:
        results = [(one.tag, one.get("message", "")) for one in case if one.tag != "system-out"]
        flat.append((case.get("name", ""), *(results or [("passed", "")])[0]))
    assert int(suite.get("tests", "")) == len(flat)
    assert int(suite.get("failures", "")) == sum(tag == "failure" for _, tag, _ in flat)
    assert int(suite.get("skipped", "")) == sum(tag == "skipped" for _, tag, _ in flat)
    assert suite.get("timestamp") == CREATED
    return flat


def test_junit_has_a_case_for_each_code_and_the_gate_last() -> None:
    coverage = cover(DEMAND, SOME)

    found = cases(junit.render(coverage))

    assert [name for name, *_ in found] == [*(code.label for code in Code), "gate"]
    assert found[0] == ("20 OK", "passed", "")
    assert found[1] == (
        "22 Maintenance mode",
        "failure",
        "not exercised: with flipsnack.expect(22, raises=...): client.call()",
    )
    assert found[5] == ("33 Uploads per month exceeded", "skipped", "we only read")
    assert found[-1] == ("gate", "failure", coverage.verdict.line)


@pytest.mark.parametrize(
    ("demand", "run", "word"),
    [(Demand(), Run(), "not asked"), (DEMAND, Run("-k"), "not enforced")],
)
def test_junit_of_a_gate_that_decided_nothing_has_no_failure(
    demand: Demand, run: Run, word: str
) -> None:
    coverage = cover(demand, SOME, run)

    found = cases(junit.render(coverage))

    assert {tag for _, tag, _ in found} == {"passed", "skipped"}
    assert found[-1] == ("gate", "skipped", f"{word}: {coverage.verdict.line}")


def test_junit_of_a_gate_that_passed_says_so_and_keeps_to_what_xml_may_hold() -> None:
    demand = Demand(Decimal(100), excluded={Code(44): "an \x1b[31m escape & <more>"})

    found = cases(junit.render(cover(demand, EVERYTHING)))

    assert found[15] == ("44 Invalid signature", "skipped", "an ?[31m escape & <more>")
    assert found[-1] == ("gate", "passed", "")


def test_annotations_point_at_the_file_of_a_test_that_only_exercises() -> None:
    lines = [line.text for line in github.lines(cover(ASSERTED, SOME))]

    assert lines[0].startswith(
        "::error title=Flipsnack gate failed::1 of 18 codes asserted, 100 %25"
    )
    assert lines[1] == (
        "::error file=tests/test_a.py,line=1,title=Flipsnack code 20 is not asserted::"
        "20 OK: with flipsnack.expect(20): client.call()"
    )
    assert lines[2] == (
        "::error title=Flipsnack code 22 is not asserted::"
        "22 Maintenance mode: with flipsnack.expect(22, raises=...): client.call()"
    )
    assert lines[-1].startswith("::error file=tests/test_b.py,line=1,title=Flipsnack code 50 ")


def test_what_served_tests_deliver_has_no_file_to_point_at() -> None:
    tests: Tests = {"serve::12ab::0": ({(STATS, 20): 1}, [])}

    lines = [line.text for line in github.lines(cover(ASSERTED, tests))]

    assert lines[1].startswith("::error title=Flipsnack code 20 is not asserted::")


@pytest.mark.parametrize(("demand", "run", "count"), [(Demand(), Run(), 1), (DEMAND, Run("-k"), 2)])
def test_annotations_of_a_gate_that_did_not_fail_are_warnings(
    demand: Demand, run: Run, count: int
) -> None:
    found = [line.text for line in github.lines(cover(demand, BUT_50, run))]
    lines = [line for line in found if not line.startswith("::notice ")]

    assert len(lines) == count
    assert all(line.startswith("::warning ") for line in lines)


def test_a_gate_that_passed_is_not_annotated() -> None:
    assert [*github.lines(cover(Demand(Decimal(100)), ALL))] == []


def test_what_could_end_an_annotation_is_escaped() -> None:
    tests: Tests = {"tests/a,b:c.py::test": ({(STATS, 20): 1}, [])}

    lines = [line.text for line in github.lines(cover(ASSERTED, tests))]

    assert "file=tests/a%2Cb%3Ac.py," in lines[1]


@pytest.mark.parametrize(
    ("demand", "tests", "message", "colour", "name"),
    [
        (Demand(), EVERYTHING, "100 % exercised", "#2e7d32", "brightgreen"),
        (Demand(), BUT_50, "94.7 % exercised", "#8a6d00", "yellow"),
        (Demand(), SOME, "15.7 % exercised", "#b3261e", "red"),
        (ASSERTED, EVERYTHING, "100 % asserted", "#2e7d32", "brightgreen"),
        (ASSERTED, BUT_50, "0 % asserted", "#b3261e", "red"),
    ],
)
def test_a_badge_has_the_share_of_the_level_that_is_demanded(
    demand: Demand, tests: Tests, message: str, colour: str, name: str
) -> None:
    coverage = cover(demand, tests)

    picture = ET.fromstring(badge.render(coverage))
    endpoint = json.loads(badge.endpoint(coverage))

    assert picture.get("aria-label") == f"flipsnack codes: {message}"
    assert colour in badge.render(coverage)
    assert endpoint == {
        "schemaVersion": 1,
        "label": "flipsnack codes",
        "message": message,
        "color": name,
        "isError": coverage.verdict.failed,
    }
