"""docs/drift.md: its recording is written, its command prints what it says, its table is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.drift import recordings
from tests.cli.test_drift import PLANTED
from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "drift.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/drift.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_command_prints_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    recording, command = blocks(PAGE)

    def write(block: Block) -> None:
        Path(block.name).write_text(block.text, encoding="utf-8")

    def differs(block: Block) -> str | None:
        typed, *printed = block.text.splitlines()
        status = cli.main(shlex.split(typed)[2:])
        lines = capsys.readouterr().out.splitlines()
        return None if (status, lines) == (1, printed) else f"{status}: {lines}"

    recording.run(write)
    command.run(differs)


def test_the_table_has_every_kind() -> None:
    rows = re.findall(r"^\| `(.+?)` \|", TEXT, re.MULTILINE)
    planted = {found.partition(": ")[0] for *_, found in PLANTED}
    assert {*rows} == planted | {"body"}
    assert f"larger than {recordings.MOST_MB} MB" in TEXT
