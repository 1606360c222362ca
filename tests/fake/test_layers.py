"""Answers that a block lays over those of the test."""

from __future__ import annotations

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.stubs import Stub, Stubs
from tests.fake.world import World


def test_stubs_laid_over_others_answer_first_and_hand_on_what_they_do_not_hold() -> None:
    world = World()
    world.fake.respond((31,), None, None)
    below = world.fake.stubs
    world.fake.stubs = Stubs(below)
    world.fake.stubs.add(Stub(Code.OPERATION_FAILED))

    assert world.fake.stubs.asked() == {31, 50}
    assert [world.ask("user.getStats")["code"] for _ in range(3)] == [50, 31, 20]
    assert [*world.fake.stubs.undelivered(), *below.undelivered()] == []


def test_a_laid_over_always_hides_what_is_below() -> None:
    world = World()
    world.fake.respond((31,), None, None)
    below = world.fake.stubs
    world.fake.stubs = Stubs(below)
    world.fake.always(50, None)

    assert [world.ask("user.getStats")["code"] for _ in range(2)] == [50, 50]
    assert [str(stub) for stub in below.undelivered()] == ["31 Requests per second limit exceeded"]
