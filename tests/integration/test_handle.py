"""The object a test holds."""

from __future__ import annotations

import pytest

from pytest_flipsnack import Flipsnack
from tests.downstream import Project


def test_always_answers_once_the_queue_is_empty(project: Project) -> None:
    project.test(
        """
        def test_always(flipsnack, client):
            flipsnack.always(22, action="user.getStats")
            flipsnack.respond(31)
            assert [client.try_to_ask() for _ in range(3)] == [31, 22, 22]
        """
    )
    assert project.run().ret == 0


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("flipsnack.respond(39)", "ValueError: 39 is not a Flipsnack status code; known codes: *"),
        ("flipsnack.fail('flood')", "ValueError: 'flood' is not a fault; known faults: timeout, *"),
        ("flipsnack.configure(speed=1)", "TypeError: speed is not a setting; settings: *"),
    ],
)
def test_a_wrong_call_fails_at_the_line_that_made_it(
    project: Project, line: str, error: str
) -> None:
    project.test(f"def test_wrong(flipsnack):\n    {line}\n")
    result = project.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines([f">       {line}", f"E       {error}", "test_acme.py:4: *Error"])
    result.stdout.no_fnmatch_line("*fake.py*")


def test_without_the_fixture_it_is_a_context_manager_that_judges_at_its_end() -> None:
    with pytest.raises(AssertionError, match="a declared answer was never delivered"):
        with Flipsnack() as flipsnack:
            flipsnack.respond(50)
