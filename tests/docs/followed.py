"""Pages that are followed literally in an empty folder: each file written, each command typed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.docs.blocks import Block, blocks

Run = Callable[[list[str]], tuple[int, str]]
"""Runs what was typed; returns its exit status and what it printed."""
_TYPED = {"pytest", "pytest-flipsnack"}
_RED = re.compile(r"\d failed|gate failed|^ERROR|drift: [1-9]")


def steps(page: Path) -> list[Block]:
    """Return the blocks of a page; `text` blocks only show something."""
    return [block for block in blocks(page) if block.language != "text"]


def follow(page: Path, folder: Path, run: Run) -> None:
    """Do what a page says; fail at the block whose promise is not kept."""
    for block in steps(page):
        block.run(lambda block: _step(folder, block, run))


def count(page: Path) -> int:
    """Return how many blocks a page has that are followed."""
    return len(re.findall(r"^```(?!text|sh)\w", page.read_text("utf-8"), re.MULTILINE))


def _step(folder: Path, block: Block, run: Run) -> str | None:
    if block.name:
        (folder / block.name).write_text(block.text + "\n", encoding="utf-8")
        return None
    if block.language == "sh":
        return None  # what installs the plugin
    text = re.sub(r"\n(?!\$ )", "\0", block.text).splitlines()
    return next(filter(None, (_typed(one.split("\0"), run) for one in text)), None)


def _typed(lines: list[str], run: Run) -> str | None:
    typed, *expected = map(_timeless, lines)
    program, *args = shlex.split(typed.removeprefix("$ "), comments=True)
    assert program in _TYPED, program
    status, out = run([program, *args])
    red = any(_RED.search(line) for line in expected)
    printed = iter(map(_timeless, out.splitlines()))
    missing = [line for line in _shown(expected) if line not in printed]  # in their order
    return f"{missing}\n{status}\n{out}" if missing or bool(status) != red else None


def _shown(expected: list[str]) -> Iterator[str]:
    return (line for line in expected if line.strip() and line.strip() != "...")


def _timeless(line: str) -> str:
    return re.sub(r"in \d+\.\d+s", "in #s", line)
