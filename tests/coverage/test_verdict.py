from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Outcome, Run, Verdict, decide, floor_share
from tests.downstream import DEMANDED, MISSING_50

HUNDRED = Demand(Decimal(100))
WHOLE = Run()
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
