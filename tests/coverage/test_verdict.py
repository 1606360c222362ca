from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Level, Tally
from pytest_flipsnack.coverage.verdict import Outcome, Run, Verdict, decide, floor_share
from tests.downstream import DEMANDED, MISSING_50

HUNDRED = Demand(Decimal(100))
WHOLE = Run()
STATS = "user.getStats"
BY_K = Run(narrowed="-k")
BUT_50 = DEMANDED[:-1]
BUT_50_CODES = [Code(value) for value in BUT_50]


def tally_of(*codes: int) -> Tally:
    tally = Tally()
    for code in codes:
        tally.add_test(f"test_{code}", {("user.getStats", code): 1})
    return tally


def outcome_and_line(verdict: Verdict) -> tuple[str, str]:
    return verdict.outcome.value, verdict.line


def test_every_demanded_code_passes_at_100() -> None:
    verdict = decide(tally_of(*DEMANDED), HUNDRED, WHOLE)

    assert outcome_and_line(verdict) == ("passed", "19 of 19 codes exercised, 100 % required")
    assert not verdict.failed
    assert verdict.missing == ()


def test_one_code_short_of_100_fails_and_is_named() -> None:
    verdict = decide(tally_of(*BUT_50), HUNDRED, WHOLE)

    assert outcome_and_line(verdict) == ("failed", MISSING_50)
    assert verdict.failed
    assert verdict.missing == (50,)
    assert verdict.exercised == tuple(BUT_50)


def test_a_deprecated_code_does_not_make_up_for_a_missing_one() -> None:
    verdict = decide(tally_of(*BUT_50, 37), HUNDRED, WHOLE)

    assert outcome_and_line(verdict) == ("failed", MISSING_50)


def test_an_unknown_code_makes_up_for_nothing() -> None:
    verdict = decide(tally_of(*BUT_50, 51), HUNDRED, WHOLE)

    assert outcome_and_line(verdict) == ("failed", MISSING_50)


@pytest.mark.parametrize(
    ("threshold", "outcome"),
    [
        ("94.7", Outcome.PASSED),
        ("94.73684210526315", Outcome.PASSED),
        ("94.73684210526316", Outcome.FAILED),
        ("94.8", Outcome.FAILED),
    ],
)
def test_the_threshold_is_compared_exactly(threshold: str, outcome: Outcome) -> None:
    """18 of 19 are 94.736842105263157... percent."""
    verdict = decide(tally_of(*BUT_50), Demand(Decimal(threshold)), WHOLE)

    assert verdict.outcome is outcome
    assert f", {threshold} % required; missing" in verdict.line


def test_no_data_fails_also_at_0() -> None:
    verdict = decide(Tally(), Demand(Decimal(0), excluded=dict.fromkeys(BUT_50_CODES, "-")), WHOLE)

    assert outcome_and_line(verdict) == (
        "failed",
        "no passing test delivered a code; 0 of 1 codes exercised, 0 % required; "
        "missing: 50 Operation failed",
    )


def test_a_missing_required_code_fails_whatever_the_threshold() -> None:
    demand = Demand(Decimal(50), required=(Code(22), Code(50)))

    verdict = decide(tally_of(*BUT_50), demand, WHOLE)

    assert outcome_and_line(verdict) == (
        "failed",
        "required but not exercised: 50 Operation failed; "
        "18 of 19 codes exercised, 50 % required; missing: 50 Operation failed",
    )
    assert [one.met for one in verdict.criteria] == [False, True]


def test_a_required_code_needs_no_threshold() -> None:
    demand = Demand(required=(Code(50),))

    assert outcome_and_line(decide(tally_of(*BUT_50), demand, WHOLE)) == (
        "failed",
        "required but not exercised: 50 Operation failed; "
        "18 of 19 codes exercised; missing: 50 Operation failed",
    )
    assert decide(tally_of(50), demand, WHOLE).outcome is Outcome.PASSED


def test_a_required_deprecated_code_is_demanded() -> None:
    verdict = decide(tally_of(*DEMANDED), Demand(required=(Code(37),)), WHOLE)

    assert verdict.failed
    assert verdict.missing == (37,)
    assert len(verdict.demanded) == 20


def test_a_narrowed_run_does_not_enforce_what_the_file_says() -> None:
    verdict = decide(tally_of(*BUT_50), HUNDRED, BY_K)

    assert outcome_and_line(verdict) == (
        "not enforced",
        f"the run was narrowed by -k; {MISSING_50}",
    )
    assert not verdict.failed


def test_a_narrowed_run_enforces_what_was_typed() -> None:
    verdict = decide(tally_of(*BUT_50), Demand(Decimal(100), always=True), BY_K)

    assert outcome_and_line(verdict) == ("failed", MISSING_50)


def test_a_narrowed_run_that_satisfies_the_gate_passes() -> None:
    assert decide(tally_of(*DEMANDED), HUNDRED, BY_K).outcome is Outcome.PASSED


@pytest.mark.parametrize("narrowed", ["", "-k"])
def test_trouble_fails_the_gate_though_every_code_was_seen(narrowed: str) -> None:
    run = Run(narrowed, troubles=["worker gw0 was lost", "a.json could not be written: no"])

    verdict = decide(tally_of(*DEMANDED), HUNDRED, run)

    assert outcome_and_line(verdict) == (
        "failed",
        "worker gw0 was lost; a.json could not be written: no; "
        "19 of 19 codes exercised, 100 % required",
    )


def test_without_a_demand_nothing_fails() -> None:
    verdict = decide(tally_of(20), Demand(excluded=dict.fromkeys(BUT_50_CODES[1:], "-")), WHOLE)

    assert outcome_and_line(verdict) == (
        "not asked",
        "1 of 2 codes exercised; missing: 50 Operation failed",
    )
    assert not verdict.failed


def test_trouble_is_told_though_nothing_was_asked() -> None:
    verdict = decide(tally_of(*DEMANDED), Demand(), Run(troubles=["worker gw0 was lost"]))

    assert outcome_and_line(verdict) == (
        "not asked",
        "worker gw0 was lost; 19 of 19 codes exercised",
    )


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(19, 19, "100"), (9999, 10000, "99.9"), (18, 19, "94.7"), (1, 20, "5"), (0, 19, "0")],
)
def test_a_share_is_never_rounded_up(part: int, whole: int, expected: str) -> None:
    assert floor_share(part, whole) == expected


def asserting(*codes: int) -> Tally:
    tally = Tally()
    for code in codes:
        tally.add_test(f"test_{code}", {(STATS, code): 1}, [(STATS, code)])
    return tally


def test_a_code_that_is_exercised_only_is_missing_where_asserting_is_demanded() -> None:
    tally = asserting(*(code for code in DEMANDED if code not in {31, 50}))
    tally.add_test("test_it", {(STATS, 31): 1})

    verdict = decide(tally, Demand(Decimal(100), level=Level.ASSERTED), WHOLE)

    assert outcome_and_line(verdict) == (
        "failed",
        "17 of 19 codes asserted, 100 % required; missing: "
        "31 Requests per second limit exceeded, 50 Operation failed; exercised only: 31",
    )
    assert verdict.exercised_only == (31,)
    assert len(verdict.exercised) == 18


def test_every_criterion_is_evaluated_and_each_failed_one_is_in_the_line() -> None:
    demand = Demand(
        Decimal(100),
        required=(Code(22),),
        cells_threshold=Decimal(80),
        required_cells=(("collection.create", 34), (STATS, 20)),
    )

    verdict = decide(tally_of(20), demand, WHOLE)

    assert [(one.name, one.met) for one in verdict.criteria] == [
        ("required", False),
        ("codes", False),
        ("cells", False),
    ]
    required, codes, codes_missing, cells, cells_missing = verdict.line.split("; ")
    assert required == "required but not exercised: 22 Maintenance mode, collection.create:34"
    assert codes == "1 of 19 codes exercised, 100 % required"
    assert codes_missing.startswith("missing: 22, 30, 31")
    assert cells == f"1 of {len(demand.cells)} documented cells exercised, 80 % required"
    assert cells_missing.startswith("missing: ")
    assert cells_missing.endswith(f" {len(demand.cells) - 1 - 8} more")


def test_a_few_missing_cells_are_named() -> None:
    every = Demand(cells_threshold=Decimal(100))
    tally = Tally()
    tally.add_test("test_all", dict.fromkeys(every.cells[2:], 1))

    verdict = decide(tally, every, WHOLE)

    names = ", ".join(f"{action}:{code}" for action, code in every.cells[:2])
    whole = len(every.cells)
    assert verdict.line.endswith(
        f"{whole - 2} of {whole} documented cells exercised, 100 % required; missing: {names}"
    )
    assert verdict.failed


def test_cells_that_are_there_satisfy_their_threshold() -> None:
    every = Demand(cells_threshold=Decimal(100))
    tally = Tally()
    tally.add_test("test_all", dict.fromkeys(every.cells, 1))

    verdict = decide(tally, every, WHOLE)

    assert verdict.outcome is Outcome.PASSED
    assert verdict.line.endswith("documented cells exercised, 100 % required")
