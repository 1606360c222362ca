"""`pytest-flipsnack codes`, `init` and `report`; a gate over one file."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

import pytest_flipsnack
from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.commands.init import ADAPTER
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import json as json_report
from tests.coverage.covered import STATS, Tests, cover


@pytest.fixture
def hits(tmp_path: Path) -> Path:
    """A report in which every code but 50 was delivered."""
    tests: Tests = {f"test_{code}": ({(STATS, code.value): 2}, []) for code in Code if code != 50}
    coverage = cover(Demand(), tests)
    path = tmp_path / "hits.json"
    path.write_text(json_report.render(coverage), encoding="utf-8")
    return path


def test_the_console_command_is_installed() -> None:
    (found,) = entry_points(group="console_scripts", name="pytest-flipsnack")
    assert found.load() is cli.main


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    installed = version("pytest-flipsnack")
    with pytest.raises(SystemExit) as caught:
        cli.main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"pytest-flipsnack {installed}\n"
    assert pytest_flipsnack.__version__ == installed
    command = [sys.executable, "-m", "pytest_flipsnack", "--version"]
    apart = subprocess.run(command, capture_output=True, text=True, check=True)
    assert apart.stdout == f"pytest-flipsnack {installed}\n"


def test_codes_lists_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["codes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "31 Requests per second limit exceeded (retry)" in lines
    assert "37 Delete flipbook not available for this flipbook (error, deprecated)" in lines
    assert len(lines) == 2 * len(Code)


def test_init_prints_the_adapter(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["init"]) == 0
    assert capsys.readouterr().out == ADAPTER


def test_a_report_is_printed_without_a_gate(hits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(hits)]) == 0
    shown = capsys.readouterr()
    assert shown.out.splitlines()[-1] == (
        "18 of 19 codes exercised (94.7 %), 0 of 19 codes asserted (0 %)"
    )
    assert shown.err == ""


def test_the_gate_is_the_same(hits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(hits), "--fail-under", "94"]) == 0
    assert capsys.readouterr().err == (
        "Flipsnack gate passed: 18 of 19 codes exercised, 94 % required; "
        "missing: 50 Operation failed\n"
    )
    assert cli.main(["report", str(hits), "--fail-under=100", "--format=term-missing"]) == 1
    shown = capsys.readouterr()
    assert "missing: 50 Operation failed\n    with flipsnack.expect(50, raises=...)" in shown.out
    assert shown.err == (
        "Flipsnack gate failed: 18 of 19 codes exercised, 100 % required; "
        "missing: 50 Operation failed\n"
    )


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        (["--fail-under=5"], "gate failed: worker gw0 was lost; 18 of 19 codes exercised, 5 % "),
        ([], "report: worker gw0 was lost\n"),
    ],
)
def test_what_was_wrong_with_the_run_is_wrong_with_its_report(
    hits: Path, capsys: pytest.CaptureFixture[str], gate: list[str], told: str
) -> None:
    document = json.loads(hits.read_text(encoding="utf-8"))
    document["verdict"]["troubles"] = ["worker gw0 was lost"]
    hits.write_text(json.dumps(document), encoding="utf-8")

    assert cli.main(["report", str(hits), *gate]) == 1

    assert capsys.readouterr().err.startswith(f"Flipsnack {told}")


def test_codes_can_be_required_and_excluded(hits: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", str(hits), "--require", "server"]) == 1
    assert capsys.readouterr().err.startswith(
        "Flipsnack gate failed: required but not exercised: 50 Operation failed; "
    )
    assert cli.main(["report", str(hits), "--fail-under=100", "--exclude", "50: never seen"]) == 0


def test_a_report_can_be_written_again(hits: Path, tmp_path: Path) -> None:
    copy = tmp_path / "deep" / "copy.json"
    assert cli.main(["report", str(hits), f"--format=json:{copy}"]) == 0
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in (hits, copy))
    assert first["cells"] == second["cells"]
    assert first["codes"] == second["codes"]


def test_a_report_that_cannot_be_written_is_an_error(
    hits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", str(hits), f"--format=json:{hits}/x.json"]) == 2
    assert capsys.readouterr().err.startswith(f"pytest-flipsnack: {hits}/x.json cannot be written")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file or directory"),
        ("{", "not JSON: Expecting property name enclosed in double quotes"),
        ("[]", "not a pytest-flipsnack coverage report, version 2: [] is not of type 'object'"),
    ],
)
def test_an_unreadable_report_fails_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, why: str
) -> None:
    path = tmp_path / "hits.json"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    for gate in ([], ["--fail-under=0"]):
        assert cli.main(["report", str(path), *gate]) == 1
        assert f"{path} cannot be read: {why}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--require", "user.getStats:34"], "user.getStats is not known to answer 34"),
        (["--require", "39"], "39 is not a Flipsnack status code"),
        (["--exclude", "37"], "'37' gives no reason;"),
        (["--require", "50", "--exclude", "50: x"], "50 Operation failed is both required and"),
    ],
)
def test_a_wrong_demand_is_wrong_usage(
    hits: Path, capsys: pytest.CaptureFixture[str], args: list[str], text: str
) -> None:
    assert cli.main(["report", str(hits), *args]) == 2
    assert capsys.readouterr().err.startswith(f"pytest-flipsnack: {text}")


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--fail-under", "many"], "'many' is not a percentage from 0 to 100"),
        (["--cells-fail-under", "101"], "'101' is not a percentage from 0 to 100"),
        (
            ["--level", "checked"],
            "'checked' is not a level; allowed: exercised, asserted, verified",
        ),
        (
            ["--format", "pdf"],
            "'pdf' is not a report; allowed: term, term-missing, github, json[:PATH]",
        ),
    ],
)
def test_a_wrong_argument_is_wrong_usage(
    hits: Path, capsys: pytest.CaptureFixture[str], args: list[str], text: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["report", str(hits), *args])
    assert ended.value.code == 2
    assert text in capsys.readouterr().err
