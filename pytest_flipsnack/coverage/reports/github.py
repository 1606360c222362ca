"""The report as annotations of GitHub Actions, which show on the page of a run."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.reports.rows import code_rows, suggestion
from pytest_flipsnack.coverage.verdict import Outcome
from pytest_flipsnack.coverage.writers import Coverage, Line


def lines(coverage: Coverage) -> Iterator[Line]:
    """Yield one annotation for the gate, each missing code, each survivor of a flip, each remark.

    A code that tests only exercise is annotated at the file of the first of these tests.
    """
    verdict = coverage.verdict
    kind = "error" if verdict.failed else "warning"
    if verdict.outcome in {Outcome.FAILED, Outcome.NOT_ENFORCED}:
        yield _line(kind, f"Flipsnack gate {verdict.outcome.value}", verdict.line)
    for row in code_rows(coverage):
        if not row.missing:
            continue
        tests = sorted(coverage.tally.tests_of(row.code))
        file = tests[0].partition("::")[0] if tests else ""
        title = f"Flipsnack code {row.code.value} is not {coverage.demand.level}"
        yield _line(kind, title, f"{row.code.label}: {suggestion(row.code)}", file)
    flipped = coverage.tally.flipped
    for survivor in flipped.ordered if flipped is not None else ():
        file = survivor.test.partition("::")[0]
        yield _line("warning", "Flipsnack flip survived", str(survivor), file)
    for remark in remarks(coverage):
        yield _line("notice", "Flipsnack", remark)


def _line(kind: str, title: str, text: str, file: str = "") -> Line:
    where = f"file={_property(file)},line=1," if "." in file else ""
    return Line(f"::{kind} {where}title={_property(title)}::{_data(text)}")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
