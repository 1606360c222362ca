"""Which marks hold where there are several, and when the fixture of a marked test begins."""

from __future__ import annotations

import pytest

from tests.downstream import Project

SHOWN = "@pytest.mark.flipsnack"


def test_the_marks_of_a_parameter_stand_for_those_of_its_function(project: Project) -> None:
    project.test("""
        marks = [pytest.mark.flipsnack(50), pytest.mark.flipsnack(22)]
        @pytest.mark.flipsnack(31)
        @pytest.mark.parametrize(
            "expected", [[31, 20], pytest.param([50, 22], marks=marks)], ids=["own", "params"]
        )
        def test_it(client, expected):
            assert [client.try_to_ask(), client.try_to_ask()] == expected
    """)

    result = project.run()

    result.assert_outcomes(passed=2)
    assert result.ret == 0


def test_the_fixture_of_a_marked_test_begins_after_fixtures_of_wider_scope(
    project: Project,
) -> None:
    project.test("""
        from pytest_flipsnack import Flipsnack
        began = []

        @pytest.fixture(scope="module")
        def wide():
            began.append("module")

        @pytest.fixture
        def flipsnack(flipsnack):
            began.append("flipsnack")
            return flipsnack

        @pytest.fixture
        def own(flipsnack_credentials):
            began.append("function")
            return acme.Client(*flipsnack_credentials).try_to_ask()

        @pytest.mark.flipsnack(31)
        def test_it(own, wide):
            assert own == 31
            assert began == ["module", "flipsnack", "function"]
    """)

    project.run().assert_outcomes(passed=1)


def test_codes_for_a_unittest_method_are_an_error_that_says_why(project: Project) -> None:
    project.test("""
        import unittest
        @pytest.mark.flipsnack_codes("rate_limit")
        class TestIt(unittest.TestCase):
            def test_it(self): pass
    """)

    result = project.run()

    result.assert_outcomes(errors=1)
    assert result.ret == 1
    assert (
        f"{SHOWN}_codes('rate_limit'): a unittest method receives no argument; "
        "write a test function"
    ) in result.outlines


def test_a_mark_is_shown_as_it_is_written(project: Project) -> None:
    project.test("""
        from pytest_flipsnack import Code
        @pytest.mark.flipsnack(Code.BAD_REQUEST, raises=(OSError, acme.FlipsnackError), without="x")
        def test_it(): pass
    """)

    result = project.run()

    result.assert_outcomes(errors=1)
    assert (
        f"{SHOWN}(40, raises=(OSError, FlipsnackError), without='x'): 'without' is not an "
        "argument; allowed: action, data, raises, retries"
    ) in result.outlines


def test_retries_without_raises_is_an_error(project: Project) -> None:
    project.test("@pytest.mark.flipsnack(31, retries=3)\ndef test_it(client): client.try_to_ask()")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert (
        f"{SHOWN}(31, retries=3): retries goes with raises, the exception the client ends with"
    ) in result.outlines


def test_data_with_raises_is_an_error(project: Project) -> None:
    project.test("@pytest.mark.flipsnack(41, raises=OSError, data={})\ndef test_it(client): pass")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert (
        f"{SHOWN}(41, raises=OSError, data={{}}): data goes with code 20, and 20 raises nothing; "
        "leave data or raises out"
    ) in result.outlines


@pytest.mark.parametrize(
    ("body", "outcomes", "ret"),
    [
        ("pytest.fail('mine')", {"failed": 1}, 1),
        ("pytest.xfail('mine')", {"xfailed": 1}, 0),
        ("pytest.exit('mine', returncode=6)", {}, 6),
    ],
)
def test_a_body_with_raises_that_ends_itself_is_not_judged(
    project: Project, body: str, outcomes: dict[str, int], ret: int
) -> None:
    project.test(
        "@pytest.mark.flipsnack(41, raises=acme.FlipsnackError)\n"
        f"def test_it(client):\n    client.try_to_ask()\n    {body}"
    )

    result = project.run("-rx")

    result.assert_outcomes(**outcomes)
    assert result.ret == ret
    assert not any("the client raised" in line for line in result.outlines)
    assert any("mine" in line for line in result.outlines)
