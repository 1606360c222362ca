"""docs/moving.md: what was written before passes, and so does what is written after."""

from __future__ import annotations

import re
import shutil

import pytest

from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "moving.md"
BLOCKS = blocks(PAGE)
PLUGINS = {"requests_mock": "requests_mock.contrib._pytest_plugin", "pytest_httpx": "pytest_httpx"}
NAMES = [block.name for block in BLOCKS if block.name.startswith("test_")]


@pytest.mark.parametrize("name", NAMES)
def test_the_file_passes(pytester: pytest.Pytester, name: str) -> None:
    shutil.copytree(ROOT / "examples/requests_client/acme", pytester.path / "acme")
    pytester.makeini("[pytest]\npythonpath = .")
    for block in BLOCKS:
        (pytester.path / block.name).write_text(block.text, encoding="utf-8")
    tool = next((plugin for word, plugin in PLUGINS.items() if word in name), "")
    plugins = ["-p", tool] if tool and "before" in name else []

    def passes(block: Block) -> str | None:
        flags = ["-p", "pytest_flipsnack", *plugins]
        result = pytester.runpytest_inprocess(*flags, name)
        return None if result.parseoutcomes().keys() == {"passed"} else result.stdout.str()

    next(block for block in BLOCKS if block.name == name).run(passes)


def test_each_tool_has_a_before_and_an_after() -> None:
    before = [name for name in NAMES if name.endswith("_before.py")]
    assert [name.replace("_before", "_after") for name in before] == NAMES[1::2]
    assert len(BLOCKS) == len(re.findall(r"^```\w", PAGE.read_text("utf-8"), re.MULTILINE)) == 7


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/moving.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
