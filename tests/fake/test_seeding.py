"""How a test seeds flipbooks, and which hashes exist before it does."""

from __future__ import annotations

import pytest

from tests.fake.world import HASH, World


def test_a_seeded_flipbook_is_what_the_client_gets() -> None:
    world = World()
    added = world.fake.account.collections.add(title="T", description="D", status="editable")

    assert world.data("collection.getCollection", collectionHash=added.hash) == {
        "collectionHash": added.hash,
        "collectionTitle": "T",
        "collectionDescription": "D",
        "collectionStatus": "editable",
        "collectionWidth": 650,
        "collectionHeight": 385,
    }


def test_a_seeded_flipbook_stays_in_processing_for_its_time() -> None:
    world = World()
    world.clock.pass_(10)
    world.fake.account.collections.add(HASH, processing_s=2)

    states = []
    for _ in range(2):
        states.append(world.data("collection.getCollection", collectionHash=HASH))
        world.clock.pass_(2)

    assert [data["collectionStatus"] for data in states] == ["processing", "public"]


def test_collections_are_a_container_by_hash() -> None:
    collections = World().fake.account.collections
    first, second = collections.add("h1"), collections.add("h2")

    assert len(collections) == 2
    assert list(collections) == [first, second]
    assert collections["h2"] is second
    assert "h1" in collections
    assert "h3" not in collections


@pytest.mark.parametrize("status", ["private", "processing", ""])
def test_a_status_that_cannot_be_set_is_refused(status: str) -> None:
    collections = World().fake.account.collections

    with pytest.raises(ValueError) as caught:
        collections.add(status=status)

    assert str(caught.value) == (
        f"{status!r} is not a collectionStatus to set; allowed: public, editable, unlisted "
        "(for processing, give processing_s)"
    )
    assert len(collections) == 0


def test_a_hash_cannot_be_held_twice() -> None:
    collections = World().fake.account.collections
    collections.add(HASH)

    with pytest.raises(ValueError) as caught:
        collections.add(HASH)

    assert str(caught.value) == ("'fxh4k89' is already in flipsnack.collections; change that one")


def test_until_a_test_names_one_any_hash_keeps_what_is_done_to_it() -> None:
    world = World()

    world.data("collection.update", collectionHash=HASH, title="T")

    assert world.data("collection.getCollection", collectionHash=HASH)["collectionTitle"] == "T"
    assert world.data("collection.getCollection", collectionHash="h2")["collectionTitle"] == (
        "Untitled"
    )
    assert world.data("collection.getList") == {"collectionCount": 0, "collections": []}
    world.ask("collection.deleteCollection", collectionHash=HASH)
    assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == 43


def test_a_flipbook_taken_for_granted_can_begin_in_processing() -> None:
    world = World()
    world.fake.account.collections.assume_processing(4)

    codes = []
    for _ in range(2):
        codes.append(world.ask("collection.update", collectionHash=HASH)["code"])
        world.clock.pass_(4)

    assert codes == [38, 20]


def test_the_first_flipbook_made_ends_taking_hashes_for_granted() -> None:
    world = World()
    world.fake.allow((46,))

    assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == 20
    world.create()
    assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == 46


def test_an_account_that_was_cleared_knows_no_hash() -> None:
    world = World()
    world.fake.account.collections.add(HASH)
    world.fake.allow((46,))

    world.fake.account.collections.clear()

    assert world.ask("collection.getCollection", collectionHash=HASH)["code"] == 46
    assert world.data("collection.getList")["collectionCount"] == 0


def test_what_was_done_to_flipbooks_taken_for_granted_can_be_forgotten() -> None:
    world = World()
    world.data("collection.update", collectionHash=HASH, title="T")

    world.fake.account.collections.forget_assumed()

    data = world.data("collection.getCollection", collectionHash=HASH)
    assert data["collectionTitle"] == "Untitled"
