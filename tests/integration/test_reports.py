"""Where reports go, and what happens when they cannot go there."""

from __future__ import annotations

import jsonschema
import pytest

from pytest_flipsnack.coverage.reports.json import schema
from tests.downstream import (
    BUT_50,
    MISSING_50,
    TESTS,
    Project,
    gate_line,
    plugin_lines,
    with_two_workers,
)

HUNDRED = "--flipsnack-fail-under=100"
ALL = "19 of 19 codes exercised, 100 % required"


def test_a_report_without_a_gate_decides_nothing(project: Project) -> None:
    project.write("test_acme.py", BUT_50)

    result = project.run("--flipsnack-report=json:out/codes.json", "--flipsnack-report=term")

    report = project.report("out/codes.json")
    assert result.ret == 0
    assert gate_line(result) == ""
    assert plugin_lines(result)[-1] == "Flipsnack report written to out/codes.json"
    assert report["verdict"]["outcome"] == "not asked"
    assert report["verdict"]["line"] == ("18 of 19 codes exercised; missing: 50 Operation failed")
    jsonschema.validate(report, schema())


@pytest.mark.parametrize(
    ("source", "outcome", "line"),
    [(TESTS, "passed", ALL), (BUT_50, "failed", MISSING_50)],
    ids=["passed", "failed"],
)
def test_the_file_tells_the_verdict_of_the_last_line(
    project: Project, source: str, outcome: str, line: str
) -> None:
    project.write("test_acme.py", source)

    result = project.run(HUNDRED, "--flipsnack-report=json")

    verdict = project.report()["verdict"]
    assert (verdict["outcome"], verdict["line"]) == (outcome, line)
    assert gate_line(result).endswith(f": {line}")


def test_a_report_of_no_known_format_is_a_usage_error(project: Project) -> None:
    result = project.run("--flipsnack-report=yaml")

    assert result.ret == 4
    (line,) = [line for line in result.errlines if "yaml" in line]
    assert "error: argument --flipsnack-report: 'yaml' is not a report; allowed: term, " in line
    assert "json[:PATH]" in line


def test_a_report_into_a_directory_is_a_usage_error(project: Project) -> None:
    project.write("test_acme.py", TESTS)
    (project.path / "out").mkdir()

    result = project.run("--flipsnack-report=json:out")

    assert result.ret == 4
    assert result.errlines == [
        "ERROR: --flipsnack-report: out is a directory; give the path of a file",
        "    more: docs/coverage.md",
        "",
    ]


@with_two_workers
def test_a_report_that_cannot_be_written_fails_the_gate(merging: Project) -> None:
    merging.write("test_acme.py", TESTS)
    merging.write("blocked", "a file where the report needs a directory")

    result = merging.run(HUNDRED, "--flipsnack-report=json:blocked/codes.json")

    assert result.ret == 1
    assert gate_line(result) == (
        f"Flipsnack gate failed: blocked/codes.json could not be written: File exists; {ALL}"
    )
    assert "Flipsnack report written to blocked/codes.json" not in result.outlines


def test_a_report_that_cannot_be_written_fails_a_run_without_a_gate(project: Project) -> None:
    project.write("test_acme.py", TESTS)
    project.write("blocked", "a file where the report needs a directory")

    result = project.run("--flipsnack-report=json:blocked/codes.json")

    assert result.ret == 1
    assert plugin_lines(result) == [
        "Flipsnack report: blocked/codes.json could not be written: File exists"
    ]


def test_a_report_that_cannot_be_written_is_named_though_a_test_failed(project: Project) -> None:
    project.write("test_acme.py", TESTS + "\ndef test_broken(): assert 0\n")
    project.write("blocked", "a file where the report needs a directory")

    result = project.run("--flipsnack-report=json:blocked/codes.json")

    assert result.ret == 1
    assert plugin_lines(result) == [
        "Flipsnack report: blocked/codes.json could not be written: File exists"
    ]


@pytest.mark.parametrize(
    "order", [["good.json", "blocked/a.json"], ["blocked/a.json", "good.json"]]
)
def test_the_reports_that_can_be_written_tell_the_same_verdict_in_any_order(
    project: Project, order: list[str]
) -> None:
    project.write("test_acme.py", TESTS)
    project.write("blocked", "a file where the report needs a directory")

    result = project.run(HUNDRED, *(f"--flipsnack-report=json:{path}" for path in order))

    line = f"blocked/a.json could not be written: File exists; {ALL}"
    verdict = project.report("good.json")["verdict"]
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {line}"
    assert (verdict["outcome"], verdict["line"]) == ("failed", line)
    assert "Flipsnack report written to good.json" in result.outlines
    assert "Flipsnack report written to blocked/a.json" not in result.outlines


def test_a_report_goes_where_pytest_was_started_not_where_a_test_went(project: Project) -> None:
    project.test("""
        def test_it(client, tmp_path, monkeypatch):
            import os
            os.chdir(tmp_path)
            client.ask()
    """)

    result = project.run("--flipsnack-report=json:out/codes.json")

    assert result.ret == 0
    assert project.report("out/codes.json")["verdict"]["exercised"] == [20]


def test_a_run_that_is_interrupted_still_writes_what_it_saw(project: Project) -> None:
    project.test("def test_a(client): client.ask()\ndef test_b(): raise KeyboardInterrupt")

    result = project.run("--flipsnack-report=json")

    verdict = project.report()["verdict"]
    assert result.ret == 2
    assert verdict["exercised"] == [20]
    assert verdict["line"].startswith("the run stopped early (KeyboardInterrupt); 1 of 19 ")


def test_colour_is_for_terminals(project: Project) -> None:
    project.write("test_acme.py", BUT_50)

    plain = project.run("--flipsnack-report=term")
    coloured = project.run("--flipsnack-report=term", "--color=yes")

    row = "  50  Operation failed                           0      0         0  missing"
    assert row in plain.outlines
    assert f"\x1b[31m{row}\x1b[0m" in coloured.outlines
