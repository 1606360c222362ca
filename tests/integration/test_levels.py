"""Exercised or asserted: what a test must do with a code, and what the gate demands of it."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from pytest_flipsnack.coverage.reports.json import schema
from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import DEMANDED, Project, gate_line

JSON = "--flipsnack-report=json"
ASSERTED = ("--flipsnack-level=asserted", "--flipsnack-fail-under=100")
EVERY_CODE = f"""
    @pytest.mark.parametrize("code", {DEMANDED})
    def test_code(flipsnack, client, code):
        if code == 20:
            with flipsnack.expect(20):
                client.ask()
        else:
            with flipsnack.expect(code, raises=acme.FlipsnackError):
                client.ask()
"""


def levels(project: Project) -> dict[str, Any]:
    """Return the level of each code that was delivered."""
    report = project.report()
    jsonschema.validate(report, schema())
    return {code: row["level"] for code, row in report["codes"].items() if row["level"]}


def test_a_test_that_asserts_nothing_of_ours_only_exercises(merging: Project) -> None:
    merging.test("""
        def test_stub(flipsnack, client):
            flipsnack.respond(31)
            client.try_to_ask()

        @pytest.mark.flipsnack(50)
        def test_mark(client):
            client.try_to_ask()
    """)

    result = merging.run(JSON)

    assert result.ret == 0
    assert levels(merging) == {"31": "exercised", "50": "exercised"}


def test_expect_and_a_mark_that_asserts_reach_the_higher_level(merging: Project) -> None:
    merging.test("""
        def test_expect(flipsnack, client):
            with flipsnack.expect(31, raises=acme.FlipsnackError):
                client.ask()

        def test_expect_in_raises(flipsnack, client):
            with pytest.raises(acme.FlipsnackError), flipsnack.expect(32):
                client.ask()

        @pytest.mark.flipsnack(50, raises=acme.FlipsnackError)
        def test_raises(client):
            client.ask()

        def test_returns(flipsnack, client):
            with flipsnack.expect(41, returns=41) as seen:
                seen.value = client.try_to_ask()

        def test_both(flipsnack, client):
            client.ask()
            with flipsnack.expect(22, raises=acme.FlipsnackError):
                client.ask()
    """)

    result = merging.run(JSON)

    found = levels(merging)
    assert result.ret == 0
    assert found.pop("20") == "exercised"
    assert found == dict.fromkeys(["22", "31", "32", "41", "50"], "asserted")
    codes = merging.report()["codes"]
    assert (codes["31"]["tests"], codes["31"]["asserting_tests"]) == (1, 1)


def test_a_contract_asserts_every_code(merging: Project) -> None:
    merging.test(ADAPTER)

    result = merging.run(*ASSERTED, JSON)

    found = levels(merging)
    assert result.ret == 0, result.stdout.str()
    assert {found[str(code)] for code in DEMANDED} == {"asserted"}
    assert gate_line(result) == "Flipsnack gate passed: 19 of 19 codes asserted, 100 % required"


def test_a_gate_that_demands_asserting_names_what_is_exercised_only(merging: Project) -> None:
    merging.test(
        EVERY_CODE.replace("31, ", "")
        + """
    def test_stub(flipsnack, client):
        flipsnack.respond(31)
        client.try_to_ask()
    """
    )
    merging.ini("flipsnack_level = asserted", "flipsnack_fail_under = 100")

    result = merging.run("--flipsnack-report=term-missing", JSON)

    line = (
        "18 of 19 codes asserted, 100 % required; missing: 31 Requests per second limit exceeded; "
        "exercised only: 31"
    )
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {line}"
    assert merging.report()["verdict"]["line"] == line
    assert "exercised only: 31 Requests per second limit exceeded" in result.outlines
    totals = "19 of 19 codes exercised (100 %), 18 of 19 codes asserted (94.7 %)"
    assert totals in result.outlines
    assert merging.run("--flipsnack-level=exercised").ret == 0


def test_a_test_that_failed_or_was_expected_to_counts_for_neither_level(merging: Project) -> None:
    expects = "with flipsnack.expect({}, raises=acme.FlipsnackError): client.ask()"
    merging.test(f"""
        def test_failed(flipsnack, client):
            {expects.format(31)}
            assert False

        @pytest.mark.xfail
        def test_xfailed(flipsnack, client):
            {expects.format(32)}
            assert False

        def test_passed(flipsnack, client):
            {expects.format(50)}
    """)

    result = merging.run(JSON)

    result.assert_outcomes(passed=1, failed=1, xfailed=1)
    assert levels(merging) == {"50": "asserted"}


def test_a_green_gate_beside_failed_tests_says_so_in_its_line(merging: Project) -> None:
    merging.test(EVERY_CODE + "\n    def test_broken(): assert False\n")

    result = merging.run(*ASSERTED)

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate passed: 19 of 19 codes asserted, 100 % required; 1 failed beside it"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            "--flipsnack-level=checked",
            "'checked' is not a level; allowed: exercised, asserted, verified",
        ),
        ("--flipsnack-cells-fail-under=x", "'x' is not a percentage from 0 to 100"),
    ],
)
def test_a_flag_with_a_wrong_value_is_a_usage_error(
    project: Project, given: str, message: str
) -> None:
    result = project.run(given)

    flag = given.partition("=")[0]
    assert result.ret == 4
    assert result.errlines[1].endswith(f": error: argument {flag}: {message}")


def test_a_level_of_the_file_that_does_not_exist_is_a_usage_error(project: Project) -> None:
    project.ini("flipsnack_level = checked")

    result = project.run()

    assert result.ret == 4
    line = (
        "ERROR: flipsnack_level: 'checked' is not a level; allowed: exercised, asserted, verified"
    )
    assert line in result.errlines
