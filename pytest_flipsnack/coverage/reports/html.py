"""The report as one page of HTML that needs nothing from elsewhere, by Jinja (extra `html`)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.reports.rows import CellRow, cell_rows, code_rows, suggestion
from pytest_flipsnack.coverage.tally import Level, Tally, shown
from pytest_flipsnack.coverage.verdict import floor_share
from pytest_flipsnack.coverage.writers import Coverage

if TYPE_CHECKING:
    import jinja2

NEEDS = "jinja2"
"""The module that renders the page."""
_SIGNS = {
    "verified": "\N{HEAVY CHECK MARK}\N{HEAVY CHECK MARK}",
    "asserted": "\N{HEAVY CHECK MARK}",
    "exercised": "\N{CIRCLE WITH LEFT HALF BLACK}",
    "missing": "\N{MULTIPLICATION X}",
    "documented": "\N{WHITE CIRCLE}",
    "open": "\N{MIDDLE DOT}",
    "excluded": "\N{EN DASH}",
}
_MEANINGS = {
    "verified": "verified: a passing test fails as soon as another code comes in its place",
    "asserted": "asserted: a passing test delivered it, and judged the client there",
    "exercised": "exercised only: a passing test delivered it, and none judged the client",
    "missing": "missing: no passing test delivered it, and the gate demands it",
    "documented": "documented: Flipsnack lists it for this action, and no passing test delivered it",
    "open": "open: nobody demands it, because Flipsnack has deprecated the action",
    "excluded": "excluded: by the configuration, or deprecated by Flipsnack",
}


@dataclass(frozen=True, slots=True)
class _Share:
    """One bar of the summary."""

    name: str
    part: int
    whole: int

    @property
    def text(self) -> str:
        return f"{self.part} of {self.whole} ({floor_share(self.part, self.whole)} %)"


def render(coverage: Coverage) -> str:
    """Return the page; equal counts and times give equal text."""
    style, script = _text("page.css"), _text("page.js")
    rows = [*cell_rows(coverage)]
    return _template().render(
        coverage=coverage,
        verdict=coverage.verdict,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'",
        shares=[*_shares(coverage)],
        codes=[*Code],
        code_rows=[*code_rows(coverage)],
        actions=_by_action(rows),
        signs=_SIGNS,
        meanings=_MEANINGS,
        suggestion=suggestion,
        remarks=[*remarks(coverage)],
        flipped=coverage.tally.flipped,
        details=_details(coverage.tally, rows),
    )


def _shares(coverage: Coverage) -> Iterator[_Share]:
    verdict = coverage.verdict
    whole = len(verdict.demanded)
    yield _Share("codes exercised", len(verdict.exercised), whole)
    yield _Share("codes asserted", len(verdict.asserted), whole)
    if verdict.verified or verdict.level is Level.VERIFIED:
        yield _Share("codes verified", len(verdict.verified), whole)
    cells = len(verdict.cells)
    yield _Share(f"documented cells {verdict.level}", cells - len(verdict.missing_cells), cells)


def _by_action(rows: list[CellRow]) -> dict[str, list[CellRow]]:
    found: dict[str, list[CellRow]] = {}
    for row in rows:
        found.setdefault(row.action, []).append(row)
    return found


def _details(tally: Tally, rows: list[CellRow]) -> dict[str, Any]:
    """Return what a cell shows once it is opened: its tests, and the replies that each got."""
    names = sorted({name for tests in tally.contexts.values() for name in tests})
    numbers = {name: number for number, name in enumerate(names)}
    return {
        "tests": names,
        "replies": {
            numbers[name]: [shown(cell) for cell in replies]
            for name, replies in sorted(tally.replies.items())
            if name in numbers
        },
        "cells": {
            row.name: {
                "deliveries": row.deliveries,
                "source": row.source,
                "try": suggestion(row.code),
                **{
                    level.value: sorted(
                        numbers[name]
                        for name, found in tally.contexts.get(row.cell, {}).items()
                        if found is level
                    )
                    for level in Level
                },
            }
            for row in rows
            if row.state
        },
    }


@cache
def _text(name: str) -> str:
    return resources.files(__package__).joinpath("page", name).read_text("utf-8")


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text("page.html"))


def _digest(text: str) -> str:
    """Return the name by which a content security policy allows an inline text."""
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
