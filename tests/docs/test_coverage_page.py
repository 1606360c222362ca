"""docs/coverage.md: its files are written, its commands run and print what it says."""

from __future__ import annotations

import re
import shlex
import shutil

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.coverage.reports import FILES, SUMMARY, TERMINAL
from pytest_flipsnack.coverage.tally import Level
from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "coverage.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)


def rows(heading: str) -> list[str]:
    """Return the first cells of the table whose header begins like this."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    return [line.split("|")[1].strip().strip("`") for line in table.splitlines()[2:]]


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/coverage.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_tables_are_complete() -> None:
    assert rows("level") == [*Level]
    assert rows("format") == [*TERMINAL, *FILES, SUMMARY]


def test_every_block_is_run() -> None:
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE))


def test_the_commands_print_what_the_page_says(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(ROOT / "examples/requests_client/acme", pytester.path / "acme")
    pytester.syspathinsert()
    for block in BLOCKS:
        if block.name:
            block.run(lambda block: _write(pytester, block))
    for block in BLOCKS:
        if block.language == "console":
            block.run(lambda block: _differs(pytester, capsys, block))


def _write(pytester: pytest.Pytester, block: Block) -> None:
    (pytester.path / block.name).write_text(block.text, encoding="utf-8")


def _differs(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str], block: Block
) -> str | None:
    """Run the commands of a block; return the first that does not print what follows it."""
    for part in block.text.split("$ ")[1:]:
        command, *expected = part.splitlines()
        program, *args = shlex.split(command)
        if program == "pytest":
            result = pytester.runpytest_inprocess("-p", "pytest_flipsnack", *args)
            printed = [line.strip("! ") for line in result.outlines]
            good = result.ret == (1 if "Flipsnack gate failed" in part else 0)
        else:
            capsys.readouterr()
            good = cli.main(args) == 0
            shown = capsys.readouterr()
            printed = (shown.out + shown.err).splitlines()
        if not good or not {line.strip() for line in expected} <= {
            line.strip() for line in printed
        }:
            return f"{command} printed {printed}"
    return None
