from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.passed_tests import REPORT_ATTRIBUTE, PassedTests, pack
from pytest_flipsnack.coverage.reports import json as json_report
from pytest_flipsnack.coverage.tally import Level, Tally
from pytest_flipsnack.coverage.verdict import Run
from pytest_flipsnack.coverage.writers import cover
from tests.downstream import without_times

STATS = "user.getStats"
HITS = [(STATS, 31, 2, 0)]


@dataclass
class Phase:
    when: str
    outcome: str = "passed"
    nodeid: str = "test_acme.py::test_one"


def see(passed: PassedTests, *phases: Phase, hits: object = HITS) -> None:
    for phase in phases:
        if phase.when == "teardown" and hits is not None:
            setattr(phase, REPORT_ATTRIBUTE, hits)
        passed.see(phase)


def passing(nodeid: str = "test_acme.py::test_one") -> tuple[Phase, Phase, Phase]:
    return (
        Phase("setup", nodeid=nodeid),
        Phase("call", nodeid=nodeid),
        Phase("teardown", nodeid=nodeid),
    )


def test_a_passing_test_counts() -> None:
    passed = PassedTests()

    see(passed, *passing())

    assert passed.tally().deliveries == {("user.getStats", 31): 2}
    assert passed.tally().tests_of(31) == {"test_acme.py::test_one": Level.EXERCISED}
    assert passed.finished == 1


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
    passed = PassedTests()

    see(passed, *phases)

    assert passed.tally().deliveries == {}
    assert passed.finished == 1


@pytest.mark.parametrize("outcome", ["skipped", "passed"], ids=["xfailed", "xpassed"])
def test_a_test_that_was_expected_to_fail_does_not_count(outcome: str) -> None:
    passed = PassedTests()
    call = Phase("call", outcome)
    call.wasxfail = ""  # type: ignore[attr-defined]

    see(passed, Phase("setup"), call, Phase("teardown"))

    assert passed.tally().deliveries == {}


def test_a_passed_subtest_counts_its_test_once() -> None:
    passed = PassedTests()

    see(passed, Phase("setup"), Phase("call"), Phase("call"), Phase("teardown"))

    assert passed.tally().deliveries == {("user.getStats", 31): 2}


def test_a_test_that_uses_nothing_of_ours_does_not_count() -> None:
    passed = PassedTests()

    see(passed, *passing(), hits=None)

    assert passed.tally().contexts == {}


def test_a_rerun_replaces_the_attempts_before_it() -> None:
    passed = PassedTests()

    see(passed, Phase("setup"), Phase("call", "rerun"), Phase("teardown"))
    see(passed, *passing(), hits=[(STATS, 20, 1, 1)])

    assert passed.tally().deliveries == {(STATS, 20): 1}
    assert passed.tally().level_of(20) is Level.ASSERTED


def test_a_failing_rerun_takes_back_what_passed() -> None:
    passed = PassedTests()

    see(passed, *passing())
    see(passed, Phase("setup"), Phase("call", "failed"), Phase("teardown"))

    assert passed.tally().deliveries == {}


def test_tests_of_two_workers_may_interleave() -> None:
    passed = PassedTests()
    one, two = passing("test_one"), passing("test_two")

    for phases in zip(one, two, strict=True):
        see(passed, *phases)

    assert [*passed.tally().tests_of(31)] == ["test_one", "test_two"]


def test_the_report_of_a_crashed_test_closes_nothing() -> None:
    """xdist makes it up, with a phase of its own, after a setup that never came to an end."""
    passed = PassedTests()

    see(passed, Phase("setup"), Phase("???", "failed"), Phase("teardown", nodeid="other"))

    assert passed.tally().deliveries == {}
    assert passed.finished == 0


def test_hits_survive_the_way_to_another_process() -> None:
    passed = PassedTests()
    packed = pack({(STATS, 31): 2, ("collection.getList", 20): 1}, {(STATS, 31)})

    see(passed, *passing(), hits=json.loads(json.dumps(packed)))

    assert packed == [("collection.getList", 20, 1, 0), (STATS, 31, 2, 1)]
    assert passed.tally().deliveries == {(STATS, 31): 2, ("collection.getList", 20): 1}
    assert passed.tally().level((STATS, 31)) is Level.ASSERTED
    assert passed.tally().level(("collection.getList", 20)) is Level.EXERCISED


def test_a_million_deliveries_of_a_test_are_one_row_and_one_cell() -> None:
    cell = (STATS, 31)
    texts = []

    for count in (1, 1_000_000):
        packed = pack({cell: count}, [cell])
        assert packed == [(*cell, count, 1)]
        tally = Tally()
        tally.add_test("test_it", {cell: count}, [cell])
        texts.append(json_report.render(cover(tally, Demand(), Run())))
    one, million = (without_times(text).replace("1000000", "1") for text in texts)
    assert one == million
