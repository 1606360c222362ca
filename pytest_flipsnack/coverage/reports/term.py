"""The report on the terminal, within 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from pytest_flipsnack.coverage.reports.rows import CodeRow, code_rows, open_cells, suggestion
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Verdict, floor_share
from pytest_flipsnack.coverage.writers import Coverage, Line

_WIDTH = 80
_MESSAGE = 33
_COLUMNS = f"{{:>4}}  {{:<{_MESSAGE}}}  {{:>9}}  {{:>5}}  {{:>8}}"


def summary(coverage: Coverage) -> Iterator[Line]:
    """Yield a table of every code with its deliveries and tests, and the totals."""
    yield from _table(coverage, [*code_rows(coverage)])


def _table(coverage: Coverage, rows: Iterable[CodeRow]) -> Iterator[Line]:
    yield Line(_COLUMNS.format("code", "message", "delivered", "tests", "asserted"), {"bold": True})
    for row in rows:
        text = _COLUMNS.format(
            row.code.value,
            _cut(row.code.title, _MESSAGE),
            row.deliveries,
            row.tests,
            row.asserting,
        )
        yield Line(f"{text}  {_mark(row)}".rstrip(), _style(row))
    yield from _notes(rows)
    only = ", ".join(str(code.value) for code in coverage.verdict.exercised_only)
    if only:
        yield from _wrapped(f"exercised only: {only}", "    ")
    style = {"green": True} if not coverage.verdict.missing else {"yellow": True}
    first, second, *verified = _totals(coverage.verdict)
    for text in (f"{first}, {second}", *verified):
        yield Line(text, style)


def totals(verdict: Verdict) -> str:
    """Return how many codes reached each level; the third only where codes were flipped."""
    return ", ".join(_totals(verdict))


def _totals(verdict: Verdict) -> list[str]:
    whole = len(verdict.demanded)
    levels = [("exercised", verdict.exercised), ("asserted", verdict.asserted)]
    if verdict.verified or verdict.level is Level.VERIFIED:
        levels.append(("verified", verdict.verified))
    return [
        f"{len(codes)} of {whole} codes {name} ({floor_share(len(codes), whole)} %)"
        for name, codes in levels
    ]


def missing(coverage: Coverage) -> Iterator[Line]:
    """Yield the table, then what no test has reached, by code and by action."""
    rows, level = [*code_rows(coverage)], coverage.demand.level
    yield from _table(coverage, rows)
    for row in rows:
        if row.missing or row.code in coverage.verdict.exercised_only:
            word = "missing" if row.level is None else "exercised only"
            yield Line(f"{word}: {row.code.label}")
            yield Line(f"    {suggestion(row.code)}")
    for name, codes in open_cells(coverage):
        yield from _wrapped(f"not {level} with {name}: {', '.join(map(str, codes))}", "    ")


def _notes(rows: Iterable[CodeRow]) -> Iterator[Line]:
    """Yield why codes are not demanded: a reason is as long as its writer likes."""
    for row in rows:
        if row.note.startswith("("):
            yield from _wrapped(f"{row.code.value:>4}  {row.note}", " " * 6)


def _wrapped(text: str, indent: str) -> Iterator[Line]:
    """Yield text as lines that fit the terminal."""
    for line in textwrap.wrap(text, _WIDTH, subsequent_indent=indent):
        yield Line(line)


def _mark(row: CodeRow) -> str:
    if row.note == "missing":
        return "missing"
    return "only" if row.note == "exercised only" and row.missing else ""


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."


def _style(row: CodeRow) -> dict[str, bool]:
    if row.missing:
        return {"red": True}
    if row.note == "exercised only":
        return {"yellow": True}
    return {"green": True} if row.level else {}
