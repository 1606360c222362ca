"""JUnit files, read strictly: the schema of xunit2, and counts that are true."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import xmlschema


@cache
def _schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).with_name("xunit2.xsd")))


def read_suite(text: str) -> ET.Element:
    """Return the one test suite of a JUnit file; raise where the file is not as it should be."""
    _schema().validate(text)
    (suite,) = ET.fromstring(text)
    results = [child.tag for case in suite for child in case]
    counted = {
        "tests": len(suite),
        "failures": results.count("failure"),
        "errors": results.count("error"),
        "skipped": results.count("skipped"),
    }
    assert {name: int(suite.attrib[name]) for name in counted} == counted
    return suite
