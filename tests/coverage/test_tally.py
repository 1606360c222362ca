from __future__ import annotations

import json

from pytest_flipsnack.coverage.tally import Tally, pack, unpack

LIST, STATS = "collection.getList", "user.getStats"


def test_two_tests_add_up() -> None:
    tally = Tally()

    tally.add_test({(LIST, 31): 2, (LIST, 20): 1})
    tally.add_test({(STATS, 31): 1})

    assert tally.deliveries == {(LIST, 31): 2, (LIST, 20): 1, (STATS, 31): 1}
    assert tally.tests == {(LIST, 31): 1, (LIST, 20): 1, (STATS, 31): 1}
    assert tally.code_tests == {31: 2, 20: 1}
    assert tally.deliveries_of(31) == 3
    assert tally.exercised == {20, 31}


def test_a_test_that_delivers_a_code_with_two_actions_is_one_test_of_that_code() -> None:
    tally = Tally()

    tally.add_test({(LIST, 31): 1, (STATS, 31): 1})

    assert tally.code_tests == {31: 1}
    assert tally.deliveries_of(31) == 2


def test_cells_come_sorted_whatever_order_the_tests_ran_in() -> None:
    tally = Tally()

    tally.add_test({(STATS, 20): 1})
    tally.add_test({(LIST, 50): 1, (LIST, 20): 1})

    assert tally.cells == [(LIST, 20), (LIST, 50), (STATS, 20)]


def test_a_code_nobody_delivered_counts_nothing() -> None:
    tally = Tally()

    assert tally.deliveries_of(20) == 0
    assert tally.exercised == set()
    assert tally.cells == []


def test_hits_survive_the_way_to_another_process() -> None:
    hits = {(STATS, 20): 1, (LIST, 31): 2}

    packed = pack(hits)

    assert packed == [(LIST, 31, 2), (STATS, 20, 1)]
    assert unpack(json.loads(json.dumps(packed))) == hits
