"""What is counted, once each, and runs that count nothing."""

from __future__ import annotations

import pytest

from tests.downstream import BUT_50, MISSING_50, TESTS, Project, gate_line, with_two_workers

HUNDRED = "--flipsnack-fail-under=100"
JSON = "--flipsnack-report=json"


def cell(code: int, deliveries: int) -> dict[str, object]:
    """Return a cell as the report of one test that exercised it has it."""
    return {
        "action": "user.getStats",
        "code": code,
        "deliveries": deliveries,
        "level": "exercised",
        "exercised_by": [0],
        "asserted_by": [],
        "verified_by": [],
    }


@with_two_workers
@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_passed_subtests_count_their_test_once(merging: Project) -> None:
    merging.test("""
        @pytest.mark.flipsnack(31, 31, 50)
        def test_it(client, subtests):
            for expected in (31, 31, 50):
                with subtests.test(expected=expected):
                    assert client.try_to_ask() == expected
    """)

    result = merging.run(JSON)

    report = merging.report()
    assert result.ret == 0
    assert report["verdict"]["exercised"] == [31, 50]
    assert report["cells"] == [
        cell(31, 2),
        cell(50, 1),
    ]


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_a_skipped_subtest_spoils_nothing(merging: Project) -> None:
    merging.test("""
        @pytest.mark.flipsnack(31, 50)
        def test_it(client, subtests):
            for expected in (31, 33, 50):
                with subtests.test(expected=expected):
                    if expected == 33:
                        pytest.skip("this client uploads nothing")
                    assert client.try_to_ask() == expected
    """)

    result = merging.run(JSON)

    assert result.ret == 0
    assert merging.report()["verdict"]["exercised"] == [31, 50]


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
@pytest.mark.parametrize(
    "outcome", ["pytest.xfail('not yet')", "assert 0"], ids=["xfailed", "failed"]
)
def test_any_other_subtest_that_did_not_pass_spoils_its_test(
    merging: Project, outcome: str
) -> None:
    merging.test(f"""
        @pytest.mark.flipsnack(31)
        def test_it(client, subtests):
            client.try_to_ask()
            with subtests.test():
                {outcome}
    """)

    merging.run(JSON)

    assert merging.report()["verdict"]["exercised"] == []


@pytest.mark.skipif(pytest.version_tuple < (9,), reason="subtests came with pytest 9")
def test_a_skipped_subtest_of_unittest_spoils_nothing(merging: Project) -> None:
    merging.test("""
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.mark.flipsnack(31)
            def test_it(self):
                client = acme.Client("test-api-key-5f2c91d7", "test-secret-8b1e4a06")
                with self.subTest("no uploads"):
                    self.skipTest("this client uploads nothing")
                self.assertEqual(client.try_to_ask(), 31)
    """)

    result = merging.run(JSON)

    assert result.ret == 0
    assert merging.report()["verdict"]["exercised"] == [31]


def test_unittest_subtests_count_their_test_once(merging: Project) -> None:
    merging.test("""
        import unittest
        class TestIt(unittest.TestCase):
            @pytest.mark.flipsnack(31, 50)
            def test_it(self):
                client = acme.Client("test-api-key-5f2c91d7", "test-secret-8b1e4a06")
                for expected in (31, 50):
                    with self.subTest(expected=expected):
                        self.assertEqual(client.try_to_ask(), expected)
    """)

    result = merging.run(JSON)

    assert result.ret == 0
    assert [cell["exercised_by"] for cell in merging.report()["cells"]] == [[0], [0]]


@with_two_workers
def test_a_test_that_passes_at_the_second_try_counts_once(merging: Project) -> None:
    merging.test("""
        import pathlib
        @pytest.mark.flipsnack(31)
        def test_it(client):
            first = not pathlib.Path("been").exists()
            pathlib.Path("been").touch()
            assert client.try_to_ask() == 31
            assert not first
    """)

    result = merging.run("-p", "rerunfailures", "--reruns=1", JSON)

    assert "1 passed, 1 rerun in" in result.outlines[-1]
    assert result.ret == 0
    assert merging.report()["cells"] == [cell(31, 1)]


@pytest.mark.parametrize("flag", ["--setup-plan", "--setup-only"])
def test_a_run_that_only_sets_up_has_no_gate(project: Project, flag: str) -> None:
    project.write("test_acme.py", TESTS)
    project.ini("flipsnack_fail_under = 100")

    result = project.run(flag)

    assert result.ret == 0
    assert gate_line(result) == ""


def test_an_exit_that_claims_success_does_not_hide_a_failed_gate(project: Project) -> None:
    leaves = "\ndef test_last(): pytest.exit('enough', returncode=0)\n"
    project.write("test_acme.py", BUT_50 + leaves)

    result = project.run(HUNDRED)

    assert result.ret == 1
    assert gate_line(result) == (
        f"Flipsnack gate failed: the run stopped early (Exit); {MISSING_50}"
    )


def test_an_exit_that_claims_success_keeps_it_where_nothing_is_demanded(project: Project) -> None:
    project.test("def test_it(client): client.ask(); pytest.exit('enough', returncode=0)")

    result = project.run(JSON)

    assert result.ret == 0
    assert project.report()["verdict"]["outcome"] == "not asked"


def test_a_lost_worker_fails_a_run_that_only_reports(pytester: pytest.Pytester) -> None:
    project = Project(pytester, ("-p", "xdist", "-n1"))
    project.write("test_acme.py", TESTS)
    project.hooks("""
        import os
        def pytest_sessionfinish(session):
            if hasattr(session.config, "workerinput"):
                os._exit(3)
    """)

    result = project.run(JSON, "--max-worker-restart=0")

    result.assert_outcomes(passed=19)
    assert result.ret == 1
    (line,) = [line for line in result.outlines if "Flipsnack report: " in line]
    assert line.strip("! ") == ("Flipsnack report: worker gw0 was lost, with what it had not sent")
