"""Which report formats there are."""

from __future__ import annotations

from pathlib import Path

from pytest_flipsnack.coverage import json, term
from pytest_flipsnack.coverage.writers import FileWriter, Target, TermWriter

TERMINAL: dict[str, TermWriter] = {"term": term.summary, "term-missing": term.missing}
FILES: dict[str, tuple[FileWriter, str]] = {"json": (json.render, "flipsnack-coverage.json")}
"""Format to writer and default path."""


def read_target(text: str) -> Target:
    """Return the report that `FORMAT[:PATH]` asks for; raise `ValueError` with the formats."""
    name, colon, path = text.partition(":")
    if name in TERMINAL and not colon:
        return Target(name)
    if name in FILES and (path or not colon):
        return Target(name, Path(path or FILES[name][1]))
    allowed = ", ".join([*TERMINAL, *(f"{known}[:PATH]" for known in FILES)])
    raise ValueError(f"{text!r} is not a report; allowed: {allowed}")
