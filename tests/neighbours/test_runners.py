"""Plugins that change how tests are run: each test counts once, as often as it is run."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.downstream import MISSING_50, TESTS, Project, gate_line

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]
BUT_50 = TESTS.replace(", 50]", "]")


@pytest.mark.parametrize(
    "flags",
    [
        ("-p", "xdist", "-n2"),
        ("-p", "pytest_randomly"),
        ("-p", "pytest_randomly", "-p", "xdist", "-n2"),
        ("-p", "pytest_timeout", "--timeout=60"),
        ("-p", "pytest_rerunfailures", "--reruns=2"),
    ],
    ids=["xdist", "randomly", "randomly and xdist", "timeout", "rerunfailures"],
)
def test_the_gate_counts_alike(project: Project, run: Run, flags: tuple[str, ...]) -> None:
    project.write("test_acme.py", BUT_50)

    result = run(*flags, "--flipsnack-fail-under=100")

    result.assert_outcomes(passed=18)
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


def test_of_several_attempts_the_last_one_counts(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test("""
        tried = []

        def test_flaky(flipsnack, client):
            tried.append(1)
            flipsnack.respond(31 if len(tried) == 1 else 41)
            code = client.try_to_ask()
            assert len(tried) == 2

        def test_hopeless(flipsnack, client):
            flipsnack.respond(50)
            assert client.try_to_ask() == 20
    """)

    result = run("-p", "pytest_rerunfailures", "--reruns=1")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*1 failed, 1 passed, 2 rerun*"])
    assert delivered() == {41: 1}


def test_pytest_cov_measures_the_client_beside_us(project: Project, delivered: Delivered) -> None:
    project.test("""
        def test_one(flipsnack, client):
            flipsnack.respond(31)
            assert client.try_to_ask() == 31
    """)

    result = project.run_apart(
        "-p",
        "pytest_flipsnack",
        "--flipsnack-report=json",
        "-p",
        "pytest_cov",
        "--cov=acme",
        "--cov-report=term",
    )

    result.assert_outcomes(passed=1)
    assert any(re.match(r"acme\.py +\d+ +\d+ +\d+%", line) for line in result.outlines)
    assert delivered() == {31: 1}


def test_a_test_that_times_out_counts_for_nothing_and_the_next_is_well(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test("""
        import time

        @pytest.mark.timeout(0.5, func_only=True)
        def test_slow(flipsnack, client):
            flipsnack.respond(31)
            client.try_to_ask()
            time.sleep(20)

        def test_next(flipsnack, client):
            flipsnack.respond(41)
            assert client.try_to_ask() == 41
    """)

    result = run("-p", "pytest_timeout", "--timeout-method=signal")

    result.assert_outcomes(passed=1, failed=1)
    assert delivered() == {41: 1}


def test_each_worker_has_a_server_of_its_own(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test("""
        import urllib.request

        @pytest.mark.parametrize("number", range(6))
        def test_loopback(flipsnack, number):
            flipsnack.respond(30)
            with urllib.request.urlopen(flipsnack.url, timeout=5) as answer:
                assert b'"code": 30' in answer.read()
    """)

    result = run("-p", "xdist", "-n2")

    result.assert_outcomes(passed=6)
    assert delivered() == {30: 6}
