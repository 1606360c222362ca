"""The fixtures `flipsnack` and `flipsnack_context`: what they report, and when they keep quiet."""

from __future__ import annotations

import re

import pytest

from tests.downstream import Project


def failure_below(result: pytest.RunResult, title: str) -> list[str]:
    """Return the lines below a title such as `ERROR at teardown of test_it`."""
    (start,) = [n for n, line in enumerate(result.outlines) if line.strip("_ ") == title]
    lines = result.outlines[start + 1 :]
    return lines[: next(n for n, line in enumerate(lines) if line.startswith(("___", "===")))]


def test_an_answer_that_was_never_delivered_fails_the_teardown(project: Project) -> None:
    project.test(
        "def test_it(flipsnack, client):\n    flipsnack.respond(31, 50)\n    client.try_to_ask()"
    )

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert result.ret == 1
    lines = failure_below(result, "ERROR at teardown of test_it")
    assert [
        re.sub(r"t=\d+\.\d s", "t=0.0 s", line) for line in lines
    ] == [  # a busy machine is late
        "a declared answer was never delivered",
        "    declared: 50 Operation failed, at test_acme.py:4",
        "    requests: t=0.0 s user.getStats 31",
        "    way out:  let the client send the request, or declare fewer answers",
        "    more:     pytest-flipsnack explain not-delivered",
    ]


def test_an_answer_of_a_mark_that_was_never_delivered_names_the_mark(project: Project) -> None:
    project.test("@pytest.mark.flipsnack(31, 31)\ndef test_it(client): pass")

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert failure_below(result, "ERROR at teardown of test_it") == [
        "2 declared answers were never delivered",
        "    declared: 31 Requests per second limit exceeded, at @pytest.mark.flipsnack(31, 31)",
        "    declared: 31 Requests per second limit exceeded, at @pytest.mark.flipsnack(31, 31)",
        "    requests: none",
        "    way out:  let the test send a request, to the documented URL or to flipsnack.url, where the fake sees it, or take the mark off",
        "    more:     pytest-flipsnack explain not-delivered",
    ]


@pytest.mark.parametrize(
    ("body", "outcomes"),
    [
        ("assert 0", {"failed": 1}),
        ("pytest.skip('today')", {"skipped": 1}),
        ("pytest.xfail('today')", {"xfailed": 1}),
    ],
    ids=["failed", "skipped", "xfailed"],
)
def test_a_body_that_came_to_no_end_is_not_blamed_for_answers_left(
    project: Project, body: str, outcomes: dict[str, int]
) -> None:
    project.test(f"def test_it(flipsnack):\n    flipsnack.respond(31)\n    {body}")

    result = project.run()

    result.assert_outcomes(**outcomes)
    assert not any("never delivered" in line for line in result.outlines)


def test_a_setup_that_failed_is_not_blamed_for_answers_left(project: Project) -> None:
    project.test("""
        @pytest.fixture
        def broken(flipsnack):
            flipsnack.respond(31)
            raise OSError("broken")
        def test_it(broken): pass
    """)

    result = project.run()

    result.assert_outcomes(errors=1)
    assert not any("never delivered" in line for line in result.outlines)


def test_a_refusal_that_the_client_swallows_fails_the_teardown(project: Project) -> None:
    project.test(
        "def test_it(client):\n    client.secret = 'wrong'\n    assert client.try_to_ask() == 44"
    )

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert result.ret == 1
    assert failure_below(result, "ERROR at teardown of test_it")[0] == (
        "user.getStats was refused with 44 Invalid signature, and the test did not expect 44"
    )


REFUSED = "user.getStats was refused with 44 Invalid signature, and the test did not expect 44"


@pytest.mark.parametrize("style", ["auto", "line", "native", "no"])
def test_a_refusal_is_one_outcome_with_the_error_that_it_caused(
    merging: Project, style: str
) -> None:
    merging.test("def test_it(client):\n    client.secret = 'wrong'\n    client.ask()")

    result = merging.run(f"--tb={style}", "--show-capture=no", "-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"FAILED test_acme.py::test_it - *answered 44 ({REFUSED})"])
    if style in {"auto", "native"}:
        result.stdout.fnmatch_lines(
            ["*- Flipsnack -*", REFUSED, "    rule:     *", "    way out:  *"]
        )


def test_what_is_refused_after_the_body_failed_is_an_error_of_the_teardown(
    project: Project,
) -> None:
    project.hooks("""
        @pytest.fixture
        def ends(client):
            yield
            client.secret = "wrong"
            client.try_to_ask()
    """)
    project.test("def test_it(ends):\n    raise ValueError")

    result = project.run()

    result.assert_outcomes(failed=1, errors=1)
    assert failure_below(result, "ERROR at teardown of test_it")[0] == REFUSED


def test_a_failure_without_a_traceback_leaves_the_refusal_to_the_teardown(
    project: Project,
) -> None:
    project.test("""
        def test_it(client):
            client.secret = "wrong"
            client.try_to_ask()
            pytest.xfail("not yet")
    """)

    result = project.run()

    result.assert_outcomes(xfailed=1, errors=1)
    assert failure_below(result, "ERROR at teardown of test_it")[0] == REFUSED


def test_nothing_the_plugin_prints_shows_a_secret(project: Project) -> None:
    project.test("""
        def test_it(client):
            client.api_key = client.api_key[:-1] + "x"
            assert client.try_to_ask() == 41
    """)

    result = project.run("--flipsnack-report=term-missing", "--flipsnack-report=json")

    text = "\n".join([*result.outlines, *result.errlines, str(project.report())])
    result.assert_outcomes(passed=1, errors=1)
    assert "test-secret-8b1e4a06" not in text
    assert "test-api-key-5f2c91d7" not in text


def test_expect_makes_no_handler_show_what_libraries_log(project: Project) -> None:
    """httpx logs the signed URL at INFO, which nobody sees unless the level is lowered."""
    project.test("""
        import logging

        def test_it(flipsnack, client):
            logging.getLogger("acme").warning("about to ask")
            with flipsnack.expect(41, raises=acme.FlipsnackError):
                logging.getLogger("httpx").info("%s was asked", "GET")
                client.ask()
            assert 0
    """)

    result = project.run()

    result.assert_outcomes(failed=1)
    text = "\n".join(result.outlines)
    assert "about to ask" in text
    assert "GET was asked" not in text
    assert "test-secret-8b1e4a06" not in text


@pytest.mark.parametrize(
    ("given", "kind"),
    [("'onlykey'", "str"), ("('a', 'b', 'c')", "tuple"), ("{'a': 1, 'b': 2}", "dict")],
)
def test_credentials_of_another_shape_are_refused(project: Project, given: str, kind: str) -> None:
    project.test(f"""
        @pytest.fixture(scope="session")
        def flipsnack_credentials():
            return {given}
        def test_it(flipsnack): pass
        def test_context(flipsnack_context):
            with flipsnack_context(): pass
    """)

    result = project.run()

    result.assert_outcomes(errors=1, failed=1)
    told = (
        f"flipsnack_credentials: {kind} does not fit; the fixture must return two texts, "
        'as in ("key", "secret")'
    )
    assert sum(line.removeprefix("E").strip() == f"Failed: {told}" for line in result.outlines) + (
        sum(line == told for line in result.outlines)
    ) == len(("fixture", "block"))


def test_the_credentials_can_be_overridden(project: Project) -> None:
    project.test("""
        @pytest.fixture(scope="session")
        def flipsnack_credentials():
            return "our key", "our secret"
        def test_it(flipsnack, client, flipsnack_context):
            assert (client.api_key, client.secret) == ("our key", "our secret")
            client.ask()
        def test_context(flipsnack_context):
            with flipsnack_context() as flipsnack:
                acme.Client("our key", "our secret").ask()
    """)

    result = project.run()

    result.assert_outcomes(passed=2)


def test_the_context_works_under_hypothesis_and_its_hits_count(project: Project) -> None:
    pytest.importorskip("hypothesis")  # here, or the inner run imports it anew
    project.test("""
        from hypothesis import given, settings, strategies

        @settings(database=None, derandomize=True, max_examples=20)
        @given(code=strategies.sampled_from([31, 50]))
        def test_it(flipsnack_context, code):
            with flipsnack_context() as flipsnack:
                flipsnack.respond(code)
                client = acme.Client(flipsnack.api_key, flipsnack.secret)
                assert client.try_to_ask() == code
    """)

    plugin = ("-p", "_hypothesis_pytestplugin")

    result = project.run(*plugin, "-W", "error", "--flipsnack-report=json")

    codes = project.report()["codes"]
    result.assert_outcomes(passed=1)
    assert project.report()["verdict"]["exercised"] == [31, 50]
    assert codes["31"]["tests"] == codes["50"]["tests"] == 1
    assert 2 <= codes["31"]["deliveries"] + codes["50"]["deliveries"] <= 20


def test_the_context_fails_at_its_end_for_an_answer_left(project: Project) -> None:
    project.test("""
        def test_it(flipsnack_context):
            with pytest.raises(AssertionError) as caught:
                with flipsnack_context() as flipsnack:
                    flipsnack.respond(31)
            assert str(caught.value).splitlines() == [
                "a declared answer was never delivered",
                "    declared: 31 Requests per second limit exceeded, at test_acme.py:7",
                "    requests: none",
                "    way out:  let the test send a request, to the documented URL or to flipsnack.url, where the fake sees it, or declare none",
            ]
        def test_body(flipsnack_context):
            with pytest.raises(OSError, match="mine"):
                with flipsnack_context() as flipsnack:
                    flipsnack.respond(31)
                    raise OSError("mine")
    """)

    result = project.run()

    result.assert_outcomes(passed=2)


def test_hits_of_one_test_are_not_those_of_the_next(project: Project) -> None:
    project.test("""
        def test_fails(flipsnack, client):
            flipsnack.respond(31)
            client.ask()
        def test_passes(client):
            client.ask()
    """)

    result = project.run("--flipsnack-report=json")

    result.assert_outcomes(failed=1, passed=1)
    assert project.report()["verdict"]["exercised"] == [20]


def test_requests_in_setup_and_teardown_count_for_their_test(project: Project) -> None:
    project.test("""
        @pytest.fixture
        def around(flipsnack, client):
            flipsnack.respond(31, 32, 50)
            client.try_to_ask()
            yield
            client.try_to_ask()
        def test_it(around, client):
            client.try_to_ask()
    """)

    result = project.run("--flipsnack-report=json")

    result.assert_outcomes(passed=1)
    assert project.report()["verdict"]["exercised"] == [31, 32, 50]


def test_an_error_that_cannot_be_printed_fails_its_test_and_nothing_else(
    project: Project,
) -> None:
    project.test(
        """
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError("no text")

        def test_mute(flipsnack, client):
            client.secret = "another"
            try:
                client.ask()
            except acme.FlipsnackError:
                pass
            raise Mute

        def test_other(client):
            client.ask()
        """
    )
    result = project.run()
    assert result.ret == 1
    assert result.parseoutcomes() == {"failed": 1, "passed": 1}
    result.stdout.fnmatch_lines(["user.getStats was refused with 44*"])
