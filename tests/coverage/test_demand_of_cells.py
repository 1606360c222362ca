"""Cells and levels, as flags and keys name them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_flipsnack.catalogue.action import State
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.coverage.demand import (
    Demand,
    check,
    read_excluded,
    read_level,
    read_required,
)
from pytest_flipsnack.coverage.tally import Level

CREATE = "collection.create"


def test_required_takes_cells_and_groups_of_an_action() -> None:
    codes, cells = read_required([f"{CREATE}:34", " 31 ", f"{CREATE}:rate_limit", f"{CREATE}:34"])

    assert codes == (31,)
    assert cells == ((CREATE, 34), (CREATE, 31), (CREATE, 32))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("collection.creat:34", "'collection.creat' is not a Flipsnack action"),
        ("user.getStats:34", "user.getStats is not known to answer 34; it answers 20, "),
        ("user.getStats:upload", "user.getStats is not known to answer a code of 'upload'"),
        (f"{CREATE}:uploads", "'uploads' is neither a status code nor a group; "),
    ],
)
def test_a_required_cell_that_does_not_exist_is_named(name: str, why: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_required([name])

    assert why in str(caught.value)


def test_a_required_cell_of_an_action_that_is_gone_is_demanded_all_the_same() -> None:
    _, cells = read_required(["flipbook.delete:43"])

    assert ("flipbook.delete", 43) not in Demand().cells
    assert ("flipbook.delete", 43) in Demand(required_cells=cells).cells


def test_an_inferred_cell_is_demanded_on_request_only() -> None:
    inferred = next(
        (action.name, code.value)
        for action in ACTIONS.values()
        for code, source in action.codes.items()
        if source.basis is not Basis.DOCUMENTED and action.state is State.CURRENT
    )

    assert inferred not in Demand().cells
    assert inferred in Demand(required_cells=(inferred,)).cells


@pytest.mark.parametrize(
    ("line", "cells", "reason"),
    [
        (f"{CREATE}:33: no limit", {33}, "no limit"),
        (f"{CREATE} : 33 : no limit", {33}, "no limit"),
        (f"{CREATE}:rate_limit: our proxy", {31, 32}, "our proxy"),
        (f"{CREATE}: see: the wiki", None, "see: the wiki"),
        (f"{CREATE}: we only read", None, "we only read"),
    ],
)
def test_excluded_takes_cells_and_actions(line: str, cells: set[int] | None, reason: str) -> None:
    codes, found = read_excluded([line])

    every = {code.value for code in ACTIONS[CREATE].codes}
    assert codes == {}
    assert found == {(CREATE, code): reason for code in cells or every}
    assert not set(found) & set(Demand(excluded_cells=found).cells)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"{CREATE}:uploads: we only read", "'uploads' is neither a status code nor a group"),
        ("collection.creat: we only read", "'collection.creat' is not a Flipsnack action"),
        (CREATE, "'collection.create' gives no reason; "),
        (f"{CREATE}:33:", "'collection.create:33:' gives no reason; "),
    ],
)
def test_an_excluded_cell_that_does_not_exist_or_has_no_reason_is_named(
    line: str, why: str
) -> None:
    with pytest.raises(ValueError) as caught:
        read_excluded([line])

    assert why in str(caught.value)


def test_the_codes_that_are_excluded_are_excluded_with_every_action() -> None:
    demand = Demand(excluded={Code(34): "small files only"})

    assert (CREATE, 34) in Demand().cells
    assert (CREATE, 34) not in demand.cells


def test_a_cell_both_required_and_excluded_is_an_error() -> None:
    cell = (CREATE, 34)

    with pytest.raises(ValueError) as caught:
        check(Demand(required_cells=(cell,), excluded_cells={cell: "no"}))

    assert str(caught.value) == "collection.create:34 is both required and excluded; choose one"


def test_no_cell_left_to_demand_is_an_error() -> None:
    demand = Demand(cells_threshold=Decimal(1), excluded_cells=dict.fromkeys(Demand().cells, "no"))

    with pytest.raises(ValueError) as caught:
        check(demand)

    assert str(caught.value) == "every cell is excluded; leave at least one to exercise"


def test_a_level_is_read_by_its_name() -> None:
    assert read_level(" Asserted ") is Level.ASSERTED
    with pytest.raises(ValueError) as caught:
        read_level("checked")
    assert str(caught.value) == "'checked' is not a level; allowed: exercised, asserted, verified"
