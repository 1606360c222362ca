"""Exit status, last line, JSON, Markdown and JUnit agree, however a run goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from _pytest.mark.structures import ParameterSet

from pytest_flipsnack import cli
from pytest_flipsnack.coverage.reports import FILES
from pytest_flipsnack.coverage.reports.markdown import escaped
from tests.coverage.junit_files import read_suite
from tests.downstream import TWO_WORKERS, Project
from tests.integration.scenarios import ENDINGS, Scenario
from tests.integration.scenarios_of_flags import FLAGS

SCENARIOS = {**ENDINGS, **FLAGS}
EVERY_COMMIT = {
    "all pass",
    "a failed test delivered the only 31",
    "an error in its teardown",
    "a rerun that passes",
    "a crash",
    "-k",
    "a broken baseline",
}
"""The rows that run with two workers on each commit."""
FORMATS = ("json", "markdown", "junit")
BESIDE = re.compile(r"; \d+ failed beside it$")
REPORTS = tuple(f"--flipsnack-report={name}" for name in FORMATS)


def said(result: pytest.RunResult) -> list[str]:
    """Return what became of the gate, as the run printed it."""
    lines = [line.strip("! ") for line in (*result.outlines, *result.errlines)]
    return [line for line in lines if line.startswith(("Flipsnack gate", "Flipsnack report: "))]


def read(project: Project) -> dict[str, str]:
    """Return what the files say, by format."""
    paths = {name: project.path / FILES[name][1] for name in FORMATS}
    return {name: path.read_text("utf-8") for name, path in paths.items() if path.exists()}


def run(project: Project, row: Scenario, workers: tuple[str, ...]) -> pytest.RunResult:
    """Write the files of a row, and run what it runs."""
    project.ini(*row.ini)
    for name, text in row.files.items():
        project.write(name, text if name.endswith("json") else f"import pytest, acme\n{text}")
    if row.before:
        project.test(row.before)
        project.run(*row.args)
    project.hooks(row.hooks)
    project.test(row.source)
    args = [arg for arg in row.args if workers or not arg.startswith("--dist")]
    if row.apart:
        return project.run_apart("-p", "pytest_flipsnack", *workers, *REPORTS, *args)
    return project.run(*workers, *REPORTS, *args)


def rows() -> Iterator[ParameterSet]:
    """Yield each row plain, and with two workers unless it means nothing there."""
    for name, row in SCENARIOS.items():
        yield pytest.param(name, (), id=f"{name}-plain")
        if row.with_workers is not None:
            marks = () if name in EVERY_COMMIT else pytest.mark.nightly
            yield pytest.param(name, TWO_WORKERS, id=f"{name}-two-workers", marks=marks)


def test_the_table_has_at_least_40_rows() -> None:
    assert len(SCENARIOS) == len(ENDINGS) + len(FLAGS) >= 40
    assert set(SCENARIOS) >= EVERY_COMMIT


@pytest.mark.parametrize(("name", "workers"), [*rows()])
def test_everything_agrees(
    pytester: pytest.Pytester,
    capsys: pytest.CaptureFixture[str],
    name: str,
    workers: tuple[str, ...],
) -> None:
    row = SCENARIOS[name]
    if "subtests" in row.source and pytest.version_tuple < (9,):
        pytest.skip("subtests came with pytest 9")
    status, outcome, part = row.status, *row.verdict
    if workers and row.with_workers:
        status, outcome, part = row.with_workers
    project = Project(pytester)

    result = run(project, row, workers)
    files, lines = read(project), said(result)

    assert result.ret == status
    if not outcome:
        assert (files, lines) == ({}, [])
        return
    verdict = project.report()["verdict"]
    line = verdict["line"]
    assert verdict["outcome"] == outcome
    assert part in line
    assert f"\n**Gate {outcome}**: {escaped(line)}\n" in files["markdown"]
    gate = read_suite(files["junit"])[-1]
    results = [(one.tag, one.get("message")) for one in gate if one.tag != "system-out"]
    assert (
        results
        == {
            "passed": [],
            "failed": [("failure", line)],
            "not enforced": [("skipped", f"not enforced: {line}")],
            "not asked": [("skipped", f"not asked: {line}")],
        }[outcome]
    )
    expected = [] if outcome == "not asked" else [f"Flipsnack gate {outcome}: {line}"]
    assert [BESIDE.sub("", one) for one in lines] == expected
    capsys.readouterr()
    assert cli.main(["report", FILES["json"][1]]) == (1 if outcome == "failed" else 0)
