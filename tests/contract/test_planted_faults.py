"""Every planted fault is caught by the test that names it; without it nothing is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from pytest_flipsnack.messages import COMMAND
from tests.contract import (
    faults_in_answers,
    faults_in_documents,
    faults_in_habits,
    faults_in_kept,
    faults_in_requests,
    faults_in_results,
    faults_in_retries,
    faults_in_sequences,
    faults_in_signatures,
)
from tests.contract.faults import Fault

FAULTS = (
    *faults_in_answers.FAULTS,
    *faults_in_retries.FAULTS,
    *faults_in_requests.FAULTS,
    *faults_in_documents.FAULTS,
    *faults_in_signatures.FAULTS,
    *faults_in_habits.FAULTS,
    *faults_in_results.FAULTS,
    *faults_in_kept.FAULTS,
    *faults_in_sequences.FAULTS,
)
TABLE = Path(__file__).parents[2] / "docs" / "planted-faults.md"
_INNER = """
from tests.clients import STYLES
from tests.contract import faults
from tests.contract.adapter import contract_of
from tests.contract.test_planted_faults import FAULTS
"""
_WITH = """
fault = next(fault for fault in FAULTS if fault.id == {id!r})
module = faults.planted(fault.style, fault.old, fault.new)
raises = faults.raises_of(module, fault)
error = module.ERROR
TestIt = contract_of(fault.style, fault.calls, make=module.make, error=error, raises=raises)
"""
_WITHOUT = """
style = next(style for style in STYLES if style.module == {module!r})
TestIt = contract_of(style, {calls!r})
"""


def _run(pytester: pytest.Pytester, source: str, *kinds: str) -> pytest.RunResult:
    pytester.syspathinsert(Path(__file__).parents[2])
    pytester.makepyfile(test_it=_INNER + source)
    wanted = " or ".join(kinds)
    return pytester.runpytest_inprocess(
        "-p", "pytest_flipsnack", "-q", "-rfE", "-k", wanted, "-W", "error"
    )


def _cases() -> Iterator[ParameterSet]:
    """Yield every fault; of those with one test and one kind of message, the first on each commit.

    The kinds have tests of their own as well.
    """
    seen: set[tuple[str, ...]] = set()
    for fault in FAULTS:
        words = re.sub(r"'.*'|\w+\.\w+|[^a-z ]+", " ", fault.message).split()
        key = fault.kind, *words[:2]
        marks = [pytest.mark.nightly] if key in seen else []
        seen.add(key)
        yield pytest.param(fault, id=fault.id, marks=marks)


@pytest.mark.parametrize("fault", [*_cases()])
def test_a_planted_fault_is_caught_by_the_test_that_names_it(
    pytester: pytest.Pytester, fault: Fault
) -> None:
    result = _run(pytester, _WITH.format(id=fault.id), fault.caught_by)

    told = result.stdout.str()
    assert f" test_it.py::TestIt::{fault.caught_by}" in told, told
    assert fault.message in told, told
    # each failure ends with the name of its message
    failed = sum(result.parseoutcomes().get(word, 0) for word in ("failed", "errors"))
    assert len(re.findall(rf"    more: +{COMMAND} \S", told)) == failed, told


@pytest.mark.nightly  # the right clients pass the same tests each time
@pytest.mark.parametrize("module", sorted({fault.module for fault in FAULTS}))
def test_without_a_fault_the_same_tests_pass(pytester: pytest.Pytester, module: str) -> None:
    rows = [fault for fault in FAULTS if fault.module == module]
    source = _WITHOUT.format(
        module=module, calls=sorted({call for fault in rows for call in fault.calls})
    )

    result = _run(pytester, source, *sorted({fault.kind for fault in rows}))

    assert result.ret == 0
    assert result.parseoutcomes().keys() <= {"passed", "deselected"}


def test_every_fault_has_a_name_of_its_own() -> None:
    assert len({fault.id for fault in FAULTS}) == len(FAULTS) >= 40
    assert len({fault.module for fault in FAULTS}) >= 8


def test_the_table_of_the_docs_is_up_to_date() -> None:
    assert TABLE.read_text("utf-8") == table(), (
        "write it: python -m tests.contract.test_planted_faults"
    )


def table() -> str:
    """Return the faults as a page of the docs."""
    lines = [
        "# Planted faults",
        "",
        "One small change each to a right client. The generated test in the third column catches it,",
        "and its failure says what the fourth column shows. Written by",
        "`python -m tests.contract.test_planted_faults`; tests plant every fault and keep this page true.",
        "",
        "| fault | client | caught by | message |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {fault.what} | {fault.style.name} | `{fault.caught_by}` | {fault.message} |"
        for fault in FAULTS
    ]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
