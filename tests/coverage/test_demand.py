from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import (
    Demand,
    check,
    read_excluded,
    read_percentage,
    read_required,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("0", "0"),
        ("100", "100"),
        (" 94.7 ", "94.7"),
        ("90%", "90"),
        ("90 %", "90"),
        (95, "95"),
        (94.5, "94.5"),
        ("99.999999999999999999", "99.999999999999999999"),
    ],
)
def test_a_percentage_is_read_exactly(given: object, expected: str) -> None:
    assert read_percentage(given) == Decimal(expected)


@pytest.mark.parametrize(
    "given",
    ["many", "", "%", "-1", "101", "100.0001", "NaN", "sNaN", "inf", "-inf", "1,5", True, None],
    ids=repr,
)
def test_what_is_no_percentage_is_named(given: object) -> None:
    with pytest.raises(ValueError) as caught:
        read_percentage(given)

    assert str(caught.value) == f"{given!r} is not a percentage from 0 to 100"


@pytest.mark.parametrize(
    ("given", "meant"),
    [("0.9", "90"), (0.9, "90"), (".05", "5"), ("0.945 %", "94.5"), ("1e-3", "0.1")],
)
def test_a_share_of_one_is_refused_with_the_percentage_that_is_meant(
    given: object, meant: str
) -> None:
    with pytest.raises(ValueError) as caught:
        read_percentage(given)

    assert str(caught.value) == f"{given!r} is less than 1 %; write {meant} for {meant} %"


def test_deprecated_codes_are_not_demanded() -> None:
    assert Demand().codes == tuple(code for code in Code if code != 37)


def test_a_required_code_is_demanded_though_deprecated() -> None:
    assert Demand(required=(Code(37),)).codes == tuple(Code)


def test_an_excluded_code_is_not_demanded() -> None:
    demand = Demand(excluded={Code(50): "never sent to us"})

    assert demand.codes == tuple(code for code in Code if code not in {37, 50})


@pytest.mark.parametrize(
    ("demand", "gated"),
    [
        (Demand(), False),
        (Demand(excluded={Code(50): "never sent to us"}), False),
        (Demand(threshold=Decimal(0)), True),
        (Demand(required=(Code(20),)), True),
    ],
    ids=["nothing", "excluded", "threshold of 0", "required"],
)
def test_only_a_threshold_or_a_required_code_makes_a_gate(demand: Demand, gated: bool) -> None:
    assert demand.gated is gated


def test_required_takes_codes_and_groups_in_table_order() -> None:
    assert read_required([50, "rate limit", "22"]) == ((22, 31, 32, 50), ())


def test_a_required_code_that_does_not_exist_is_named() -> None:
    with pytest.raises(ValueError) as caught:
        read_required(["99"])

    assert str(caught.value) == (
        "99 is not a Flipsnack status code; known codes: 20, 22, 30, 31, 32, 33, 34, 35, 36, 37, "
        "38, 40, 41, 42, 43, 44, 45, 46, 47, 50"
    )


def test_excluded_takes_codes_and_groups_each_with_its_reason() -> None:
    found, cells = read_excluded(["37: deprecated: by Flipsnack", "upload : we only read"])

    assert cells == {}
    assert found[Code(37)] == "deprecated: by Flipsnack"
    assert {code.value for code, why in found.items() if why == "we only read"} == {
        *(33, 34, 35, 36, 45)
    }


@pytest.mark.parametrize("line", ["37", "37:", "37:  ", 37], ids=repr)
def test_an_exclusion_without_a_reason_is_an_error(line: object) -> None:
    with pytest.raises(ValueError) as caught:
        read_excluded([line])

    assert str(caught.value) == (
        f"{line!r} gives no reason; write the code, group or action, a colon and "
        "why, as in '37: deprecated by Flipsnack'"
    )


def test_an_exclusion_of_a_group_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(ValueError) as caught:
        read_excluded(["uploads: we only read"])

    assert str(caught.value) == (
        "'uploads' is neither a status code nor a group; known groups: all, errors, retryable, "
        "permanent, rate_limit, upload, request, credentials, flipbook, server, deprecated, local"
    )


def test_a_code_both_required_and_excluded_is_an_error() -> None:
    demand = Demand(required=(Code(50),), excluded={Code(50): "never sent to us"})

    with pytest.raises(ValueError) as caught:
        check(demand)

    assert str(caught.value) == "50 Operation failed is both required and excluded; choose one"


def test_nothing_left_to_demand_is_an_error() -> None:
    demand = Demand(excluded=dict.fromkeys(Code, "no time"))

    with pytest.raises(ValueError) as caught:
        check(demand)

    assert str(caught.value) == "every code is excluded; leave at least one to exercise"


def test_a_demand_that_holds_together_passes() -> None:
    check(Demand(Decimal(100), required=(Code(22),), excluded={Code(50): "never sent to us"}))
