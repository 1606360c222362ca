"""Results that merge, and workers that are lost."""

from __future__ import annotations

import re

import pytest

from tests.downstream import MISSING_50, TESTS, Project, gate_line, without_times

HUNDRED = "--flipsnack-fail-under=100"
XDIST = ("-p", "xdist")


def test_the_report_is_the_same_byte_for_byte_with_two_workers_one_and_none(
    pytester: pytest.Pytester,
) -> None:
    project = Project(pytester)
    project.test("""
        @pytest.mark.parametrize("action", ["user.getStats", "collection.getList"])
        @pytest.mark.flipsnack_codes("all", exclude=[37, 45])
        def test_code(flipsnack, client, action, flipsnack_code):
            flipsnack.respond(flipsnack_code, flipsnack_code)
            for _ in range(2):
                try:
                    client.ask(action)
                except acme.FlipsnackError as error:
                    assert error.code == flipsnack_code
    """)
    texts = []

    for flags in ((), (*XDIST, "-n1"), (*XDIST, "-n2")):
        assert project.run(*flags, "--flipsnack-report=json", HUNDRED).ret == 1
        texts.append((project.path / "flipsnack-coverage.json").read_text("utf-8"))

    assert '"created": ' in texts[0]
    assert without_times(texts[0]) == without_times(texts[1]) == without_times(texts[2])
    report = project.report()
    assert report["codes"]["31"]["deliveries"] == 4
    assert report["codes"]["31"]["tests"] == 2
    assert report["verdict"]["missing"] == [45]


def test_a_worker_that_crashes_in_a_test_fails_the_gate_and_keeps_what_it_sent(
    pytester: pytest.Pytester,
) -> None:
    project = Project(pytester, (*XDIST, "-n2"))
    project.write("test_acme.py", f"import os\n{TESTS}\n\ndef test_last(): os._exit(3)\n")

    result = project.run(HUNDRED, "--dist=loadfile", "--max-worker-restart=0")

    result.assert_outcomes(passed=19, failed=1)
    assert result.ret == 1
    assert re.sub(r"gw\d", "gw0", gate_line(result)) == (
        "Flipsnack gate failed: worker gw0 was lost, with what it had not sent; "
        "19 of 19 codes exercised, 100 % required"
    )


def test_a_worker_lost_after_its_last_test_fails_the_gate(pytester: pytest.Pytester) -> None:
    project = Project(pytester, (*XDIST, "-n1"))
    project.write("test_acme.py", TESTS)
    project.hooks("""
        import os
        def pytest_sessionfinish(session):
            if hasattr(session.config, "workerinput"):
                os._exit(3)
    """)

    result = project.run(HUNDRED, "--flipsnack-report=json", "--max-worker-restart=0")

    line = (
        "worker gw0 was lost, with what it had not sent; 19 of 19 codes exercised, 100 % required"
    )
    result.assert_outcomes(passed=19)
    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {line}"
    assert project.report()["verdict"]["outcome"] == "failed"
    assert project.report()["verdict"]["line"] == line


def test_the_report_on_the_terminal_is_printed_once_by_the_process_that_sees_all(
    merging: Project,
) -> None:
    merging.write("test_acme.py", TESTS.replace(", 50]", "]"))

    result = merging.run(HUNDRED, "--flipsnack-report=term-missing")

    assert [line.strip("= ") for line in result.outlines].count("Flipsnack codes") == 1
    totals = "18 of 19 codes exercised (94.7 %), 0 of 19 codes asserted (0 %)"
    assert result.outlines.count(totals) == 1
    assert result.outlines.count("missing: 50 Operation failed") == 1
    line = "    with flipsnack.expect(50, raises=...): client.call()"
    assert result.outlines.count(line) == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"
