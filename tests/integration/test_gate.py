"""What the gate says, and what it makes of the exit status."""

from __future__ import annotations

import pytest

from tests.downstream import BUT_50, MISSING_50, TESTS, Project, gate_line

HUNDRED = "--flipsnack-fail-under=100"
NO_DATA = (
    "no passing test delivered a code; 0 of 19 codes exercised, 100 % required; missing: 20, 22, "
)


def test_every_code_exercised_passes(merging: Project) -> None:
    merging.write("test_acme.py", TESTS)

    result = merging.run(HUNDRED)

    result.assert_outcomes(passed=19)
    assert result.ret == 0
    assert gate_line(result) == "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required"


def test_18_of_19_fail_at_100_and_the_missing_code_is_named(merging: Project) -> None:
    merging.write("test_acme.py", BUT_50)

    result = merging.run(HUNDRED)

    result.assert_outcomes(passed=18)
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"
    assert gate_line(result) in result.outlines[-2], "the line before the totals"


def test_the_last_line_of_a_failed_gate_is_red(project: Project) -> None:
    project.write("test_acme.py", BUT_50)

    result = project.run(HUNDRED, "--color=yes")

    (line,) = [line for line in result.outlines if "Flipsnack gate" in line]
    assert line.startswith("\x1b[31m!")
    assert result.ret == 1


def test_every_test_skipped_fails_the_gate(merging: Project) -> None:
    merging.write("test_acme.py", TESTS + "\npytestmark = pytest.mark.skip(reason='today')\n")

    result = merging.run(HUNDRED)

    result.assert_outcomes(skipped=19)
    assert result.ret == 1
    assert gate_line(result).startswith(f"Flipsnack gate failed: {NO_DATA}")


def test_no_test_that_uses_the_fixture_fails_the_gate_also_at_0(merging: Project) -> None:
    merging.test("def test_sum(): assert 1 + 1 == 2")

    result = merging.run("--flipsnack-fail-under=0")

    result.assert_outcomes(passed=1)
    assert result.ret == 1
    assert gate_line(result).startswith(
        "Flipsnack gate failed: no passing test delivered a code; 0 of 19"
    )


@pytest.mark.parametrize(
    "source",
    [
        "def test_it(client): client.ask(); pytest.skip('late')",
        "@pytest.mark.xfail\ndef test_it(client): client.ask(); assert False",
        "@pytest.mark.xfail\ndef test_it(client): client.ask()",
        "def test_it(client): client.ask(); assert False",
        "@pytest.fixture\ndef late():\n    yield\n    assert False\n"
        "def test_it(late, client): client.ask()",
        "@pytest.fixture\ndef early(client):\n    client.ask()\n    assert False\n"
        "def test_it(early): pass",
    ],
    ids=["skipped", "xfailed", "xpassed", "failed", "failed in teardown", "failed in setup"],
)
def test_a_test_that_did_not_pass_counts_for_nothing(project: Project, source: str) -> None:
    project.test(source)

    result = project.run(HUNDRED)

    assert result.ret == 1
    assert NO_DATA in gate_line(result)


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_a_failed_subtest_spoils_its_test(merging: Project) -> None:
    merging.test("""
        def test_it(client, subtests):
            client.ask()
            with subtests.test("one"):
                assert False
            with subtests.test("two"):
                pass
    """)

    result = merging.run(HUNDRED)

    assert result.ret == 1
    assert gate_line(result).startswith(f"Flipsnack gate failed: {NO_DATA}")


def test_only_the_last_attempt_of_a_rerun_counts(merging: Project) -> None:
    merging.test("""
        import pathlib
        def test_it(flipsnack, client):
            first = not pathlib.Path("been").exists()
            pathlib.Path("been").touch()
            flipsnack.respond(31 if first else 50)
            assert client.try_to_ask() == 50
    """)

    result = merging.run("-p", "rerunfailures", "--reruns=1", "--flipsnack-report=json")

    assert "1 passed, 1 rerun in" in result.outlines[-1]
    assert result.ret == 0
    assert merging.report()["verdict"]["exercised"] == [50]


def test_a_failing_test_stays_the_reason_of_the_exit_status(project: Project) -> None:
    project.write("test_acme.py", BUT_50 + "\ndef test_broken(): assert 0\n")

    result = project.run(HUNDRED)

    result.assert_outcomes(passed=18, failed=1)
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


def test_a_missing_required_code_fails_the_gate_under_a_threshold_that_is_met(
    project: Project,
) -> None:
    project.write("test_acme.py", BUT_50)
    project.ini("flipsnack_fail_under = 90", "flipsnack_require = rate_limit 50")

    result = project.run()

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate failed: required but not exercised: 50 Operation failed; "
        "18 of 19 codes exercised, 90 % required; missing: 50 Operation failed"
    )


def test_an_excluded_code_is_not_demanded(project: Project) -> None:
    project.write("test_acme.py", BUT_50)
    project.ini("flipsnack_fail_under = 100", "flipsnack_exclude =", "  50: our proxy hides it")

    result = project.run("--flipsnack-report=term")

    assert result.ret == 0
    assert gate_line(result) == "Flipsnack gate passed: 18 of 18 codes exercised, 100 % required"
    result.stdout.fnmatch_lines(
        ["  50  Operation failed * 0      0         0", "  50  (our proxy hides it)"]
    )


def test_a_deprecated_code_is_demanded_when_asked_for(project: Project) -> None:
    project.write("test_acme.py", TESTS)
    project.ini("flipsnack_fail_under = 100", "flipsnack_require = deprecated")

    result = project.run()

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate failed: required but not exercised: 37 Delete flipbook not available for "
        "this flipbook; 19 of 20 codes exercised, 100 % required; "
        "missing: 37 Delete flipbook not available for this flipbook"
    )


def test_without_a_terminal_the_gate_fails_and_says_so_on_stderr(merging: Project) -> None:
    merging.write("test_acme.py", BUT_50)

    result = merging.run(HUNDRED, "-p", "no:terminal")

    assert result.ret == 1
    assert result.stderr.lines == [f"Flipsnack gate failed: {MISSING_50}"]


def test_without_a_terminal_a_gate_that_passes_says_nothing(project: Project) -> None:
    project.write("test_acme.py", TESTS)

    result = project.run(HUNDRED, "-p", "no:terminal", "--flipsnack-report=term")

    assert result.ret == 0
    assert (result.outlines, result.errlines) == ([], [])


def test_without_a_summary_the_gate_fails_all_the_same(project: Project) -> None:
    project.write("test_acme.py", BUT_50)

    result = project.run(HUNDRED, "--no-summary", "-q")

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"
