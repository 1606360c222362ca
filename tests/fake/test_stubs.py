"""Declared answers come first in first out."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.stubs import Stub
from tests.fake.world import HASH, World, envelope_of, get, upload


def codes(world: World, *actions: str) -> list[int]:
    return [world.ask(action)["code"] for action in actions]


def test_answers_come_first_in_first_out_and_then_the_fakes_own() -> None:
    world = World()
    world.fake.respond((50, 31, 20), None, None)

    assert codes(world, *["user.getStats"] * 4) == [50, 31, 20, 20]
    assert world.fake.undelivered() == []


def test_an_error_is_an_envelope_with_its_message_and_no_data() -> None:
    world = World()
    world.fake.respond((31,), None, None)

    assert world.ask("user.getStats") == {
        "code": 31,
        "status": "Requests per second limit exceeded",
    }


def test_a_stub_for_an_action_waits_for_that_action() -> None:
    world = World()
    world.fake.respond((50,), "collection.getList", None)

    assert codes(world, "user.getStats", "collection.getList", "user.getStats") == [20, 50, 20]


def test_of_two_stubs_that_fit_the_one_declared_first_answers() -> None:
    world = World()
    world.fake.respond((22,), None, None)
    world.fake.respond((31,), "user.getStats", None)
    world.fake.respond((32,), None, None)

    assert codes(world, "user.getStats", "user.getStats", "user.getStats") == [22, 31, 32]


def test_always_answers_once_the_queue_is_empty() -> None:
    world = World()
    world.fake.always(50, None)
    world.fake.respond((31,), None, None)

    assert codes(world, *["user.getStats"] * 3) == [31, 50, 50]


def test_always_for_an_action_goes_before_always_for_all() -> None:
    world = World()
    world.fake.always(50, None)
    world.fake.always(22, "user.getStats")

    assert codes(world, "user.getStats", "collection.getList") == [22, 50]


def test_a_later_always_replaces_the_earlier_which_then_was_never_delivered() -> None:
    world = World()
    world.fake.always(50, None)
    world.fake.always(31, None)

    assert codes(world, "user.getStats") == [31]
    assert [str(stub) for stub in world.fake.undelivered()] == ["50 Operation failed (always)"]


def test_undelivered_stubs_are_told_in_the_order_declared() -> None:
    world = World()
    world.fake.always(50, "user.getStats")
    world.fake.respond((31,), "collection.getList", None)
    world.fake.fail("timeout", None)

    assert [str(stub) for stub in world.fake.undelivered()] == [
        "50 Operation failed for user.getStats (always)",
        "31 Requests per second limit exceeded for collection.getList",
        "fault timeout",
    ]


def test_20_without_data_is_what_the_fake_answers_itself() -> None:
    world = World()
    world.fake.account.collections.add(HASH, title="T")
    world.fake.respond((20,), None, None)

    assert world.data("collection.getCollection", collectionHash=HASH)["collectionTitle"] == "T"


def test_20_with_data_is_delivered_as_it_stood_when_it_was_declared() -> None:
    world = World()
    data = {"views": 7, "pages": [{"page": 1}]}
    world.fake.respond((31, 20), "collection.getStats", data)
    data["views"] = 8
    data["pages"].append({"page": 2})  # type: ignore[attr-defined]

    answers = [world.ask("collection.getStats", collectionHash=HASH) for _ in range(2)]

    assert "data" not in answers[0]
    assert answers[1]["data"] == {"views": 7, "pages": [{"page": 1}]}


def test_any_mapping_is_data() -> None:
    world = World()
    world.fake.respond((20,), None, MappingProxyType({"views": 7}))

    assert world.data("user.getStats") == {"views": 7}


def test_a_stub_makes_an_unknown_hash_answer_20() -> None:
    world = World()
    world.fake.account.collections.clear()
    world.fake.respond((20,), None, None)

    assert world.data("collection.getCollection", collectionHash=HASH)["collectionHash"] == HASH
    assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == 46


def test_a_stubbed_38_leaves_the_collection_in_processing() -> None:
    world = World({"processing_s": 3})
    world.fake.respond((38,), "collection.update", None)

    assert world.ask("collection.update", collectionHash=HASH)["code"] == 38

    states = []
    for _ in range(2):
        states.append(world.data("collection.getCollection", collectionHash=HASH))
        world.clock.pass_(3)
    assert [data["collectionStatus"] for data in states] == ["processing", "public"]


def test_a_stubbed_38_may_meet_a_call_without_a_collection() -> None:
    world = World()
    world.fake.respond((38,), None, None)

    assert codes(world, "user.getStats", "user.getStats") == [38, 20]


def test_a_bent_envelope_counts_as_the_code_it_was() -> None:
    world = World()

    def without_status(envelope: dict[str, Any]) -> dict[str, Any]:
        return {"code": str(envelope["code"])}

    world.fake.stubs.add(Stub(Code.FORBIDDEN, bend=without_status))

    assert world.ask("user.getStats") == {"code": "43"}
    assert world.fake.hits == {("user.getStats", 43): 1}


def test_stubs_count_against_the_rate_but_not_against_the_month() -> None:
    world = World({"requests_per_minute": 1, "uploads_per_month": 1})
    world.fake.respond((50,), None, None)

    assert [envelope_of(world.reply(upload()))["code"] for _ in range(2)] == [50, 32]
    world.clock.pass_(60)
    assert world.create()["code"] == 20


def test_hits_are_counted_by_action_and_code() -> None:
    world = World()
    world.fake.respond((31, 31), None, None)

    codes(world, "user.getStats", "user.getStats", "user.getStats", "no.such.action")
    world.reply(get("x", method="PUT"))

    assert world.fake.hits == {
        ("user.getStats", 31): 2,
        ("user.getStats", 20): 1,
        ("(unknown)", 42): 2,
    }
