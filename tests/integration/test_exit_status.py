"""The gate raises the exit status from 0, and leaves every other as it is."""

from __future__ import annotations

import pytest

from tests.downstream import TESTS, Project, gate_line

HUNDRED = "--flipsnack-fail-under=100"


@pytest.mark.parametrize(
    ("source", "args", "expected"),
    [
        ("def test_it(): raise KeyboardInterrupt", (), 2),
        ("import nothing_of_that_name", (), 2),
        ("def test_it(): pytest.exit('enough', returncode=7)", (), 7),
        ("def test_it(): pass", ("no_such_file.py",), 4),
        ("def test_it(): pass", ("--no-such-flag",), 4),
        ("", (), 5),
        ("def test_it(): pass", ("-k", "other"), 5),
    ],
    ids=[
        "interrupted",
        "collection error",
        "exit",
        "no such file",
        "no such flag",
        "no tests",
        "all deselected",
    ],
)
def test_the_gate_leaves_an_exit_status_of_another_reason(
    project: Project, source: str, args: tuple[str, ...], expected: int
) -> None:
    project.test(source)

    without = project.run(*args)
    result = project.run(HUNDRED, *args)

    assert (without.ret, result.ret) == (expected, expected)


def test_an_internal_error_stays_one(project: Project) -> None:
    project.write("test_acme.py", TESTS)
    project.hooks("def pytest_runtest_logreport():\n    raise RuntimeError('broken')")

    result = project.run(HUNDRED)

    assert result.ret == 3


def test_an_interrupted_run_is_told_by_the_gate_as_well(project: Project) -> None:
    project.write("test_acme.py", TESTS + "\ndef test_last(): raise KeyboardInterrupt\n")

    result = project.run(HUNDRED)

    assert result.ret == 2
    assert gate_line(result) == (
        "Flipsnack gate failed: the run stopped early (KeyboardInterrupt); "
        "19 of 19 codes exercised, 100 % required"
    )


def test_two_workers_that_collect_nothing_stay_without_tests(pytester: pytest.Pytester) -> None:
    project = Project(pytester, ("-p", "xdist", "-n2"))
    project.test("")

    result = project.run(HUNDRED)

    assert result.ret == 5


@pytest.mark.parametrize("flag", ["--collect-only", "--fixtures", "--markers", "--version"])
def test_a_run_that_runs_no_test_has_no_gate(project: Project, flag: str) -> None:
    project.write("test_acme.py", TESTS)

    result = project.run(HUNDRED, "--flipsnack-report=json", flag)

    assert result.ret == 0
    assert gate_line(result) == ""
    assert not (project.path / "flipsnack-coverage.json").exists()


def test_a_run_stopped_at_the_first_failure_keeps_its_exit_status(project: Project) -> None:
    project.test("def test_a(client): client.ask(); assert 0\ndef test_b(client): client.ask()")

    result = project.run(HUNDRED, "-x")

    result.assert_outcomes(failed=1)
    assert result.ret == 1
    assert "Flipsnack gate failed: " in gate_line(result)
