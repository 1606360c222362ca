"""The messages that a test fails with: each has a name, and an explanation behind it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

COMMAND = "pytest-flipsnack explain"


@dataclass(frozen=True, slots=True)
class Message:
    """A message; `says` is its first line, in which `...` stands for any text.

    `page` is the page of the documentation that has more, with its heading.
    """

    name: str
    says: str
    means: str
    do: str
    page: str

    def fits(self, line: str) -> bool:
        """Return whether a line is this message."""
        parts = (re.escape(part) for part in self.says.split("..."))
        return re.fullmatch(".*".join(parts), line) is not None


@cache
def messages() -> tuple[Message, ...]:
    """Return every message, the more special one first."""
    text = resources.files(__package__).joinpath("messages.toml").read_text("utf-8")
    rows: dict[str, Any] = tomllib.loads(text)
    return tuple(Message(name, **row) for name, row in rows.items())


def addresses(text: str) -> str:
    """Return the command that explains the messages in a text of findings, or an empty text."""
    lines = (line for line in text.splitlines() if line and not line[0].isspace())
    names = dict.fromkeys(one.name for line in lines if (one := message_of(line)) is not None)
    return f"{COMMAND} {' '.join(names)}" if names else ""


def message_of(line: str) -> Message | None:
    """Return the message that a line is, None for another text."""
    return next((one for one in messages() if one.fits(line)), None)
