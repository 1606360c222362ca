"""A flipbook's life on the clock, from create to delete, and how a test seeds one."""

from __future__ import annotations

import pytest

from tests.fake.world import HASH, World, upload


def test_a_hash_that_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError) as failure:
        World().fake.account.collections.add(5)  # type: ignore[arg-type]
    assert str(failure.value) == "5 is not a collection hash; a hash is text"


def test_a_whole_life() -> None:
    world = World({"processing_s": 3, "download_s": 2})

    made = world.create(title="First", collectionWidth="800")["data"]
    name = made["collectionHash"]
    assert made == {
        "collectionHash": "fc4ca4238a",
        "collectionTitle": "First",
        "collectionDescription": "",
        "collectionStatus": "processing",
        "collectionWidth": 800.0,
        "collectionHeight": 385,
    }

    assert world.ask("collection.update", collectionHash=name)["code"] == 38
    world.clock.pass_(2.9)
    assert world.data("collection.getCollection", collectionHash=name) == made
    world.clock.pass_(0.1)
    ready = made | {"collectionStatus": "public"}
    assert world.data("collection.getCollection", collectionHash=name) == ready

    changed = world.data(
        "collection.update",
        collectionHash=name,
        title="Second",
        description="D",
        collectionStatus="unlisted",
        collectionHeight="600.5",
    )
    assert changed == ready | {
        "collectionTitle": "Second",
        "collectionDescription": "D",
        "collectionStatus": "unlisted",
        "collectionHeight": 600.5,
    }
    assert world.data("collection.getCollection", collectionHash=name) == changed
    assert world.data("collection.getList") == {"collectionCount": 1, "collections": [changed]}

    download = [world.data("collection.downloadHTML", collectionHash=name)]
    world.clock.pass_(1.9)
    download.append(world.data("collection.downloadHTML", collectionHash=name))
    world.clock.pass_(0.1)
    download.append(world.data("collection.downloadHTML", collectionHash=name))
    complete = {
        "status": "COMPLETE",
        "resourceUrl": "https://download.flipsnack.com/fc4ca4238a.zip",
    }
    assert download == [{"status": "PROCESSING"}, {"status": "PROCESSING"}, complete]

    assert world.ask("collection.deleteCollection", collectionHash=name) == {
        "code": 20,
        "status": "OK",
    }
    assert world.ask("collection.getCollection", collectionHash=name)["code"] == 43
    assert world.ask("collection.deleteCollection", collectionHash=name)["code"] == 43
    assert world.data("collection.getList") == {"collectionCount": 0, "collections": []}
    assert world.fake.findings() == []


def test_without_a_wait_everything_is_ready_at_once() -> None:
    world = World({"processing_s": 0, "download_s": 0})
    made = world.create()["data"]

    assert made["collectionStatus"] == "public"
    download = world.data("collection.downloadHTML", collectionHash=made["collectionHash"])
    assert download["status"] == "COMPLETE"


def test_every_flipbook_made_has_a_hash_of_its_own() -> None:
    world = World()

    hashes = {world.create()["data"]["collectionHash"] for _ in range(5)}

    assert len(hashes) == 5
    assert [collection.hash in hashes for collection in world.fake.account.collections] == [
        True
    ] * 5


@pytest.mark.parametrize("size", ["wide", "", "nan", "inf", "1e9", "-1e9"])
def test_a_size_that_is_none_leaves_the_size_as_it_was(size: str) -> None:
    data = World().data("collection.update", collectionHash=HASH, collectionWidth=size)

    assert data["collectionWidth"] == 650


@pytest.mark.parametrize("status", ["private", "processing", ""])
def test_a_status_that_no_page_names_leaves_the_status_as_it_was(status: str) -> None:
    data = World().data("collection.update", collectionHash=HASH, collectionStatus=status)

    assert data["collectionStatus"] == "public"


def test_uploads_left_go_down_with_each_create() -> None:
    world = World({"uploads_per_month": 3})

    left = []
    for _ in range(4):
        left.append(world.data("user.getStats")["api_uploads_left"])
        world.create()

    assert left == [3, 2, 1, 0]


def test_without_a_limit_the_documented_uploads_are_left() -> None:
    world = World({"uploads_per_month": 0})
    world.create()

    assert world.data("user.getStats") == {
        "impressions": 723,
        "views": 1240,
        "time_spent": 53,
        "downloads": 4,
        "api_uploads_left": 999,
    }


def test_stats_are_the_documented_example_and_pages_come_where_asked_for() -> None:
    world = World()
    stats = {"impressions": 723, "views": 1240, "time_spent": 53, "downloads": 4}
    pages = [
        {"page": 1, "time_spent": 127443, "clicks": 392, "views": 4529},
        {"page": 2, "time_spent": 89382, "clicks": 171, "views": 4130},
    ]

    assert world.data("collection.getStats", collectionHash=HASH) == stats
    for text, answer in [("TRUE", stats | {"pages": pages}), ("1", stats | {"pages": pages})]:
        asked = world.data("collection.getStats", collectionHash=HASH, includePageStats=text)
        assert asked == answer
    assert world.data("collection.getStats", collectionHash=HASH, includePageStats="false") == stats


def test_the_embed_code_names_the_flipbook() -> None:
    assert World().data("collection.getEmbed", collectionHash=HASH) == {
        "embedCode": '<iframe src="https://player.flipsnack.com?hash=fxh4k89"></iframe>'
    }


@pytest.mark.parametrize(
    "action", ["flipbook.add", "collection.setLogo", "collection.setBackgroundImage"]
)
def test_an_older_upload_answers_with_the_flipbook(action: str) -> None:
    world = World()

    assert world.code(upload(action=action, collectionHash=HASH)) == 20
    for older in ("collection.deleteLogo", "collection.deleteBackgroundImage"):
        assert world.data(older, collectionHash=HASH)["collectionHash"] == HASH
    gone = world.ask("flipbook.delete", collectionHash=HASH, flipbookHash="b1")
    assert gone == {"code": 20, "status": "OK"}


def shelf(**settings: object) -> World:
    """Return an account with four flipbooks, and two that no list shows."""
    world = World(settings)
    add = world.fake.account.collections.add
    add("h1", title="Maps", description="of the world")
    add("h2", title="Atlas", status="unlisted")
    add("h3", title="Zoo", description="MAPS of it", status="editable")
    add("h4", title="birds", processing_s=5)
    add("h5", title="Maps", deleted=True)
    add("h6", title="Maps", foreign=True)
    return world


@pytest.mark.parametrize(
    ("params", "count", "hashes"),
    [
        ({}, 4, "h1 h2 h3 h4"),
        ({"collectionStatus": "public"}, 1, "h1"),
        ({"collectionStatus": "unlisted"}, 1, "h2"),
        ({"collectionStatus": "editable"}, 1, "h3"),
        ({"query": "maps"}, 2, "h1 h3"),
        ({"query": "WORLD"}, 1, "h1"),
        ({"query": "maps", "collectionStatus": "editable"}, 1, "h3"),
        ({"query": "nothing of the kind"}, 0, ""),
        ({"query": ""}, 4, "h1 h2 h3 h4"),
        ({"orderBy": "name"}, 4, "h2 h1 h3 h4"),
        ({"orderBy": "name", "orderMode": "asc"}, 4, "h2 h1 h3 h4"),
        ({"orderBy": "name", "orderMode": "DESC"}, 4, "h4 h3 h1 h2"),
        ({"orderMode": "desc"}, 4, "h1 h2 h3 h4"),
        ({"from": "1"}, 4, "h2 h3 h4"),
        ({"to": "1"}, 4, "h1 h2"),
        ({"from": "1", "to": "2"}, 4, "h2 h3"),
        ({"from": "2", "to": "2"}, 4, "h3"),
        ({"from": "3", "to": "1"}, 4, ""),
        ({"from": "9"}, 4, ""),
        ({"from": "-2", "to": "99"}, 4, "h1 h2 h3 h4"),
        ({"from": "first", "to": "last"}, 4, "h1 h2 h3 h4"),
    ],
    ids=str,
)
def test_a_list_is_filtered_ordered_and_paged(
    params: dict[str, str], count: int, hashes: str
) -> None:
    data = shelf().data("collection.getList", **params)

    assert data["collectionCount"] == count
    assert [item["collectionHash"] for item in data["collections"]] == hashes.split()


@pytest.mark.parametrize(
    ("params", "hashes"),
    [
        ({}, "h1 h2 h3 h4"),
        ({"from": "1", "to": "2"}, "h1 h2"),
        ({"from": "3", "to": "4"}, "h3 h4"),
        ({"from": "0", "to": "0"}, ""),
    ],
    ids=str,
)
def test_a_list_can_count_from_one(params: dict[str, str], hashes: str) -> None:
    data = shelf(first_record=1).data("collection.getList", **params)

    assert [item["collectionHash"] for item in data["collections"]] == hashes.split()
