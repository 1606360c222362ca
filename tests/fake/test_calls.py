"""What the fake remembers of each request."""

from __future__ import annotations

import pytest

from pytest_flipsnack.fake.call import Call
from tests.fake.support import HASH, SECRET, World, get, signed


def test_the_secret_and_the_signatures_are_what_a_client_must_not_show() -> None:
    world = World()
    first, second = signed({"action": "user.getStats"}), signed({"action": "collection.getList"})
    world.ask("user.getStats")
    world.ask("collection.getList")

    assert world.fake.secrets() == [
        ("secret", SECRET),
        ("signature", first["signature"]),
        ("signature", second["signature"]),
    ]


def test_a_call_tells_its_parameters_without_credentials_and_when_it_was() -> None:
    world = World()
    world.clock.pass_(2.5)
    world.ask("collection.update", collectionHash=HASH, title="T")
    world.create()

    update, create = world.fake.calls
    assert (update.action, update.params) == (
        "collection.update",
        {"collectionHash": HASH, "title": "T"},
    )
    assert (update.at, update.method, update.files) == (2.5, "GET", {})
    assert (create.method, create.params) == ("POST", {})
    assert {name: upload.filename for name, upload in create.files.items()} == {"file": "book.pdf"}


def test_an_answer_that_tells_to_ask_again_is_pending() -> None:
    world = World({"processing_s": 1, "download_s": 1})
    name = world.create()["data"]["collectionHash"]
    world.ask("collection.getCollection", collectionHash=name)
    world.clock.pass_(1)
    world.ask("collection.downloadHTML", collectionHash=name)
    world.clock.pass_(1)
    world.ask("collection.downloadHTML", collectionHash=name)
    world.ask("collection.getCollection", collectionHash=name)

    assert [call.pending for call in world.fake.calls] == [True, True, True, False, False]


def test_a_call_without_action_is_told_as_such() -> None:
    world = World()
    world.fake.allow((30,))
    request = get("user.getStats")
    del request.params["action"]

    world.reply(request)

    assert [str(call) for call in world.fake.calls] == ["t=0.0 s (no action) 30"]


@pytest.mark.parametrize(
    ("at", "really_s", "worked_s", "least_s", "most_s"),
    [
        (3.0, 0.0, 0.0, 3.0, 3.0),  # a sleep
        (2.75, 0.25, 0.25, 2.75, 3.0),  # a timer, beside work
        (0.0, 0.5, 0.5, 0.0, 0.5),  # work alone is no wait
        (0.0, 0.5, 0.125, 0.5, 0.5),  # a wait that took as long as it takes
        (0.0, 0.0625, 0.0, 0.0, 0.0625),  # the little that every request takes
    ],
)
def test_the_wait_between_two_calls_is_what_any_clock_told(
    at: float, really_s: float, worked_s: float, least_s: float, most_s: float
) -> None:
    first = Call("user.getStats", {}, 31, 0.0, really_at=(1.0, 1.0))
    second = Call("user.getStats", {}, 20, at, really_at=(1.0 + really_s, 1.0 + worked_s))

    assert first.waited_s(second) == (least_s, most_s)


def test_a_secret_that_travels_is_told_of() -> None:
    world = World()
    world.ask("collection.getList", query=SECRET)

    [text] = world.fake.verdicts()
    assert text.splitlines() == [
        "collection.getList was sent with the secret itself, as the parameter query",
        "    rule:     the secret signs a request and never travels with it; documented (H1, R0, M)",
        "    way out:  take it out of the parameters",
    ]


def test_a_fake_that_relents_succeeds_whatever_was_declared() -> None:
    world = World({"processing_s": 60.0, "download_s": 60.0})
    name = world.create()["data"]["collectionHash"]
    world.ask("collection.downloadHTML", collectionHash=name)
    world.fake.always(50, None)

    world.fake.relent()

    assert world.data("collection.getCollection", collectionHash=name)["collectionStatus"] == (
        "public"
    )
    assert world.data("collection.downloadHTML", collectionHash=name)["status"] == "COMPLETE"
    assert world.create()["data"]["collectionStatus"] == "public"


def test_only_a_request_without_an_answer_can_have_no_timeout() -> None:
    world = World()
    world.fake.note_that_nothing_times_out()
    world.ask("user.getStats")
    world.fake.note_that_nothing_times_out()
    world.fake.fail("timeout", None)
    world.reply(get("user.getStats"))
    before = [call.timeout_s for call in world.fake.calls]

    world.fake.note_that_nothing_times_out()

    assert None not in before
    assert [call.timeout_s for call in world.fake.calls] == [before[0], None]
