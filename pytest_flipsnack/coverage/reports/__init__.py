"""Which report formats there are; each has a writer of its own over the same rows."""

from __future__ import annotations

from pathlib import Path

from pytest_flipsnack.coverage.reports import badge, github, json, junit, markdown, term
from pytest_flipsnack.coverage.writers import FileWriter, Target, TermWriter

TERMINAL: dict[str, TermWriter] = {
    "term": term.summary,
    "term-missing": term.missing,
    "github": github.lines,
}
FILES: dict[str, tuple[FileWriter, str]] = {
    "json": (json.render, "flipsnack-coverage.json"),
    "markdown": (markdown.render, "flipsnack-coverage.md"),
    "junit": (junit.render, "flipsnack-junit.xml"),
    "badge": (badge.render, "flipsnack-badge.svg"),
    "badge-json": (badge.endpoint, "flipsnack-badge.json"),
}
"""Format to writer and default path."""


def names() -> str:
    """Return the formats as an option's help lists them."""
    return ", ".join([*TERMINAL, *(f"{known}[:PATH]" for known in FILES)])


def read_target(text: str) -> Target:
    """Return the report that `FORMAT[:PATH]` asks for; raise `ValueError` with the formats."""
    name, colon, path = text.partition(":")
    if name in TERMINAL and not colon:
        return Target(name)
    if name in FILES and (path or not colon):
        return Target(name, Path(path or FILES[name][1]))
    raise ValueError(f"{text!r} is not a report; allowed: {names()}")
