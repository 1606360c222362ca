"""The report as JUnit XML, a file of its own: a case for each code, the gate last."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.reports.rows import CodeRow, code_rows, suggestion
from pytest_flipsnack.coverage.verdict import Outcome
from pytest_flipsnack.coverage.writers import Coverage

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(coverage: Coverage) -> str:
    """Return a test suite in the xunit2 form that CI servers read.

    A code that is missing is a failure where the gate failed, and skipped where it was not asked or
    not enforced; a code that is not demanded is skipped with the reason.
    """
    cases = [_case(row, coverage) for row in code_rows(coverage)]
    cases.append(_gate(coverage))
    suite = ET.Element(
        "testsuite",
        name="pytest-flipsnack",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors="0",
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        time="0.000",
        timestamp=coverage.created,
    )
    suite.extend(cases)
    root = ET.Element("testsuites", name="pytest-flipsnack")
    root.append(suite)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _case(row: CodeRow, coverage: Coverage) -> ET.Element:
    case = _element("testcase", classname="flipsnack.codes", name=row.code.label, time="0.000")
    if row.missing:
        failed = coverage.verdict.failed
        kind = "failure" if failed else "skipped"
        text = f"not {coverage.demand.level}: {suggestion(row.code)}"
        case.append(_element(kind, message=text))
    elif row.note.startswith("("):
        case.append(_element("skipped", message=row.note.strip("()")))
    return case


def _gate(coverage: Coverage) -> ET.Element:
    verdict = coverage.verdict
    case = _element("testcase", classname="flipsnack", name="gate", time="0.000")
    if verdict.failed:
        case.append(_element("failure", message=verdict.line))
    elif verdict.outcome is not Outcome.PASSED:
        case.append(_element("skipped", message=f"{verdict.outcome.value}: {verdict.line}"))
    flipped = coverage.tally.flipped
    survivors = map(str, flipped.ordered if flipped is not None else ())
    said = "\n".join([*survivors, *remarks(coverage)])
    if said:
        ET.SubElement(case, "system-out").text = _NOT_XML.sub("?", said)
    return case


def _element(tag: str, **attributes: str) -> ET.Element:
    clean = {name: _NOT_XML.sub("?", value) for name, value in attributes.items()}
    return ET.Element(tag, clean)
