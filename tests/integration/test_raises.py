"""A mark with `raises` holds the body of the test to it, both ways."""

from __future__ import annotations

import pytest

from tests.downstream import Project

MARK = "@pytest.mark.flipsnack(41, raises=acme.FlipsnackError)\n"
HERE = MARK.replace("(41,", "(41, action='user.getStats',")


def failure(result: pytest.RunResult) -> list[str]:
    """Return the lines below the first failure's title."""
    titles = [number for number, line in enumerate(result.outlines) if line.startswith("____")]
    lines = result.outlines[titles[0] + 1 :]
    return lines[: next(number for number, line in enumerate(lines) if line.startswith("===="))]


@pytest.mark.parametrize(
    "mark",
    [
        "41, raises=acme.FlipsnackError",
        "41, raises=(OSError, acme.FlipsnackError)",
        "41, action='user.getStats', raises=acme.FlipsnackError",
        "41, raises=Exception",
        "41, raises=None",
    ],
)
def test_a_body_that_raises_it_passes(project: Project, mark: str) -> None:
    swallow = "client.try_to_ask()" if "None" in mark else "client.ask()"
    project.test(f"@pytest.mark.flipsnack({mark})\ndef test_it(client): {swallow}")

    result = project.run("--flipsnack-report=json")

    result.assert_outcomes(passed=1)
    assert project.report()["verdict"]["exercised"] == [41]


def test_a_body_that_raises_nothing_fails(project: Project) -> None:
    project.test(f"{MARK}def test_it(client): client.try_to_ask()")

    result = project.run()

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert failure(result) == [
        "the client raised nothing after 41 Invalid credentials",
        "    allowed: it raises FlipsnackError",
        "    seen:    t=0.0 s 41",
        "    more:    pytest-flipsnack explain not-raised",
    ]


def test_a_body_that_raises_something_else_fails_and_shows_it(project: Project) -> None:
    project.test(f"{MARK}def test_it(client):\n    client.try_to_ask()\n    raise OSError('other')")

    result = project.run()

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert failure(result)[0] == "the client raised OSError after 41 Invalid credentials"


def test_a_body_that_never_asks_fails(project: Project) -> None:
    project.test(f"{MARK}def test_it(client): raise acme.FlipsnackError(41)")

    result = project.run()

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert failure(result) == [
        "41 was never delivered",
        "    allowed: a request inside the block",
        "    seen:    no request",
        "    more:    pytest-flipsnack explain never-delivered",
    ]


@pytest.mark.parametrize(
    "marks",
    [
        HERE + "@pytest.mark.flipsnack(20, action='collection.getList')\n",
        "@pytest.mark.flipsnack(20, action='collection.getList')\n" + HERE,
    ],
    ids=["above", "below"],
)
def test_one_of_two_stacked_marks_may_have_it(project: Project, marks: str) -> None:
    project.test(f"""
{marks}def test_raises(client):
    client.ask("collection.getList")
    client.ask()

{marks}def test_swallows(client):
    client.ask("collection.getList")
    client.try_to_ask()
""")

    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["FAILED test_acme.py::test_swallows*"])


def test_two_marks_with_raises_are_an_error(project: Project) -> None:
    project.test(f"{MARK}{MARK}def test_it(client): client.ask()")

    result = project.run()

    result.assert_outcomes(errors=1)
    assert any(
        line.endswith("one mark with raises is enough for a test; write another test")
        for line in result.outlines
    )


def test_a_skip_in_the_body_stays_a_skip(project: Project) -> None:
    project.test(f"{MARK}def test_it(client): pytest.skip('today')")

    result = project.run()

    result.assert_outcomes(skipped=1)
    assert result.ret == 0


def test_an_interrupt_in_the_body_stays_one(project: Project) -> None:
    project.test(f"{MARK}def test_it(client): raise KeyboardInterrupt")

    assert project.run().ret == 2


def test_an_expected_failure_stays_one(project: Project) -> None:
    project.test(f"@pytest.mark.xfail\n{MARK}def test_it(client): client.try_to_ask()")

    result = project.run()

    result.assert_outcomes(xfailed=1)
    assert result.ret == 0


def test_in_unittest_it_is_an_error(project: Project) -> None:
    project.test("""
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.mark.flipsnack(41, raises=OSError)
            def test_it(self): pass
    """)

    result = project.run()

    result.assert_outcomes(errors=1)
    (line,) = [line for line in result.outlines if line.startswith("@pytest.mark.flipsnack(")]
    assert "raises needs a test function; in unittest use flipsnack." in line


def test_a_test_that_fails_by_raises_counts_for_nothing(project: Project) -> None:
    project.test(f"""
{MARK}def test_swallows(client): client.try_to_ask()
{MARK}def test_raises(client): client.ask()
@pytest.mark.flipsnack(50)
def test_other(client): assert client.try_to_ask() == 50
""")

    result = project.run("--flipsnack-report=json")

    result.assert_outcomes(passed=2, failed=1)
    assert project.report()["codes"]["41"]["tests"] == 1
    assert project.report()["verdict"]["exercised"] == [41, 50]


def test_an_expectation_that_is_no_block_is_named_below_the_error_that_it_caused(
    project: Project,
) -> None:
    project.test("""
        def test_it(flipsnack, client):
            flipsnack.expect(41, raises=acme.FlipsnackError)
            with pytest.raises(acme.FlipsnackError):
                client.ask()
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*Failed: DID NOT RAISE *",
            "flipsnack.expect(41) at test_acme.py:5 is not a block, and asserted nothing",
            "    way out: write with flipsnack.expect(41): and the call below",
            "    more:    pytest-flipsnack explain not-a-block",
        ]
    )
