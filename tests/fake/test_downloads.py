"""What a resourceUrl leads to."""

from __future__ import annotations

import io
import zipfile

from pytest_flipsnack.fake.request import parse
from tests.fake.world import HASH, World


def offered(world: World) -> str:
    url: str = world.data("collection.downloadHTML", collectionHash=HASH)["resourceUrl"]
    return url


def test_the_archive_is_served_and_is_no_call() -> None:
    world = World({"download_s": 0})
    url = offered(world)

    reply = world.reply(parse("GET", url, {}, None))

    assert url == f"https://download.flipsnack.com/{HASH}.zip"
    assert (reply.http_status, reply.content_type) == (200, "application/zip")
    assert zipfile.ZipFile(io.BytesIO(reply.body)).namelist() == ["index.html"]
    assert [call.action for call in world.fake.calls] == ["collection.downloadHTML"]
    assert world.fake.findings() == []


def test_the_url_expires_after_a_minute_and_a_new_one_can_be_had() -> None:
    world = World({"download_s": 0})
    url = offered(world)
    world.clock.pass_(59)
    assert world.reply(parse("GET", url, {}, None)).http_status == 200
    world.clock.pass_(1)
    assert world.reply(parse("GET", url, {}, None)).http_status == 404

    again = world.reply(parse("GET", offered(world), {}, None))

    assert again.http_status == 200
    assert world.fake.findings() == []


def test_another_file_is_refused_and_told_why() -> None:
    world = World({"download_s": 0})
    offered(world)

    assert world.code(parse("GET", "https://download.flipsnack.com/other.zip", {}, None)) == 40

    assert (
        "    hint:     the fake serves the archives of a resourceUrl that it gave itself, and "
        in ("\n".join(world.complaints))
    )


def test_an_archive_has_no_place_on_the_api_itself() -> None:
    world = World({"download_s": 0})
    offered(world)
    assert world.code(parse("GET", f"https://api.flipsnack.com/{HASH}.zip", {}, None)) == 40
