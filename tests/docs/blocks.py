"""The code blocks of a Markdown file, as Sybil reads and runs them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sybil import Example, Sybil
from sybil.parsers.markdown import CodeBlockParser

ROOT = Path(__file__).parents[2]
_LANGUAGES = ("python", "console", "toml", "text", "yaml", "ini", "sh")
_RUN = "run"


@dataclass(frozen=True)
class Block:
    """A block with its language; `name` is the file that its first line names, if any."""

    language: str
    text: str
    example: Example

    @property
    def name(self) -> str:
        first = self.text.splitlines()[0]
        return first.removeprefix("# ") if first.startswith("# ") else ""

    def run(self, run: Callable[[Block], str | None]) -> None:
        """Let Sybil run the block: `run` returns what is wrong, or None."""
        self.example.namespace[_RUN] = lambda: run(self)
        self.example.evaluate()


def blocks(path: Path) -> list[Block]:
    """Return the blocks of a file in order."""

    def evaluate(example: Example) -> str | None:
        found: str | None = example.namespace[_RUN]()
        return found

    found = Sybil([CodeBlockParser(language, evaluate) for language in _LANGUAGES]).parse(path)
    return [
        Block(str(example.region.lexemes["arguments"]), str(example.parsed), example)
        for example in found.examples()
    ]
