"""What a test must fail for, however much its client swallows."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_flipsnack.catalogue.codes import Code
from tests.fake.broken_rules import keyed, seeded, tampered
from tests.fake.world import HASH, SECRET, World, get, upload

WAY_OUT = "    way out:  let the client send the request, or declare fewer answers"


def test_a_test_in_which_all_went_well_has_no_verdict() -> None:
    world = World()
    world.fake.respond((31, 20), None, None, "test_a.py:3")

    assert [world.ask("user.getStats")["code"] for _ in range(3)] == [31, 20, 20]
    assert world.fake.findings() == []


def test_an_undelivered_stub_is_named_with_its_line() -> None:
    world = World()
    world.fake.respond((31,), "collection.getList", None, "test_a.py:3")

    assert world.fake.findings() == [
        "a declared answer was never delivered\n"
        "    declared: 31 Requests per second limit exceeded for collection.getList, "
        "at test_a.py:3\n"
        "    requests: none\n    way out:  let the test send a request, to the documented URL or to flipsnack.url, where the fake sees it, or declare none"
    ]


def test_several_undelivered_stubs_come_with_the_requests_that_were_made() -> None:
    world = World()
    world.fake.respond((50, 31), "collection.getList", None, "test_a.py:3")
    world.fake.always(22, "collection.getEmbed", "test_a.py:4")
    world.fake.fail("timeout", "collection.update", "test_a.py:5")
    world.ask("user.getStats")
    world.clock.pass_(1.25)
    world.ask("collection.getList")

    assert world.fake.findings() == [
        "3 declared answers were never delivered\n"
        "    declared: 31 Requests per second limit exceeded for collection.getList, "
        "at test_a.py:3\n"
        "    declared: 22 Maintenance mode for collection.getEmbed (always), at test_a.py:4\n"
        "    declared: fault timeout for collection.update, at test_a.py:5\n"
        "    requests: t=0.0 s user.getStats 20, t=1.2 s collection.getList 50\n"
        f"{WAY_OUT}"
    ]


def test_a_long_list_of_undelivered_stubs_is_cut() -> None:
    world = World()
    world.fake.respond((50,) * 12, None, None, "test_a.py:3")
    world.fake.respond((20,) * 12, "user.getStats", None, "test_a.py:4")
    for _ in range(12):
        world.ask("collection.getList")
    text = "\n    declared: 20 OK for user.getStats, at test_a.py:4"
    requests = ", ".join(["t=0.0 s collection.getList 50"] * 10)

    assert world.fake.findings() == [
        f"12 declared answers were never delivered{text * 10}\n"
        f"    declared: and 2 more\n    requests: {requests}\n{WAY_OUT}"
    ]


def test_an_undelivered_stub_does_not_show_what_a_client_sent_as_action() -> None:
    world = World()
    world.fake.respond((50,), "user.getStats", None, "test_a.py:3")
    world.fake.allow((42,))
    world.ask(SECRET)

    assert world.fake.findings()[0].splitlines()[2] == "    requests: t=0.0 s *** 42"


def test_a_refusal_goes_before_a_stub_which_then_is_still_to_come() -> None:
    world = World()
    world.fake.respond((50,), None, None, "test_a.py:3")

    assert world.code(tampered()) == 44

    [refused, undelivered] = world.fake.findings()
    assert refused.splitlines()[0] == (
        "user.getStats was refused with 44 Invalid signature, and the test did not expect 44"
    )
    assert undelivered.splitlines()[1:3] == [
        "    declared: 50 Operation failed, at test_a.py:3",
        "    requests: t=0.0 s user.getStats 44",
    ]
    assert world.ask("user.getStats")["code"] == 50


@pytest.mark.parametrize("request_", [tampered(), keyed("another"), get("no.such"), upload(b"x")])
def test_always_20_hides_no_refusal(request_: Any) -> None:
    world = World()
    world.fake.always(20, None)

    assert world.code(request_) in {41, 42, 44, 45}
    assert " was refused with " in world.fake.findings()[0]


def test_a_stub_with_the_code_of_the_refusal_counts_as_asked_and_delivered() -> None:
    world = World()
    world.fake.respond((44, 20), None, None)

    assert world.code(tampered()) == 44
    assert world.ask("user.getStats")["code"] == 20
    assert world.fake.findings() == []


def test_a_stub_further_back_with_the_code_of_the_refusal_counts_as_asked() -> None:
    world = World()
    world.fake.respond((50, 44), None, None)

    assert world.code(tampered()) == 44
    assert world.complaints == []
    assert [world.ask("user.getStats")["code"] for _ in range(2)] == [50, 44]


def test_always_with_the_code_of_the_refusal_counts_as_asked() -> None:
    world = World()
    world.fake.always(44, "user.getStats")

    assert world.code(tampered()) == 44
    assert world.fake.findings() == []


def test_a_stub_of_another_code_does_not_count_as_asked() -> None:
    world = World()
    world.fake.respond((41,), None, None)

    assert world.code(tampered()) == 44
    assert len(world.complaints) == 1


def test_an_allowed_refusal_is_what_the_test_is_about() -> None:
    world = World()
    world.fake.allow((44, Code.INVALID_CREDENTIALS))

    assert [world.code(tampered()), world.code(keyed("x"))] == [44, 41]
    assert world.fake.findings() == []


def test_allowing_one_code_allows_no_other() -> None:
    world = World()
    world.fake.allow((44,))

    assert world.code(keyed("x")) == 41
    assert len(world.fake.findings()) == 1


def test_the_same_refusal_is_told_once() -> None:
    world = World()

    assert [world.code(tampered()) for _ in range(3)] == [44] * 3
    assert len(world.fake.findings()) == 1


@pytest.mark.parametrize("code", [46, 47])
def test_an_unknown_hash_is_a_slip_unless_allowed(code: int) -> None:
    strict, allowing = World({"unknown_hash": code}), World({"unknown_hash": code})
    allowing.fake.allow((code,))
    for world in (strict, allowing):
        seeded("another")(world)
        assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == code

    assert len(strict.fake.findings()) == 1
    assert allowing.fake.findings() == []


@pytest.mark.parametrize(
    ("state", "code"), [({"deleted": True}, 43), ({"foreign": True}, 43), ({"processing_s": 9}, 38)]
)
def test_a_state_that_the_test_made_is_no_slip(state: dict[str, Any], code: int) -> None:
    world = World()
    seeded(**state)(world)

    assert world.ask("collection.update", collectionHash=HASH)["code"] == code
    assert world.fake.findings() == []


def test_a_limit_that_the_test_set_is_no_slip() -> None:
    world = World({"requests_per_second": 1})

    assert [world.ask("user.getStats")["code"] for _ in range(2)] == [20, 31]
    assert world.fake.findings() == []


def test_data_that_does_not_fit_the_action_it_met_is_named_with_its_line() -> None:
    world = World()
    world.fake.respond((20,), None, {"views": "many", "downloads": None}, "test_a.py:3")

    assert world.data("user.getStats") == {"views": "many", "downloads": None}
    assert world.fake.findings() == [
        "the data stubbed at test_a.py:3 was delivered to user.getStats "
        "and does not satisfy its schema:\n"
        "    downloads: None is not of type 'number'\n"
        "    views: 'many' is not of type 'number'"
    ]


def test_data_that_met_an_action_without_data_is_named_with_its_line() -> None:
    world = World()
    world.fake.respond((20,), None, {"views": 1}, "test_a.py:3")

    assert world.ask("collection.deleteCollection", collectionHash=HASH)["data"] == {"views": 1}
    assert world.fake.findings() == [
        "the data stubbed at test_a.py:3 was delivered to collection.deleteCollection, "
        "which answers 20 without data (API reference)"
    ]


def test_data_declared_for_an_action_is_not_judged_again() -> None:
    world = World()
    world.fake.respond((20,), "user.getStats", {"views": 1}, "test_a.py:3")

    assert world.data("user.getStats") == {"views": 1}
    assert world.fake.findings() == []
