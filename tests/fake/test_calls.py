"""What the fake remembers of each request."""

from __future__ import annotations

from tests.fake.world import HASH, SECRET, World, get, signed


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


def test_a_secret_that_travels_is_told_of() -> None:
    world = World()
    world.ask("collection.getList", query=SECRET)

    [text] = world.fake.findings()
    assert text.splitlines() == [
        "collection.getList was sent with the secret itself, as the parameter query",
        "    rule:    the secret signs a request and is never sent with it; documented (API reference)",
        "    way out: take it out of the parameters",
    ]


def test_a_fake_may_succeed_from_now_on_whatever_was_declared() -> None:
    world = World({"processing_s": 60.0, "download_s": 60.0})
    name = world.create()["data"]["collectionHash"]
    world.ask("collection.downloadHTML", collectionHash=name)
    world.fake.always(50, None)

    world.fake.succeed_from_now_on()

    assert world.data("collection.getCollection", collectionHash=name)["collectionStatus"] == (
        "public"
    )
    assert world.data("collection.downloadHTML", collectionHash=name)["status"] == "COMPLETE"
    assert world.create()["data"]["collectionStatus"] == "public"


def test_only_a_request_without_an_answer_can_have_no_timeout() -> None:
    world = World()
    world.fake.fail("timeout", None)
    request = get("user.getStats")
    request.port = 5000
    world.reply(request)
    answered = get("user.getStats")
    answered.port = 5000
    world.reply(answered)

    world.fake.waits_without_end([4000])
    assert None not in [call.timeout_s for call in world.fake.calls]
    world.fake.waits_without_end([5000])
    assert [call.timeout_s for call in world.fake.calls] == [None, -1.0]
