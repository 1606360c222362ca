from __future__ import annotations

from dataclasses import dataclass

import pytest

from pytest_flipsnack.coverage.tally import REPORT_ATTRIBUTE, Outcomes

HITS = [("user.getStats", 31, 2)]


@dataclass
class Phase:
    when: str
    outcome: str = "passed"
    nodeid: str = "test_acme.py::test_one"


def see(outcomes: Outcomes, *phases: Phase, hits: object = HITS) -> None:
    for phase in phases:
        if phase.when == "teardown" and hits is not None:
            setattr(phase, REPORT_ATTRIBUTE, hits)
        outcomes.see(phase)


def passing(nodeid: str = "test_acme.py::test_one") -> tuple[Phase, Phase, Phase]:
    return (
        Phase("setup", nodeid=nodeid),
        Phase("call", nodeid=nodeid),
        Phase("teardown", nodeid=nodeid),
    )


def test_a_passing_test_counts() -> None:
    outcomes = Outcomes()

    see(outcomes, *passing())

    assert outcomes.tally().deliveries == {("user.getStats", 31): 2}
    assert outcomes.tally().code_tests == {31: 1}
    assert outcomes.finished == 1


@pytest.mark.parametrize(
    "phases",
    [
        (Phase("setup", "failed"), Phase("teardown")),
        (Phase("setup", "skipped"), Phase("teardown")),
        (Phase("setup"), Phase("call", "failed"), Phase("teardown")),
        (Phase("setup"), Phase("call", "skipped"), Phase("teardown")),
        (Phase("setup"), Phase("call"), Phase("teardown", "failed")),
        (Phase("setup"), Phase("call", "failed"), Phase("call"), Phase("teardown")),
        (Phase("setup"), Phase("call"), Phase("call", "failed"), Phase("teardown")),
        (Phase("setup"), Phase("teardown")),
    ],
    ids=[
        "failed in setup",
        "skipped in setup",
        "failed",
        "skipped",
        "failed in teardown",
        "failed subtest, then its test",
        "test, then a failed subtest",
        "never called",
    ],
)
def test_only_a_test_that_passed_throughout_counts(phases: tuple[Phase, ...]) -> None:
    outcomes = Outcomes()

    see(outcomes, *phases)

    assert outcomes.tally().deliveries == {}
    assert outcomes.finished == 1


@pytest.mark.parametrize("outcome", ["skipped", "passed"], ids=["xfailed", "xpassed"])
def test_a_test_that_was_expected_to_fail_does_not_count(outcome: str) -> None:
    outcomes = Outcomes()
    call = Phase("call", outcome)
    call.wasxfail = ""  # type: ignore[attr-defined]

    see(outcomes, Phase("setup"), call, Phase("teardown"))

    assert outcomes.tally().deliveries == {}


def test_a_passed_subtest_counts_its_test_once() -> None:
    outcomes = Outcomes()

    see(outcomes, Phase("setup"), Phase("call"), Phase("call"), Phase("teardown"))

    assert outcomes.tally().deliveries == {("user.getStats", 31): 2}


def test_a_test_that_uses_nothing_of_ours_does_not_count() -> None:
    outcomes = Outcomes()

    see(outcomes, *passing(), hits=None)

    assert outcomes.tally().code_tests == {}


def test_a_rerun_replaces_the_attempts_before_it() -> None:
    outcomes = Outcomes()

    see(outcomes, Phase("setup"), Phase("call", "rerun"), Phase("teardown"))
    see(outcomes, *passing(), hits=[("user.getStats", 20, 1)])

    assert outcomes.tally().deliveries == {("user.getStats", 20): 1}


def test_a_failing_rerun_takes_back_what_passed() -> None:
    outcomes = Outcomes()

    see(outcomes, *passing())
    see(outcomes, Phase("setup"), Phase("call", "failed"), Phase("teardown"))

    assert outcomes.tally().deliveries == {}


def test_tests_of_two_workers_may_interleave() -> None:
    outcomes = Outcomes()
    one, two = passing("test_one"), passing("test_two")

    for phases in zip(one, two, strict=True):
        see(outcomes, *phases)

    assert outcomes.tally().code_tests == {31: 2}


def test_the_report_of_a_crashed_test_closes_nothing() -> None:
    """xdist makes it up, with a phase of its own, after a setup that never came to an end."""
    outcomes = Outcomes()

    see(outcomes, Phase("setup"), Phase("???", "failed"), Phase("teardown", nodeid="other"))

    assert outcomes.tally().deliveries == {}
    assert outcomes.finished == 0
