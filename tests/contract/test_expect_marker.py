"""`raises` of the marker holds the body of a test to the whole contract."""

from __future__ import annotations

import pytest

from tests.downstream import Project


def test_a_body_that_raises_what_the_mark_says_passes(merging: Project) -> None:
    merging.test(
        """
        @pytest.mark.flipsnack(50, 41, raises=acme.FlipsnackError)
        def test_auth(client):
            try:
                client.ask()
            except acme.FlipsnackError:
                client.ask()
        """
    )
    result = merging.run()
    assert result.ret == 1  # it retries at once after 50
    result.stdout.fnmatch_lines(["user.getStats answered 50 and the client retried after 0.0 s"])
    merging.test(
        """
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError, action="user.getStats")
        def test_auth(client):
            client.ask()
        """
    )
    result = merging.run()
    assert result.ret == 0
    result.assert_outcomes(passed=1)


def test_a_body_that_does_not_raise_fails_with_the_timeline(merging: Project) -> None:
    merging.test(
        """
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        def test_auth(client):
            client.try_to_ask()
        """
    )
    result = merging.run()
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "the client raised nothing after 41 Invalid credentials",
            "    allowed: it raises FlipsnackError",
            "    seen:    t=0.0 s 41",
        ]
    )


def test_an_assertion_of_the_body_stays_the_bodys_own(project: Project) -> None:
    project.test(
        """
        @pytest.mark.flipsnack(41, raises=AssertionError)
        def test_own(client):
            code = client.try_to_ask()
            assert code == 20, f"it is {code}"

        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        def test_other(client):
            assert client.try_to_ask() == 20
        """
    )
    result = project.run()
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["the client raised AssertionError after 41 Invalid credentials"])


def test_an_assertion_after_a_refusal_stays_the_bodys_own(project: Project) -> None:
    project.test(
        """
        @pytest.mark.flipsnack(50, raises=acme.FlipsnackError)
        def test_refused(flipsnack, client):
            flipsnack.allow(44)
            client.secret = "another"
            assert client.try_to_ask() == 50
        """
    )
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*assert 44 == 50"])


@pytest.mark.parametrize("plugin", ["pytest_asyncio.plugin", "anyio.pytest_plugin"])
def test_async_bodies_are_held_to_it_as_well(project: Project, plugin: str) -> None:
    mark = "asyncio" if "asyncio" in plugin else "anyio"
    project.test(
        f"""
        @pytest.mark.{mark}
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        async def test_good(client):
            client.ask()

        @pytest.mark.{mark}
        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        async def test_bad(client):
            client.try_to_ask()
        """
    )
    flags = ["-p", plugin, "-k", "trio or asyncio or test"]
    if mark == "asyncio":
        flags += ["-o", "asyncio_default_fixture_loop_scope=function"]
    result = project.run(*flags)
    assert result.ret == 1
    outcomes = result.parseoutcomes()
    assert outcomes["passed"] == outcomes["failed"] > 0
    result.stdout.fnmatch_lines(["the client raised nothing after 41 Invalid credentials"])


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        ("41, raises=3", "@pytest.mark.flipsnack(41, raises=3): raises must be an exception class or a tuple, not 3"),
        ("41, retries=3", "@pytest.mark.flipsnack(41, retries=3): retries goes with raises, the exception the client ends with"),
        (
            "20, data={'views': 1}, raises=KeyError",
            "@pytest.mark.flipsnack(20, data={'views': 1}, raises=KeyError): data goes with code 20, and 20 raises nothing; leave data or raises out",
        ),
    ],
)  # fmt: skip
def test_a_wrong_mark_is_an_error_at_setup(project: Project, mark: str, text: str) -> None:
    project.test(f"@pytest.mark.flipsnack({mark})\ndef test_x(client):\n    client.ask()\n")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([text])


def test_unittest_is_told_the_other_way(project: Project) -> None:
    project.test(
        """
        import unittest

        class TestCase(unittest.TestCase):
            @pytest.mark.flipsnack(41, raises=KeyError)
            def test_x(self):
                pass
        """
    )
    result = project.run()
    result.stdout.fnmatch_lines(["*raises needs a test function; in unittest use flipsnack.expect"])
