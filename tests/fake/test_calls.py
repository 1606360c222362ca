"""What the fake remembers of each request."""

from __future__ import annotations

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
