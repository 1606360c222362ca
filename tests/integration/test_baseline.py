"""The ratchet through pytest and the console command."""

from __future__ import annotations

import pytest

from pytest_flipsnack import cli
from tests.downstream import BUT_50, TESTS, Project, gate_line, plugin_lines, with_two_workers

DATA = "--flipsnack-data=codes.json"
PATH = "flipsnack-baseline.json"
RECORD = f"Flipsnack to record what is reached now: pytest-flipsnack baseline codes.json -o {PATH}"


@pytest.fixture
def ratchet(merging: Project, capsys: pytest.CaptureFixture[str]) -> Project:
    """A project whose baseline has every code but 50."""
    merging.write("test_acme.py", BUT_50)
    merging.run(DATA)
    capsys.readouterr()
    assert cli.main(["baseline", "codes.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"Flipsnack baseline of 18 cells written to {PATH}"
    )
    merging.ini(f"flipsnack_baseline = {PATH}")
    return merging


@with_two_workers
def test_a_run_that_loses_a_cell_fails_and_names_it(ratchet: Project) -> None:
    ratchet.write("test_acme.py", BUT_50.replace(", 47]", "]"))

    result = ratchet.run(DATA)

    assert result.ret == 1
    assert gate_line(result) == (
        f"Flipsnack gate failed: lost since {PATH}: user.getStats:47: exercised -> not delivered; "
        "17 of 19 codes exercised; missing: 47 Invalid flipbook hash, 50 Operation failed"
    )


def test_a_run_that_gains_a_cell_prints_the_command_that_records_it(
    ratchet: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ratchet.write("test_acme.py", TESTS)

    result = ratchet.run(DATA)

    assert result.ret == 0
    assert plugin_lines(result) == [
        "Flipsnack report written to codes.json",
        f"Flipsnack gained since {PATH}: user.getStats:50: not delivered -> exercised",
        RECORD,
        "Flipsnack gate passed: 19 of 19 codes exercised",
    ]
    capsys.readouterr()
    assert cli.main(RECORD.split("pytest-flipsnack ")[1].split()) == 0
    assert capsys.readouterr().out.splitlines() == [
        "+ user.getStats:50: not delivered -> exercised",
        f"Flipsnack baseline of 19 cells written to {PATH}",
    ]
    assert plugin_lines(ratchet.run(DATA))[1:] == [
        "Flipsnack gate passed: 19 of 19 codes exercised"
    ]


def test_a_broken_baseline_keeps_the_report(ratchet: Project) -> None:
    ratchet.write(PATH, "<<<<<<< ours\n")

    result = ratchet.run(DATA)

    assert result.ret == 1
    assert gate_line(result).startswith(
        f"Flipsnack gate failed: the baseline {PATH} cannot be read: Expecting value: line 1 "
        "column 1 (char 0); 18 of 19 codes exercised; missing: 50 Operation failed"
    )
    assert len(ratchet.report("codes.json")["cells"]) == 18
    assert cli.main(["baseline", "codes.json"]) == 0
    assert ratchet.run(DATA).ret == 0


def test_a_narrowed_run_is_not_held_to_it(ratchet: Project) -> None:
    result = ratchet.run("-k", "31", DATA)

    assert result.ret == 0
    assert gate_line(result).startswith("Flipsnack gate passed: 1 of 19 codes exercised; missing:")


def test_a_stale_exclude_is_said_in_the_run(ratchet: Project) -> None:
    result = ratchet.run("--flipsnack-exclude=47: we have no flipbooks")

    assert result.ret == 0
    assert plugin_lines(result)[0] == (
        "Flipsnack stale exclude: 47 Invalid flipbook hash was exercised; take it out "
        "(we have no flipbooks)"
    )


def test_a_baseline_on_the_command_line_is_relative_to_where_one_is(
    ratchet: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratchet.write("below/test_more.py", "def test_it(): pass\n")
    monkeypatch.chdir(ratchet.path / "below")

    typed = gate_line(ratchet.run(f"--flipsnack-baseline={PATH}"))
    assert typed.startswith(f"Flipsnack gate failed: there is no baseline {PATH}; ")
    typed = gate_line(ratchet.run(f"--flipsnack-baseline=../{PATH}", "--rootdir=.."))
    assert typed.startswith("Flipsnack gate not enforced: the run was narrowed by the directory")


def test_the_console_command_holds_files_to_it(
    ratchet: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ratchet.write("test_acme.py", BUT_50.replace(", 47]", ", 50]"))
    ratchet.ini("")
    ratchet.run(DATA)
    lost = f"lost since {PATH}: user.getStats:47: exercised -> not delivered; 18 of 19 codes "
    capsys.readouterr()

    assert cli.main(["report", "codes.json", f"--baseline={PATH}"]) == 1
    said = capsys.readouterr().err.splitlines()
    assert said[1] == RECORD
    assert said[2].startswith(f"Flipsnack gate failed: {lost}")
    ratchet.ini(f"flipsnack_baseline = {PATH}")
    assert cli.main(["report", "codes.json"]) == 1
    assert cli.main(["report", "codes.json", "--fail-under=90"]) == 1
    assert cli.main(["report", "codes.json", "--baseline=no.json"]) == 1
    assert "Flipsnack gate failed: there is no baseline no.json; " in capsys.readouterr().err


def test_only_the_data_of_a_whole_run_makes_a_baseline(
    ratchet: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    ratchet.run("-k", "31 or 32", DATA)
    ratchet.run("-k", "not 31 and not 32", "--flipsnack-data=rest.json")
    before = (ratchet.path / PATH).read_bytes()
    capsys.readouterr()

    assert cli.main(["baseline", "codes.json"]) == 1
    assert capsys.readouterr().err == (
        "pytest-flipsnack baseline: the run was narrowed by -k; give the data of a whole run, or "
        "of all its shards\n"
    )
    assert cli.main(["baseline", "no.json"]) == 1
    assert capsys.readouterr().err.startswith("pytest-flipsnack baseline: no.json cannot be read")
    assert (ratchet.path / PATH).read_bytes() == before
    assert cli.main(["baseline", "codes.json", "rest.json"]) == 0
    assert (ratchet.path / PATH).read_bytes() == before
    assert cli.main(["baseline", "codes.json", "rest.json", "-o", "codes.json/no"]) == 2


def test_a_run_with_troubles_makes_no_baseline(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.test("def test_it(flipsnack, client):\n    client.ask()\n    raise KeyboardInterrupt")
    project.run(DATA)
    capsys.readouterr()

    assert cli.main(["baseline", "codes.json"]) == 1
    assert "the run stopped early (KeyboardInterrupt); give " in capsys.readouterr().err


def test_a_baseline_of_one_cell_is_said_so(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.test("def test_it(flipsnack, client):\n    client.ask()")
    project.run(DATA)
    capsys.readouterr()

    assert cli.main(["baseline", "codes.json", "-o", "b.json"]) == 0
    assert (
        capsys.readouterr().out.splitlines()[-1] == "Flipsnack baseline of 1 cell written to b.json"
    )
