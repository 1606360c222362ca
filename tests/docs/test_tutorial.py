"""docs/tutorial.md, followed literally in an empty folder: each file written, each command typed.

`make dist` does it in the environment of its own into which only the wheel was installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.blocks import ROOT
from tests.docs.followed import count, follow, steps
from tests.surroundings import of_a_terminal

PAGE = ROOT / "docs" / "tutorial.md"
PYTHON = os.environ.get("FLIPSNACK_TUTORIAL_PYTHON", sys.executable)


def test_every_step_does_what_the_page_says(tmp_path: Path) -> None:
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_PLUGINS": "pytest_flipsnack"}

    def run(typed: list[str]) -> tuple[int, str]:
        result = subprocess.run(
            [PYTHON, "-m", *typed],
            cwd=tmp_path,
            env=of_a_terminal(**plugins, COLUMNS="80", PYTHONSAFEPATH=""),
            capture_output=True,
            text=True,
            check=False,
        )
        return result.returncode, result.stdout

    follow(PAGE, tmp_path, run)


def test_the_readme_and_the_index_point_to_the_page() -> None:
    for name in ("README.md", "docs/index.md"):
        assert "tutorial.md)" in (ROOT / name).read_text(encoding="utf-8")


def test_every_block_is_followed() -> None:
    assert len(steps(PAGE)) == count(PAGE) + 1 == 13  # and how to install it
