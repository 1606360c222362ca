"""`report`, `combine`, `why` and `diff` over several data files."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import json as json_report
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Run
from tests.coverage.covered import LIST, STATS, Tests, cover
from tests.downstream import DEMANDED, without_times

ONE: Tests = {
    "test_a.py::test_list": ({(LIST, code): 1 for code in DEMANDED}, []),
    "test_a.py::test_limit": ({(LIST, 31): 1, (STATS, 31): 2}, [(STATS, 31)]),
}
TWO: Tests = {
    "test_b.py::test_all": (dict.fromkeys([(STATS, code) for code in DEMANDED[:-1]], 1), []),
}
BOTH: Tests = {**ONE, **TWO}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two shards, and what one run of both would have written as both.json."""
    monkeypatch.chdir(tmp_path)
    save("one.json", ONE)
    save("two.json", TWO)
    save("both.json", BOTH)
    return ["one.json", "two.json"]


def save(
    name: str,
    tests: Tests,
    run: Run | None = None,
    demand: Demand = Demand(),  # noqa: B008
) -> None:
    run = run or Run(narrowed="" if name == "both.json" else "--shard", ids=(name,))
    Path(name).write_text(json_report.render(cover(demand, tests, run)), encoding="utf-8")


def test_several_files_are_one_report(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["report", *files, "--fail-under=100"]) == 0

    shown = capsys.readouterr()
    assert shown.err == "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required\n"
    assert "  31  Requests per second limit exce...          5      3         1\n" in shown.out
    assert shown.out.endswith("19 of 19 codes exercised (100 %), 1 of 19 codes asserted (5.2 %)\n")


def test_the_level_is_demanded_of_the_sum(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", *files, "--fail-under=100", "--level=asserted"]) == 1

    assert capsys.readouterr().err.startswith(
        "Flipsnack gate failed: 1 of 19 codes asserted, 100 % required; missing: 20, 22, "
    )


def test_cells_are_demanded_of_the_sum(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["report", *files, "--cells-fail-under=1", "--require=user.getStats:31"]) == 0
    assert cli.main(["report", *files, "--require=collection.create:34"]) == 1

    assert "required but not exercised: collection.create:34; " in capsys.readouterr().err


def test_combined_files_are_byte_for_byte_what_one_run_writes(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["combine", *files]) == 0

    assert capsys.readouterr().out == (
        "Flipsnack data of 2 files written to flipsnack-coverage.json\n"
    )
    combined = Path("flipsnack-coverage.json").read_text(encoding="utf-8")
    assert json.loads(combined)["runs"] == files
    assert without_times(combined) == without_times(Path("both.json").read_text("utf-8"))


def test_one_file_may_be_combined_and_go_elsewhere(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["combine", "one.json", "-o", "out/sum.json"]) == 0

    assert capsys.readouterr().out == "Flipsnack data of 1 file written to out/sum.json\n"
    assert cli.main(["combine", "one.json", "-o", "two.json/sum.json"]) == 2
    assert "two.json/sum.json cannot be written: " in capsys.readouterr().err


def test_what_went_wrong_in_a_shard_is_wrong_with_the_sum(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    save("two.json", TWO, Run(troubles=("worker gw0 was lost",), ids=("b",)))
    assert cli.main(["combine", *files, "-o", "sum.json"]) == 0

    for paths in (files, ["sum.json"]):
        assert cli.main(["report", *paths, "--fail-under=100"]) == 1
        assert capsys.readouterr().err.startswith("Flipsnack gate failed: worker gw0 was lost; 19")


COMMANDS = pytest.mark.parametrize(
    ("command", "begins"),
    [
        (["report", "one.json"], "Flipsnack gate failed: "),
        (["combine", "one.json"], "pytest-flipsnack combine: "),
        (["why", "31", "one.json"], "pytest-flipsnack why: "),
    ],
    ids=["report", "combine", "why"],
)


@COMMANDS
@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "No such file or directory"),
        (b"\xff{", "'utf-8' codec can't decode byte 0xff"),
        (b'{"format": "pytest-', "not JSON: "),
        (b'{"totals": {"percent_covered": 99}}', "not a pytest-flipsnack coverage report, "),
        (b'{"format": "pytest-flipsnack coverage", "version": 1}', "a report of version 1, and "),
    ],
    ids=["missing", "no text", "damaged", "foreign", "older"],
)
def test_a_file_that_cannot_be_added_is_a_failure_that_names_it(
    files: list[str],
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    begins: str,
    text: bytes | None,
    why: str,
) -> None:
    if text is not None:
        Path("two.json").write_bytes(text)
    else:
        Path("two.json").unlink()

    assert cli.main([*command, "two.json"]) == 1

    shown = capsys.readouterr()
    assert shown.err.startswith(f"{begins}two.json cannot be read: {why}")
    assert shown.out == ""
    assert not Path("flipsnack-coverage.json").exists()


@COMMANDS
def test_a_file_given_twice_is_a_failure_that_names_both(
    files: list[str], capsys: pytest.CaptureFixture[str], command: list[str], begins: str
) -> None:
    Path("copy.json").write_bytes(Path("one.json").read_bytes())

    assert cli.main([*command, "two.json", "copy.json"]) == 1

    assert capsys.readouterr().err == (
        f"{begins}copy.json and one.json hold the same run; give each file once\n"
    )


def test_why_lists_the_tests_of_a_code_and_which_of_them_assert(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["why", "31", *files]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "31 Requests per second limit exceeded: 3 tests",
        "  asserted   test_a.py::test_limit  (collection.getList, user.getStats)",
        "  exercised  test_a.py::test_list  (collection.getList)",
        "  exercised  test_b.py::test_all  (user.getStats)",
    ]


def test_why_of_a_code_that_no_test_delivered_is_1(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["why", "37", *files]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith(": 0 tests")
    assert cli.main(["why", "server", *files]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line[0] != " "] == [
        "22 Maintenance mode: 2 tests",
        "50 Operation failed: 1 test",
    ]
    assert cli.main(["why", "39", *files]) == 2
    assert "39 is not a Flipsnack status code" in capsys.readouterr().err


def test_diff_shows_what_was_gained_and_what_was_lost(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    save("old.json", {"test_it": ({(STATS, 31): 1, (LIST, 20): 1, (LIST, 22): 1}, [(STATS, 31)])})
    save("new.json", {"test_it": ({(STATS, 31): 1, (LIST, 20): 1, (LIST, 50): 1}, [(LIST, 20)])})

    assert cli.main(["diff", "old.json", "new.json"]) == 1

    assert capsys.readouterr().out.splitlines() == [
        "+ collection.getList:20: exercised -> asserted",
        "- collection.getList:22: exercised -> not delivered",
        "+ collection.getList:50: not delivered -> exercised",
        "- user.getStats:31: asserted -> exercised",
    ]


def test_a_diff_that_loses_nothing_is_0(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["diff", "one.json", "one.json"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["diff", "one.json", "both.json"]) == 0
    assert capsys.readouterr().out.startswith("+ user.getStats:20: not delivered -> exercised\n")
    assert cli.main(["diff", "one.json", "none.json"]) == 2
    assert capsys.readouterr().err == (
        "pytest-flipsnack diff: none.json cannot be read: No such file or directory\n"
    )


def test_files_are_held_to_the_demands_of_their_runs(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asserted = Demand(Decimal(50), level=Level.ASSERTED, cells_threshold=Decimal(1))
    save("two.json", TWO, Run(ids=("b",), narrowed="--shard"), Demand(Decimal(100)))
    save("one.json", ONE, Run(ids=("a",), narrowed="--shard"), asserted)
    line = "Flipsnack gate failed: 1 of 19 codes asserted, 100 % required; missing: "

    assert cli.main(["report", *files]) == 1
    assert capsys.readouterr().err.startswith(line)
    assert cli.main(["report", *files, "--fail-under=1"]) == 1
    assert "failed: 1 of 19 codes asserted, 1 % required" in capsys.readouterr().err
    assert cli.main(["report", *files, "--fail-under=1", "--cells-fail-under=0"]) == 0
    assert "passed: 1 of 19 codes asserted, 1 % required" in capsys.readouterr().err
    assert cli.main(["report", *files, "--fail-under=1", "--level=exercised"]) == 0
    assert "passed: 19 of 19 codes exercised, 1 % required" in capsys.readouterr().err
    assert cli.main(["combine", *files]) == 0
    assert cli.main(["report", "flipsnack-coverage.json"]) == 1
    assert capsys.readouterr().err.startswith(line)


def test_one_shard_alone_is_not_enforced(
    files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    save("two.json", TWO, Run(ids=("b",), narrowed="--shard"), Demand(Decimal(100)))

    assert cli.main(["report", "two.json"]) == 0
    assert capsys.readouterr().err.startswith(
        "Flipsnack gate not enforced: the run was narrowed by --shard; 18 of 19 codes exercised"
    )
