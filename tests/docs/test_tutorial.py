"""docs/tutorial.md, followed literally in an empty folder: each file written, each command typed.

`make dist` does it in the environment of its own into which only the wheel was installed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import ROOT, Block, blocks
from tests.surroundings import of_a_terminal

PAGE = ROOT / "docs" / "tutorial.md"
PYTHON = os.environ.get("FLIPSNACK_TUTORIAL_PYTHON", sys.executable)


def steps() -> list[Block]:
    return [block for block in blocks(PAGE) if block.language in {"python", "console"}]


def test_every_step_does_what_the_page_says(tmp_path: Path) -> None:
    for block in steps():
        block.run(lambda block: _follow(tmp_path, block))


def test_the_readme_and_the_index_point_to_the_page() -> None:
    for name in ("README.md", "docs/index.md"):
        assert "tutorial.md)" in (ROOT / name).read_text(encoding="utf-8")


def test_every_block_is_followed() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(steps()) == len(re.findall(r"^```(?:python|console)$", text, re.MULTILINE)) == 12


def _follow(folder: Path, block: Block) -> str | None:
    if block.name:
        (folder / block.name).write_text(block.text, encoding="utf-8")
        return None
    typed, *expected = map(_timeless, block.text.splitlines())
    program, *args = shlex.split(typed.removeprefix("$ "), comments=True)
    assert program == "pytest"
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_flipsnack"}
    result = subprocess.run(
        [PYTHON, "-m", "pytest", *args],
        cwd=folder,
        env=of_a_terminal(**plugins, COLUMNS="80", PYTHONSAFEPATH=""),
        capture_output=True,
        text=True,
        check=False,
    )
    red = any("failed" in line for line in expected)
    printed = iter(map(_timeless, result.stdout.splitlines()))
    missing = [line for line in expected if line not in printed]  # in their order
    return f"{missing}\n{result.stdout}" if missing or result.returncode != red else None


def _timeless(line: str) -> str:
    return re.sub(r"in \d+\.\d+s", "in #s", line)
