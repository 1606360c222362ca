"""The marker `flipsnack`: where it may stand, what it declares, what a wrong one says."""

from __future__ import annotations

import pytest

from tests.downstream import Project

SHOWN = "@pytest.mark.flipsnack"
KNOWN_CODES = "20, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50"


@pytest.mark.parametrize(
    "source",
    [
        """
        @pytest.mark.flipsnack(31, 50)
        def test_it(client):
            assert [client.try_to_ask(), client.try_to_ask()] == [31, 50]
        """,
        """
        @pytest.mark.flipsnack(31)
        @pytest.mark.flipsnack(50)
        def test_it(client):
            assert [client.try_to_ask(), client.try_to_ask()] == [31, 50]
        """,
        """
        @pytest.mark.flipsnack(31)
        class TestIt:
            def test_it(self, client):
                assert client.try_to_ask() == 31
        """,
        """
        class TestIt:
            pytestmark = pytest.mark.flipsnack(31)
            def test_it(self, client):
                assert client.try_to_ask() == 31
        """,
        """
        pytestmark = pytest.mark.flipsnack(31)
        def test_it(client):
            assert client.try_to_ask() == 31
        """,
        """
        pytestmark = [pytest.mark.flipsnack(31), pytest.mark.flipsnack(50)]
        def test_it(client):
            assert [client.try_to_ask(), client.try_to_ask()] == [31, 50]
        """,
        """
        pytestmark = pytest.mark.flipsnack(50)
        @pytest.mark.flipsnack(41)
        class TestIt:
            @pytest.mark.flipsnack(31)
            def test_it(self, client):
                assert [client.try_to_ask(), client.try_to_ask()] == [31, 20]
        """,
        """
        @pytest.mark.flipsnack(20, action="user.getStats", data={
            "impressions": 1, "views": 2, "time_spent": 3, "downloads": 4, "api_uploads_left": 5})
        def test_it(client):
            client.ask("collection.getList")
            assert client.ask("user.getStats")["views"] == 2
        """,
        """
        @pytest.mark.usefixtures("flipsnack")
        @pytest.mark.flipsnack(31)
        def test_it(flipsnack_credentials):
            assert acme.Client(*flipsnack_credentials).try_to_ask() == 31
        """,
        """
        @pytest.mark.flipsnack(31)
        def test_it(flipsnack_credentials):
            assert acme.Client(*flipsnack_credentials).try_to_ask() == 31
        """,
        """
        @pytest.fixture
        def asked(flipsnack_credentials):
            return acme.Client(*flipsnack_credentials).try_to_ask()
        @pytest.mark.flipsnack(31)
        def test_it(asked):
            assert asked == 31
        """,
        """
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.mark.flipsnack(31)
            def test_it(self):
                client = acme.Client("test-api-key-5f2c91d7", "test-secret-8b1e4a06")
                self.assertEqual(client.try_to_ask(), 31)
        """,
    ],
    ids=[
        "function",
        "stacked, read top down",
        "class",
        "class variable",
        "module",
        "module list, read left to right",
        "closest only",
        "action and data",
        "usefixtures",
        "a test that never names the fixture",
        "a fixture asks in setup and never names the fixture",
        "unittest",
    ],
)
def test_a_mark_stubs_wherever_it_stands(project: Project, source: str) -> None:
    project.test(source)

    result = project.run("-W", "error", "--strict-markers")

    result.assert_outcomes(passed=1)
    assert result.ret == 0


@pytest.mark.parametrize(("plugin", "mark"), [("asyncio", "asyncio"), ("anyio", "anyio")])
def test_a_mark_stubs_for_an_async_test(project: Project, plugin: str, mark: str) -> None:
    module = {"asyncio": "pytest_asyncio.plugin", "anyio": "anyio.pytest_plugin"}[plugin]
    project.ini(*(["asyncio_default_fixture_loop_scope = function"] if plugin == "asyncio" else []))
    project.test(f"""
        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.{mark}
        @pytest.mark.flipsnack(31)
        async def test_it(client):
            assert client.try_to_ask() == 31

        @pytest.mark.{mark}
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        async def test_raises(client):
            client.ask()

        @pytest.mark.{mark}
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        async def test_swallows(client):
            client.try_to_ask()

        @pytest.mark.{mark}
        @pytest.mark.flipsnack_codes("rate_limit")
        async def test_codes(flipsnack, client, flipsnack_code):
            flipsnack.respond(flipsnack_code)
            assert client.try_to_ask() == flipsnack_code
    """)

    result = project.run("-p", module)

    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["FAILED test_acme.py::test_swallows*"])


def test_a_parameters_mark_stubs_for_that_parameter_alone(project: Project) -> None:
    project.test("""
        @pytest.mark.parametrize("expected", [
            pytest.param(31, marks=pytest.mark.flipsnack(31)),
            20,
            pytest.param(50, marks=[pytest.mark.flipsnack(50)]),
        ])
        def test_it(client, expected):
            assert client.try_to_ask() == expected

        @pytest.mark.parametrize("marked", [pytest.param(True, marks=pytest.mark.flipsnack(20)), False])
        def test_not_named(request, flipsnack_credentials, marked):
            if marked:
                acme.Client(*flipsnack_credentials).ask()
            assert ("flipsnack" in request.node.fixturenames) is marked
    """)

    result = project.run()

    result.assert_outcomes(passed=5)


def test_the_marks_are_registered(project: Project) -> None:
    result = project.run("--markers")

    names = [line for line in result.outlines if line.startswith("@pytest.mark.flipsnack")]
    assert result.ret == 0
    assert len(names) == 3
    assert names[0].startswith("@pytest.mark.flipsnack(*codes, action=None, data=None, raises=None")
    assert names[1] == (
        "@pytest.mark.flipsnack_live: run the test against the real Flipsnack, with "
        "--flipsnack-live only"
    )
    assert names[2] == (
        "@pytest.mark.flipsnack_codes(*codes_or_groups, exclude=()): run the test once per code, "
        "as the argument flipsnack_code"
    )


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("99", f"(99): 99 is not a Flipsnack status code; known codes: {KNOWN_CODES}"),
        ("'31'", "('31'): '31' is text; write 31 without quotes"),
        ("True", f"(True): True is not a Flipsnack status code; known codes: {KNOWN_CODES}"),
        ("", "(): respond() needs at least one status code, as in respond(31, 20)"),
        (
            "31, data={'views': 1}",
            "(31, data={'views': 1}): data comes with code 20 only; Flipsnack leaves it out of "
            "every error (API reference)",
        ),
        (
            "41, raises='AuthError'",
            "(41, raises='AuthError'): raises must be an exception class or a tuple, not 'AuthError'",
        ),
        ("41, raises=()", "(41, raises=()): raises must be an exception class or a tuple, not ()"),
    ],
)
def test_a_wrong_mark_fails_the_setup_and_says_why(
    project: Project, mark: str, message: str
) -> None:
    project.test(f"@pytest.mark.flipsnack({mark})\ndef test_it(client): client.ask()")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert result.ret == 1
    assert f"{SHOWN}{message}" in result.outlines
    assert not any("Traceback" in line or "marks.py" in line for line in result.outlines)


def test_an_argument_of_no_such_name_is_an_error_that_lists_those_there_are(
    project: Project,
) -> None:
    project.test("@pytest.mark.flipsnack(31, raise_=OSError)\ndef test_it(client): client.ask()")

    result = project.run()

    result.assert_outcomes(errors=1)
    (line,) = [line for line in result.outlines if line.startswith(SHOWN)]
    assert line.startswith(
        f"{SHOWN}(31, raise_=OSError): 'raise_' is not an argument; allowed: action, data, raises"
    )


def test_an_action_that_does_not_exist_is_an_error(project: Project) -> None:
    project.test("@pytest.mark.flipsnack(31, action='collection.list')\ndef test_it(client): pass")

    result = project.run()

    result.assert_outcomes(errors=1)
    (line,) = [line for line in result.outlines if line.startswith(SHOWN)]
    assert line.startswith(f"{SHOWN}(31, action='collection.list'): 'collection.list' is not ")
    assert "collection.getList" in line
