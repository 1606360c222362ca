"""The marker `flipsnack_codes`: one test per code."""

from __future__ import annotations

import pytest

from tests.downstream import Project

SHOWN = "test_acme.py::test_it: @pytest.mark.flipsnack_codes"
BODY = """
def test_it(flipsnack, client, flipsnack_code):
    flipsnack.respond(flipsnack_code)
    assert client.try_to_ask() == flipsnack_code
"""


@pytest.mark.parametrize(
    ("args", "codes"),
    [
        ("31, 20", [20, 31]),
        ("'rate_limit'", [31, 32]),
        ("'rate limit', 50", [31, 32, 50]),
        ("'Retryable'", [22, 31, 32, 50]),
        ("'retryable', exclude=[31, '32']", [22, 50]),
        ("'retryable', exclude=50", [22, 31, 32]),
        ("'retryable', exclude='server'", [31, 32]),
        ("'permanent', exclude=[37]", [30, 33, 34, 35, 36, 40, 41, 42, 43, 44, 45, 46, 47]),
        ("31, 31, 'rate_limit'", [31, 32]),
    ],
)
def test_a_test_runs_once_per_code_in_the_order_of_the_table(
    project: Project, args: str, codes: list[int]
) -> None:
    project.test(f"@pytest.mark.flipsnack_codes({args}){BODY}")

    result = project.run("-v")

    ran = [line.split()[0] for line in result.outlines if " PASSED" in line]
    assert result.ret == 0
    assert ran == [f"test_acme.py::test_it[{code}]" for code in codes]


def test_the_argument_is_a_code(project: Project) -> None:
    project.test("""
        from pytest_flipsnack import Code
        @pytest.mark.flipsnack_codes(31)
        def test_it(flipsnack_code):
            assert flipsnack_code is Code.REQUESTS_PER_SECOND
    """)

    project.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    "source",
    [
        """
        @pytest.mark.flipsnack_codes("rate_limit")
        class TestIt:
            def test_it(self, flipsnack_code): pass
        """,
        """
        pytestmark = pytest.mark.flipsnack_codes("rate_limit")
        def test_it(flipsnack_code): pass
        """,
        """
        pytestmark = pytest.mark.flipsnack_codes("all")
        @pytest.mark.flipsnack_codes(31, 32)
        def test_it(flipsnack_code): pass
        """,
        """
        @pytest.fixture
        def stubbed(flipsnack, client, flipsnack_code):
            flipsnack.respond(flipsnack_code)
            return client.try_to_ask()
        @pytest.mark.flipsnack_codes("rate_limit")
        def test_it(stubbed): assert stubbed in {31, 32}
        """,
    ],
    ids=["class", "module", "closest", "argument of a fixture"],
)
def test_the_mark_may_stand_further_up(project: Project, source: str) -> None:
    project.test(source)

    project.run().assert_outcomes(passed=2)


def test_codes_multiply_with_other_parameters(project: Project) -> None:
    project.test("""
        @pytest.mark.parametrize("action", ["user.getStats", "collection.getList"])
        @pytest.mark.flipsnack_codes("rate_limit")
        def test_it(flipsnack, client, flipsnack_code, action):
            flipsnack.respond(flipsnack_code)
            with pytest.raises(acme.FlipsnackError):
                client.ask(action)
    """)

    project.run().assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            "99",
            "(99): 99 is not a Flipsnack status code; known codes: 20, 22, 30, 31, 32, 33, 34, 35, "
            "36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50",
        ),
        (
            "'uploads'",
            "('uploads'): 'uploads' is neither a status code nor a group; known groups: all, "
            "errors, retryable, permanent, rate_limit, upload, request, credentials, flipbook, "
            "server, deprecated, local",
        ),
        (
            "'all', without=37",
            "('all', without=37): 'without' is not an argument; allowed: exclude",
        ),
        ("", "(): no code is left; name codes or groups, as in flipsnack_codes('all')"),
        (
            "31, exclude='rate_limit'",
            "(31, exclude='rate_limit'): no code is left; name codes or groups, "
            "as in flipsnack_codes('all')",
        ),
    ],
)
def test_a_wrong_mark_stops_the_collection_and_says_why(
    project: Project, args: str, message: str
) -> None:
    project.test(f"@pytest.mark.flipsnack_codes({args})\ndef test_it(flipsnack_code): pass")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert result.ret == 2
    assert f"{SHOWN}{message}" in result.outlines


def test_a_test_without_the_argument_is_an_error(project: Project) -> None:
    project.test("@pytest.mark.flipsnack_codes('all')\ndef test_it(flipsnack): pass")

    result = project.run()

    assert result.ret == 2
    assert (
        f"{SHOWN}('all'): the test has no argument flipsnack_code to receive the code"
        in result.outlines
    )


def test_a_unittest_method_cannot_receive_codes_and_does_not_pass_in_silence(
    project: Project,
) -> None:
    project.test("""
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.mark.flipsnack_codes("all")
            def test_it(self): pass
    """)

    result = project.run()

    assert result.ret != 0
    lines = [line for line in result.outlines + result.errlines if "flipsnack_codes" in line]
    assert any("unittest" in line for line in lines)
