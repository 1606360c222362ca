"""Data files: shards that are combined, and runs that add to an earlier one."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.coverage.hits_file import HitsFile
from tests.downstream import (
    BUT_50,
    DEMANDED,
    TESTS,
    Project,
    gate_line,
    plugin_lines,
    with_two_workers,
    without_times,
)

PARTS = ["one", "two", "three"]
APPEND = ("--flipsnack-data=codes.json", "--flipsnack-append")


def part(codes: list[int]) -> str:
    return re.sub(r"\[20, .*\]", str(codes), TESTS)


@pytest.fixture
def split(merging: Project) -> Project:
    """A suite in three files, each of which some shard runs."""
    for number, name in enumerate(PARTS):
        merging.write(f"test_{name}.py", part(DEMANDED[number::3]))
    merging.test(
        "def test_it(flipsnack, client):\n"
        "    with flipsnack.expect(31, raises=acme.FlipsnackError): client.ask()\n",
        "test_two_more.py",
    )
    return merging


DEMANDS = (
    "flipsnack_fail_under = 99.5",
    "flipsnack_cells_fail_under = 1",
    "flipsnack_require = 31 user.getStats:50",
    "flipsnack_exclude = collection.create:22: we wait",
)


@pytest.mark.parametrize("ini", [(), DEMANDS], ids=["no demand", "demands"])
def test_combined_shards_are_byte_for_byte_one_run(
    split: Project, capsys: pytest.CaptureFixture[str], ini: tuple[str, ...]
) -> None:
    split.ini(*ini)
    files = [f"{name}.json" for name in PARTS]
    for name in PARTS:
        paths = [path.name for path in split.path.glob(f"test_{name}*.py")]
        assert split.run(*paths, f"--flipsnack-data={name}.json").ret == 0
    assert split.run("--flipsnack-data=whole.json").ret == 0

    assert cli.main(["combine", *files, "-o", "sum.json"]) == 0

    whole, total = split.report("whole.json"), split.report("sum.json")
    texts = [(split.path / name).read_text("utf-8") for name in ("whole.json", "sum.json")]
    assert without_times(texts[0]) == without_times(texts[1])
    assert len(whole["runs"]) == 1
    assert total["runs"] == sorted(split.report(name)["runs"][0] for name in files)
    assert split.report("one.json")["narrowed"] == "test_one.py"
    capsys.readouterr()
    assert cli.main(["report", *files, "--fail-under=100"]) == 0
    assert cli.main(["report", *files[:2], "--fail-under=100"]) == 1
    passed, failed = capsys.readouterr().err.splitlines()
    codes, *cells = passed.split("; ", 1)
    assert codes == "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required"
    assert [part.split(";")[0] for part in cells] == [
        "10 of 154 documented cells exercised, 1 % required" for _ in ini[:1]
    ]
    assert failed.startswith("Flipsnack gate failed: 13 of 19 codes exercised, 100 % required")


SHARDS = """
def pytest_addoption(parser):
    parser.addoption("--shard", type=int)

def pytest_collection_modifyitems(config, items):
    number = config.getoption("--shard")
    if number is not None:
        others = [item for at, item in enumerate(items) if at % 2 != number]
        items[:] = [item for item in items if item not in others]
"""
TELLING = SHARDS + "        config.hook.pytest_deselected(items=others)\n"
KEYWORDS = ("code and (2 or 0)", "code and not (2 or 0)")


@pytest.mark.parametrize(
    ("hooks", "flags"),
    [
        (TELLING, ("--shard=0", "--shard=1")),
        (SHARDS, ("--shard=0", "--shard=1")),
        ("", tuple(f"-k{keyword}" for keyword in KEYWORDS)),
    ],
    ids=["deselects", "tells nobody", "keywords"],
)
def test_shards_that_leave_tests_out_in_any_way_pass_the_gate_together(
    project: Project, capsys: pytest.CaptureFixture[str], hooks: str, flags: tuple[str, ...]
) -> None:
    project.write("test_acme.py", TESTS)
    project.hooks(hooks)
    project.ini("flipsnack_fail_under = 100")
    files = [f"{number}.json" for number in range(len(flags))]
    for file, flag in zip(files, flags, strict=True):
        result = project.run(flag, f"--flipsnack-report=json:{file}")
        assert result.ret == 0
        assert gate_line(result).startswith("Flipsnack gate not enforced: the run was narrowed by ")
    capsys.readouterr()

    assert cli.main(["report", *files, "--fail-under=100"]) == 0
    assert capsys.readouterr().err == (
        "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required\n"
    )


def test_what_a_suite_in_another_language_delivered_adds_up_with_a_run(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write("test_acme.py", BUT_50)
    project.run("--flipsnack-data=codes.json")
    served = HitsFile(project.path / "served.json")
    served.add_test({("collection.getList", 50): 2})
    served.finish()
    capsys.readouterr()

    assert cli.main(["report", "codes.json", "--fail-under=100"]) == 1
    assert cli.main(["report", "codes.json", "served.json", "--fail-under=100"]) == 0
    assert cli.main(["why", "50", "codes.json", "served.json"]) == 0
    assert re.fullmatch(
        r"  exercised  serve::[0-9a-f]{8}::1  \(collection\.getList\)",
        capsys.readouterr().out.splitlines()[-1],
    )


@with_two_workers
def test_a_run_adds_to_an_earlier_one_and_is_judged_with_it(split: Project) -> None:
    first = split.run("test_one.py", *APPEND, "--flipsnack-fail-under=100")
    second = split.run("test_two.py", "test_three.py", *APPEND, "--flipsnack-fail-under=100")

    assert (first.ret, second.ret) == (1, 0)
    assert gate_line(first).startswith("Flipsnack gate failed: 7 of 19 codes exercised")
    assert gate_line(second) == ("Flipsnack gate passed: 19 of 19 codes exercised, 100 % required")
    assert len(split.report("codes.json")["runs"]) == 2
    assert plugin_lines(second)[0] == "Flipsnack report written to codes.json"


def test_what_went_wrong_in_the_earlier_run_is_wrong_with_the_sum(project: Project) -> None:
    project.test("def test_a(client): client.ask()\ndef test_b(): raise KeyboardInterrupt")
    assert project.run(*APPEND).ret == 2
    project.write("test_acme.py", TESTS)

    result = project.run(*APPEND, "--flipsnack-fail-under=100")

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate failed: the run stopped early (KeyboardInterrupt); "
        "19 of 19 codes exercised, 100 % required"
    )


def test_a_file_that_nobody_can_add_to_is_a_usage_error(merging: Project) -> None:
    merging.write("test_acme.py", TESTS)
    merging.write("codes.json", "{")

    result = merging.run(*APPEND)

    assert result.ret == 4
    (line,) = [line for line in result.errlines if "append" in line]
    path = merging.path / "codes.json"
    assert line.startswith(f"ERROR: --flipsnack-append: {path} cannot be read: not JSON: ")
    assert (merging.path / "codes.json").read_text() == "{"
    assert not any("passed" in line for line in result.outlines)


def test_appending_to_no_file_is_a_usage_error(project: Project) -> None:
    result = project.run("--flipsnack-append")

    assert result.ret == 4
    line = "ERROR: --flipsnack-append adds to a file; name it: --flipsnack-data=PATH"
    assert line in result.errlines


def test_data_into_a_directory_is_a_usage_error(project: Project) -> None:
    (project.path / "out").mkdir()

    result = project.run("--flipsnack-data=out")

    assert result.ret == 4
    line = "ERROR: --flipsnack-data: out is a directory; give the path of a file"
    assert line in result.errlines


def test_every_format_is_written_by_one_run_with_one_verdict(merging: Project) -> None:
    merging.write("tests/test_acme.py", part([20, 31]))
    formats = ["json", "markdown", "junit", "badge", "badge-json", "github"]

    result = merging.run(
        "--flipsnack-level=asserted",
        "--flipsnack-fail-under=10",
        *(f"--flipsnack-report={name}" for name in formats),
    )

    line = gate_line(result).removeprefix("Flipsnack gate failed: ")
    cases = ET.fromstring((merging.path / "flipsnack-junit.xml").read_text("utf-8"))[0]
    assert result.ret == 1
    assert line.startswith("0 of 19 codes asserted, 10 % required; missing: 20, 22, ")
    assert line.endswith("; exercised only: 20, 31")
    assert merging.report()["verdict"]["line"] == line
    assert cases[-1][0].get("message") == line
    assert f"**Gate failed**: {line}\n" in (merging.path / "flipsnack-coverage.md").read_text()
    assert "0 % asserted" in (merging.path / "flipsnack-badge.svg").read_text()
    assert json.loads((merging.path / "flipsnack-badge.json").read_text())["isError"] is True
    assert (
        "::error file=tests/test_acme.py,line=1,title=Flipsnack code 31 is not asserted::31 "
        "Requests per second limit exceeded: with flipsnack.expect(31, raises=...): client.call()"
    ) in result.outlines
