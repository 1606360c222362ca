from __future__ import annotations

import pytest

from pytest_flipsnack.coverage.tally import Level, Tally, reaches

LIST, STATS = "collection.getList", "user.getStats"
EXERCISED, ASSERTED = Level.EXERCISED, Level.ASSERTED


def test_two_tests_add_up() -> None:
    tally = Tally()

    tally.add_test("one", {(LIST, 31): 2, (LIST, 20): 1})
    tally.add_test("two", {(STATS, 31): 1}, {(STATS, 31)})

    assert tally.deliveries == {(LIST, 31): 2, (LIST, 20): 1, (STATS, 31): 1}
    assert tally.tests_of(31) == {"one": EXERCISED, "two": ASSERTED}
    assert tally.deliveries_of(31) == 3
    assert (tally.level((LIST, 31)), tally.level((STATS, 31))) == (EXERCISED, ASSERTED)
    assert (tally.level_of(20), tally.level_of(31)) == (EXERCISED, ASSERTED)


@pytest.mark.parametrize("asserted", [LIST, STATS])
def test_a_test_has_the_highest_level_that_it_reached_with_a_code(asserted: str) -> None:
    tally = Tally()

    tally.add_test("one", {(LIST, 31): 1, (STATS, 31): 1}, {(asserted, 31)})

    assert tally.tests_of(31) == {"one": ASSERTED}
    assert tally.deliveries_of(31) == 2


def test_what_a_test_asserted_once_stays_asserted() -> None:
    tally = Tally()

    tally.add_test("one", {(LIST, 31): 1}, {(LIST, 31)})
    tally.add_test("one", {(LIST, 31): 1})

    assert tally.tests_of(31) == {"one": ASSERTED}


def test_cells_come_sorted_whatever_order_the_tests_ran_in() -> None:
    tally = Tally()

    tally.add_test("one", {(STATS, 20): 1})
    tally.add_test("two", {(LIST, 50): 1, (LIST, 20): 1})

    assert tally.cells == [(LIST, 20), (LIST, 50), (STATS, 20)]


def test_a_code_nobody_delivered_counts_nothing() -> None:
    tally = Tally()

    assert tally.deliveries_of(20) == 0
    assert (tally.level_of(20), tally.level((LIST, 20))) == (None, None)
    assert tally.cells == []


@pytest.mark.parametrize("turned", [False, True])
def test_parts_add_up_to_the_same_in_any_order(turned: bool) -> None:
    parts = [Tally(), Tally()]
    parts[0].add_test("one", {(LIST, 31): 1})
    parts[1].add_test("one", {(LIST, 31): 2}, {(LIST, 31)})
    parts[1].add_test("two", {(STATS, 20): 1})
    total = Tally()

    for part in reversed(parts) if turned else parts:
        total.add(part)

    assert total.deliveries == {(LIST, 31): 3, (STATS, 20): 1}
    assert total.contexts == {(LIST, 31): {"one": ASSERTED}, (STATS, 20): {"two": EXERCISED}}


@pytest.mark.parametrize(
    ("level", "demanded", "reached"),
    [
        (None, EXERCISED, False),
        (EXERCISED, EXERCISED, True),
        (EXERCISED, ASSERTED, False),
        (ASSERTED, EXERCISED, True),
        (ASSERTED, ASSERTED, True),
    ],
)
def test_the_higher_level_covers_the_lower(
    level: Level | None, demanded: Level, reached: bool
) -> None:
    assert reaches(level, demanded) is reached


def test_a_test_verifies_what_it_has_delivered() -> None:
    tally = Tally()
    tally.add_test("one", {(LIST, 31): 1, (STATS, 31): 1})

    tally.verify("one", [(LIST, 31), (LIST, 50)])
    tally.verify("two", [(STATS, 31)])

    assert tally.contexts == {
        (LIST, 31): {"one": Level.VERIFIED},
        (STATS, 31): {"one": Level.EXERCISED},
    }
