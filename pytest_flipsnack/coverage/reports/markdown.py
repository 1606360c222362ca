"""The report as Markdown, for a summary page of CI or a comment."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.coverage.flipped import Flipped
from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.reports.rows import CodeRow, code_rows, suggestion
from pytest_flipsnack.coverage.reports.term import totals
from pytest_flipsnack.coverage.tally import shown
from pytest_flipsnack.coverage.writers import Coverage

_MOST_CELLS = 40


def render(coverage: Coverage) -> str:
    """Return the verdict, a table of the codes, and what is missing; equal counts, equal text."""
    verdict, rows = coverage.verdict, [*code_rows(coverage)]
    lines = [
        "## Flipsnack codes",
        "",
        f"**Gate {verdict.outcome.value}**: {escaped(verdict.line)}",
        "",
        f"{totals(verdict)}.",
        "",
        "| code | message | delivered | tests | asserted | level |",
        "| ---: | --- | ---: | ---: | ---: | --- |",
        *map(_row, rows),
    ]
    open_codes = [row for row in rows if row.missing]
    if open_codes:
        lines += ["", "### Missing", ""]
        lines += [f"* {row.code.label}: `{suggestion(row.code)}`" for row in open_codes]
    notes = [*remarks(coverage)]
    if notes:
        lines += ["", "### Notes", "", *(f"* {escaped(note)}" for note in notes)]
    if coverage.tally.flipped is not None:
        lines += ["", *_flips(coverage.tally.flipped)]
    cells = [shown(cell) for cell in verdict.missing_cells]
    if coverage.demand.cells_threshold is not None and cells:
        more = f" and {len(cells) - _MOST_CELLS} more" if len(cells) > _MOST_CELLS else ""
        lines += ["", "### Missing cells", "", f"{', '.join(cells[:_MOST_CELLS])}{more}"]
    return "\n".join([*lines, ""])


def _flips(flipped: Flipped) -> Iterator[str]:
    """Yield how many flips were noticed, and the tests that do not look."""
    yield f"### Flips: {flipped.summary}"
    found = [*map(str, flipped.ordered), *flipped.doubts]
    yield from ["", *(f"* {escaped(line)}" for line in found)] if found else []


def _row(row: CodeRow) -> str:
    cells = (
        str(row.code.value), row.code.title, str(row.deliveries), str(row.tests),
        str(row.asserting), f"{row.word} {row.note}".strip() if row.note.startswith("(") else
        ("**missing**" if row.missing and row.level is None else row.word),
    )  # fmt: skip
    return f"| {' | '.join(map(escaped, cells))} |"


def escaped(text: str) -> str:
    """Return text that a table cell and a line of Markdown show as it is."""
    kept = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(kept.split())
