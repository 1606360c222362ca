"""Only examples that Hypothesis accepted count."""

from __future__ import annotations

import hypothesis
import hypothesis.strategies  # noqa: F401 - likewise
import pytest

from tests.downstream import Project

HEAD = """
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

quick = settings(
    max_examples=20, deadline=None, database=None, derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def ask(fake, number):
    fake.respond(20 if number % 2 else 31)
    client = acme.Client(fake.api_key, fake.secret)
    assert client.try_to_ask() == (20 if number % 2 else 31)

"""
NUMBERS = "@quick\n@given(number=st.integers(0, 100))\n"
CASES = {
    "rejected in the block": """
def test_it(flipsnack_context, number):
    with flipsnack_context() as fake:
        ask(fake, number)
        assume(number % 2)
""",
    "rejected after the block": """
def test_it(flipsnack_context, number):
    with flipsnack_context() as fake:
        ask(fake, number)
    assume(number % 2)
""",
    "rejected in a later block": """
def test_it(flipsnack_context, number):
    with flipsnack_context() as fake:
        ask(fake, number)
    with flipsnack_context() as fake:
        assume(number % 2)
""",
    "rejected after two blocks": """
def test_it(flipsnack_context, number):
    for _ in range(2):
        with flipsnack_context() as fake:
            ask(fake, number)
    assume(number % 2)
""",
    "rejected by a fake of the whole test": """
def test_it(flipsnack, number):
    ask(flipsnack, number)
    assume(number % 2)
""",
}
FILTERED = """
@quick
@given(number=st.integers(0, 100), data=st.data())
def test_it(flipsnack_context, number, data):
    with flipsnack_context() as fake:
        ask(fake, number)
        data.draw(st.just(number).filter(lambda one: one % 2))
"""
EXPLICIT = """
@quick
@example(number=2).xfail(raises=ZeroDivisionError)
@given(number=st.integers(0, 50).map(lambda one: 2 * one + 1))
def test_it(flipsnack_context, number):
    with flipsnack_context() as fake:
        ask(fake, number)
        1 / (number % 2)
"""


def exercised(project: Project, source: str) -> list[int]:
    project.test(HEAD + source)
    result = project.run("--flipsnack-report=json")
    result.assert_outcomes(passed=1)
    found: list[int] = project.report()["verdict"]["exercised"]
    return found


@pytest.mark.parametrize(
    "source", [NUMBERS + case.lstrip() for case in CASES.values()], ids=list(CASES)
)
def test_a_code_of_rejected_examples_is_not_exercised(merging: Project, source: str) -> None:
    assert exercised(merging, source) == [20]


def test_a_code_of_examples_that_a_filter_rejected_is_not_exercised(merging: Project) -> None:
    assert exercised(merging, FILTERED) == [20]


def test_a_code_of_an_example_that_failed_as_expected_is_not_exercised(merging: Project) -> None:
    assert exercised(merging, EXPLICIT) == [20]


@pytest.mark.parametrize(
    "decorators",
    [NUMBERS, "@quick\n@example(number=2)\n@given(number=st.just(1))\n"],
    ids=["drawn", "explicit"],
)
def test_codes_of_accepted_examples_are_exercised(merging: Project, decorators: str) -> None:
    body = CASES["rejected in the block"].replace("assume(number % 2)", "pass")
    assert exercised(merging, decorators + body.lstrip()) == [20, 31]


def test_an_error_that_an_accepted_example_expects_takes_no_code_away(merging: Project) -> None:
    source = """
def test_it(flipsnack_context, number):
    with pytest.raises(acme.FlipsnackError):
        with flipsnack_context() as fake:
            fake.respond(31)
            acme.Client(fake.api_key, fake.secret).ask()
"""
    assert exercised(merging, NUMBERS + source.lstrip()) == [31]


def test_an_error_outside_of_hypothesis_takes_no_code_away(merging: Project) -> None:
    assert exercised(
        merging,
        """
def test_it(flipsnack_context):
    with pytest.raises(acme.FlipsnackError):
        with flipsnack_context() as fake:
            fake.respond(31)
            acme.Client(fake.api_key, fake.secret).ask()
""",
    ) == [31]
