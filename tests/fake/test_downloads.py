"""What a resourceUrl leads to."""

from __future__ import annotations

import io
import zipfile

import pytest

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


@pytest.mark.parametrize(
    ("range_", "http_status", "part", "place"),
    [
        ("bytes=0-9", 206, slice(10), "bytes 0-9/157"),
        ("bytes=10-", 206, slice(10, None), "bytes 10-156/157"),
        ("Bytes=156-900 ", 206, slice(156, None), "bytes 156-156/157"),
        ("bytes=-7", 206, slice(150, None), "bytes 150-156/157"),
        ("bytes=-900", 206, slice(None), "bytes 0-156/157"),
        ("bytes=157-", 416, None, "bytes */157"),
        ("bytes=-0", 416, None, "bytes */157"),
        *((other, 200, slice(None), None) for other in ("", "bytes=-", "bytes=9-0", "lines=0-9")),
        *((other, 200, slice(None), None) for other in ("bytes=0-1,4-5", "bytes=a-b", "9" * 5000)),
        (f"bytes={'9' * 30}-", 200, slice(None), None),
    ],
)
def test_a_part_is_sent_where_one_part_is_asked_for(
    range_: str, http_status: int, part: slice | None, place: str | None
) -> None:
    world = World({"download_s": 0})
    url = offered(world)
    whole = world.reply(parse("GET", url, {}, None)).body

    reply = world.reply(parse("GET", url, {"Range": range_}, None))

    body = b"The archive has 157 bytes.\n" if part is None else whole[part]
    assert (reply.http_status, reply.body) == (http_status, body)
    assert reply.headers.get("Content-Range") == place
    assert reply.headers["Content-Length"] == str(len(body))


def test_a_range_with_a_condition_that_nothing_can_fulfil_gets_the_whole() -> None:
    world = World({"download_s": 0})
    url = offered(world)

    reply = world.reply(parse("GET", url, {"Range": "bytes=0-9", "If-Range": '"a"'}, None))

    assert (reply.http_status, len(reply.body)) == (200, 157)


def test_head_tells_the_headers_of_the_whole_and_fetches_nothing() -> None:
    world = World({"download_s": 0})
    url = offered(world)
    fetched = parse("GET", url, {}, None)

    told = world.reply(parse("HEAD", url, {"Range": "bytes=0-9"}, None)).to("HEAD")
    assert (world.fake.account.downloads.fetched, told.body) == (0, b"")
    assert told.headers == world.reply(fetched).headers
    assert world.fake.account.downloads.fetched == 1


@pytest.mark.parametrize("method", ["POST", "DELETE", "get"])
def test_an_archive_is_only_fetched(method: str) -> None:
    world = World({"download_s": 0})

    reply = world.reply(parse(method, offered(world), {}, None))

    wrong = method != "get"
    assert reply.http_status == (405 if wrong else 200)
    assert reply.headers.get("Allow") == ("GET, HEAD" if wrong else None)
    assert world.fake.findings() == []


def test_an_expired_url_says_how_to_get_a_new_one() -> None:
    world = World({"download_s": 0})
    url = offered(world)
    world.clock.pass_(60)

    reply = world.reply(parse("GET", url, {}, None))

    assert (reply.http_status, reply.content_type) == (404, "text/plain")
    assert reply.body == (
        b"This resourceUrl expired after one minute: "
        b"call collection.downloadHTML and fetch the resourceUrl of its answer.\n"
    )
    assert world.fake.findings() == []


@pytest.mark.parametrize(
    ("ready", "expected"), [(True, f"{HASH}.zip"), (False, "(none)")], ids=["another", "no"]
)
def test_an_archive_that_this_fake_did_not_give_is_reported_as_a_download(
    ready: bool, expected: str
) -> None:
    world = World({"download_s": 0})
    if ready:
        offered(world)

    reply = world.reply(parse("GET", "https://download.flipsnack.com/other.zip", {}, None))

    assert (reply.http_status, reply.code) == (404, None)
    assert reply.body.startswith(b"There is no archive at this URL: call collection.downloadHTML")
    assert world.fake.findings() == [
        "GET of the archive 'other.zip' was answered with HTTP 404\n"
        f"    expected: a resourceUrl of this test: {expected}\n"
        "    way out:  call collection.downloadHTML and fetch the resourceUrl of its answer, "
        "within the same test"
    ]


@pytest.mark.parametrize("path", [f"/{HASH}.zip", f"/download/{HASH}.zip"])
def test_an_archive_has_no_place_on_the_api_itself(path: str) -> None:
    world = World({"download_s": 0})
    offered(world)

    assert world.code(parse("GET", f"https://api.flipsnack.com{path}", {}, None)) == 40
