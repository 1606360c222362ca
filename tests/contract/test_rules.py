"""Handling rules: what a declaration becomes, and what a code allows by default."""

from __future__ import annotations

import pytest

from pytest_flipsnack import Retry, RetryMode
from pytest_flipsnack.contract.retries import FORBIDDEN, read_retry, read_rules, rule_for


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (0, FORBIDDEN),
        (3, Retry(exactly=3)),
        (True, Retry(mode=RetryMode.REQUIRED)),
        (False, FORBIDDEN),
        ("forbidden", FORBIDDEN),
        ("required", Retry(mode=RetryMode.REQUIRED)),
        (RetryMode.ALLOWED, Retry()),
        (Retry(at_most=2), Retry(at_most=2)),
    ],
)
def test_a_declaration_becomes_a_rule(value: object, rule: Retry) -> None:
    assert read_retry(value) == rule


@pytest.mark.parametrize("value", ["sometimes", -1, 1.5, None])
def test_a_declaration_that_is_none_names_the_allowed_ones(value: object) -> None:
    with pytest.raises(ValueError) as error:
        read_retry(value)
    assert str(error.value) == (
        f"{value!r} is not a rule for retries; allowed: a number of retries, "
        "Retry(at_most=5, wait_s=1), 'forbidden', 'allowed', 'required'"
    )


def test_a_mode_may_be_text_and_a_misspelt_one_names_the_allowed_ones() -> None:
    assert Retry(mode="forbidden") == FORBIDDEN  # type: ignore[arg-type]
    with pytest.raises(ValueError) as error:
        Retry(mode="forbiden")  # type: ignore[arg-type]
    assert str(error.value) == (
        "'forbiden' is not a mode; allowed: 'forbidden', 'allowed', 'required'"
    )


def test_a_rule_for_an_unknown_code_is_an_error() -> None:
    with pytest.raises(ValueError, match="39 is not a Flipsnack status code"):
        read_rules({39: 1})


@pytest.mark.parametrize("code", [22, 31, 32, 38, 50])
def test_codes_that_pass_may_be_asked_again(code: int) -> None:
    assert rule_for(code, {}) == Retry()


@pytest.mark.parametrize("code", [30, 33, 34, 35, 36, 37, 40, 41, 42, 43, 44, 45, 46, 47, 99])
def test_codes_that_stay_and_unknown_ones_may_not(code: int) -> None:
    assert rule_for(code, {}) == FORBIDDEN
    assert rule_for(code, {code: Retry(at_most=1)}) == Retry(at_most=1)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (FORBIDDEN, "one request"),
        (Retry(), "one request, or a bounded retry after a wait"),
        (
            Retry(at_most=2, wait_s=1),
            "one request, or at most 2 retries after a wait of 1 s or more",
        ),
        (Retry(exactly=2), "exactly 2 retries, each after a wait"),
        (Retry(mode=RetryMode.REQUIRED), "a bounded retry, each after a wait"),
    ],
)
def test_a_rule_reads_as_a_sentence(rule: Retry, text: str) -> None:
    assert str(rule) == text
