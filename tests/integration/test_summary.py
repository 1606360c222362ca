"""The summary of GitHub Actions: Markdown at the end of a file that others write to as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_flipsnack import cli
from tests.downstream import BUT_50, MISSING_50, Project, gate_line

SUMMARY = "--flipsnack-report=github-summary"
HUNDRED = "--flipsnack-fail-under=100"
FAILED = f"## Flipsnack codes\n\n**Gate failed**: {MISSING_50}\n"


@pytest.fixture
def summary(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a step that has written something before."""
    project.write("test_acme.py", BUT_50)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    return project.write("summary.md", "# Built\n")


def test_the_summary_is_added_to_what_is_there(summary: Path, project: Project) -> None:
    result = project.run(SUMMARY, HUNDRED)

    assert result.ret == 1
    result.stdout.fnmatch_lines(["Flipsnack report written to summary.md"])
    text = summary.read_text(encoding="utf-8")
    assert text.startswith(f"# Built\n{FAILED}")
    project.run(SUMMARY, HUNDRED)
    assert summary.read_text(encoding="utf-8").count(FAILED) == 2


def test_the_console_command_adds_to_the_summary_as_well(
    summary: Path, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.run("--flipsnack-data=codes.json")

    assert cli.main(["report", "codes.json", "--format=github-summary", "--fail-under=100"]) == 1
    assert summary.read_text(encoding="utf-8").startswith(f"# Built\n{FAILED}")


def test_the_summary_tells_of_the_reports_that_could_not_be_written(
    summary: Path, project: Project
) -> None:
    project.run(
        SUMMARY, HUNDRED, "--flipsnack-report=json:a.json", "--flipsnack-report=json:acme.py/no"
    )

    text = summary.read_text(encoding="utf-8")
    assert text.count("## Flipsnack codes") == 1
    assert f"**Gate failed**: acme.py/no could not be written: File exists; {MISSING_50}" in text
    assert project.report("a.json")["verdict"]["troubles"]


def test_a_summary_that_cannot_be_written_fails_the_gate(
    summary: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "none/summary.md")

    result = project.run(SUMMARY, "--flipsnack-fail-under=90", "--flipsnack-report=json:a.json")

    assert result.ret == 1
    trouble = "none/summary.md could not be written: No such file or directory"
    assert gate_line(result).startswith(f"Flipsnack gate failed: {trouble}; 18 of 19 codes")
    assert project.report("a.json")["verdict"]["troubles"] == [trouble]


@pytest.mark.parametrize("value", [None, ""])
def test_a_summary_elsewhere_is_a_usage_error(
    project: Project, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    if value is None:
        monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    else:
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", value)

    result = project.run(SUMMARY)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if "github-summary" in line and "error" in line]
    assert line.endswith(
        "argument --flipsnack-report: github-summary goes to the file that GITHUB_STEP_SUMMARY "
        "names, as GitHub Actions sets it, and it is not set; elsewhere write markdown:PATH"
    )
