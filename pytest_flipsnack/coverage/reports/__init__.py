"""Which report formats there are; each has a writer of its own over the same rows."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from pytest_flipsnack.coverage.reports import badge, github, html, json, junit, markdown, term
from pytest_flipsnack.coverage.writers import (
    Coverage,
    FileWriter,
    Target,
    TermWriter,
    add_to_file,
    write_file,
)

TERMINAL: dict[str, TermWriter] = {
    "term": term.summary,
    "term-missing": term.missing,
    "github": github.lines,
}
FILES: dict[str, tuple[FileWriter, str]] = {
    "json": (json.render, "flipsnack-coverage.json"),
    "html": (html.render, "flipsnack-coverage.html"),
    "markdown": (markdown.render, "flipsnack-coverage.md"),
    "junit": (junit.render, "flipsnack-junit.xml"),
    "badge": (badge.render, "flipsnack-badge.svg"),
    "badge-json": (badge.endpoint, "flipsnack-badge.json"),
}
"""Format to writer and default path."""
SUMMARY = "github-summary"
_SUMMARY_PATH = "GITHUB_STEP_SUMMARY"


def names() -> str:
    """Return the formats as an option's help lists them."""
    return ", ".join([*TERMINAL, *(f"{known}[:PATH]" for known in FILES), SUMMARY])


def read_target(text: str) -> Target:
    """Return the report that `FORMAT[:PATH]` asks for; raise `ValueError` with the formats."""
    name, colon, path = text.partition(":")
    if name in TERMINAL and not colon:
        return Target(name)
    if text == SUMMARY:
        return _summary(os.environ.get(_SUMMARY_PATH, ""))
    if name in FILES and (path or not colon):
        if name == "html" and find_spec(html.NEEDS) is None:
            raise ValueError(
                f"{name!r} is written with Jinja2, which is not installed; "
                "pip install 'pytest-flipsnack[html]', or ask for markdown"
            )
        return Target(name, Path(path or FILES[name][1]))
    raise ValueError(f"{text!r} is not a report; allowed: {names()}")


def write(target: Target, path: Path, coverage: Coverage) -> None:
    """Write a report to a file; raise `OSError` where it cannot be written."""
    if target.added:
        add_to_file(path, f"{markdown.render(coverage)}\n")
    else:
        write_file(path, FILES[target.format][0](coverage))


def _summary(path: str) -> Target:
    """Return the report that GitHub Actions shows on the page of a run, below what is there."""
    if not path:
        raise ValueError(
            f"{SUMMARY} goes to the file that {_SUMMARY_PATH} names, as GitHub Actions sets it, and "
            "it is not set; elsewhere write markdown:PATH"
        )
    return Target(SUMMARY, Path(path), added=True)
