"""The code blocks of a Markdown file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block with its language; `name` is the file that its first line names, if any."""

    language: str
    text: str

    @property
    def name(self) -> str:
        first = self.text.splitlines()[0]
        return first.removeprefix("# ") if first.startswith("# ") else ""


def blocks(path: Path) -> list[Block]:
    """Return the blocks of a file in order."""
    return [Block(*match) for match in _BLOCK.findall(path.read_text(encoding="utf-8"))]
