"""The archive behind a resourceUrl, fetched with any library, whatever makes the API calls."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import urllib3

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.transports.session import Session
from tests.transports.asking import finished

Answer = tuple[int, Mapping[str, str], bytes]
Fetch = Callable[[str, str, dict[str, str]], Answer]
NAMES = ("Accept-Ranges", "Allow", "Content-Length", "Content-Range", "Content-Type")
ZIP = {"Accept-Ranges": "bytes", "Content-Type": "application/zip"}


def by_requests(method: str, url: str, headers: dict[str, str]) -> Answer:
    answer = requests.request(method, url, headers=headers, timeout=5)
    return answer.status_code, answer.headers, answer.content


def by_httpx(method: str, url: str, headers: dict[str, str]) -> Answer:
    answer = httpx.request(method, url, headers=headers, timeout=5)
    return answer.status_code, answer.headers, answer.content


def by_httpx_async(method: str, url: str, headers: dict[str, str]) -> Answer:
    async def fetch() -> Answer:
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, url, headers=headers)
            return answer.status_code, answer.headers, answer.content

    answer: Answer = finished(fetch())
    return answer


def by_aiohttp(method: str, url: str, headers: dict[str, str]) -> Answer:
    async def fetch() -> Answer:
        async with aiohttp.ClientSession() as session:
            async with session.request(method, url, headers=headers) as answer:
                return answer.status, answer.headers, await answer.read()

    answer: Answer = finished(fetch())
    return answer


def by_urllib3(method: str, url: str, headers: dict[str, str]) -> Answer:
    with urllib3.PoolManager() as pool:
        answer = pool.request(method, url, headers=headers, timeout=5, retries=False)
        return answer.status, answer.headers, answer.data


def by_urllib(method: str, url: str, headers: dict[str, str]) -> Answer:
    wanted = urllib.request.Request(url, method=method, headers=headers)
    try:
        answer = urllib.request.urlopen(wanted, timeout=5)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers, answer.read()


LIBRARIES = pytest.mark.parametrize(
    "fetch", [by_requests, by_httpx, by_httpx_async, by_aiohttp, by_urllib3, by_urllib]
)


def offered(flipsnack: Flipsnack, base: str = "https://api.flipsnack.com/v1") -> str:
    params = {"action": "collection.downloadHTML", "apiKey": flipsnack.api_key}
    params["collectionHash"] = "fxh4k89"
    params["signature"] = sign(flipsnack.secret, params)
    answer = requests.get(f"{base}/", params=params, timeout=5).json()
    return str(answer["data"]["resourceUrl"])


@pytest.fixture(params=["in process", "served"])
def url(request: pytest.FixtureRequest, flipsnack: Flipsnack) -> str:
    flipsnack.configure(download_s=0)
    return offered(flipsnack, *([flipsnack.url] if request.param == "served" else []))


def shown(answer: Answer) -> tuple[int, dict[str, str], int]:
    http_status, headers, body = answer
    return http_status, {name: headers[name] for name in NAMES if name in headers}, len(body)


@LIBRARIES
@pytest.mark.parametrize(
    ("method", "sent", "expected"),
    [
        ("GET", {}, (200, ZIP | {"Content-Length": "157"}, 157)),
        ("HEAD", {}, (200, ZIP | {"Content-Length": "157"}, 0)),
        ("HEAD", {"Range": "bytes=0-9"}, (200, ZIP | {"Content-Length": "157"}, 0)),
        (
            "GET",
            {"Range": "bytes=100-"},
            (206, ZIP | {"Content-Length": "57", "Content-Range": "bytes 100-156/157"}, 57),
        ),
        (
            "GET",
            {"Range": "bytes=100-", "If-Range": '"a"'},
            (200, ZIP | {"Content-Length": "157"}, 157),
        ),
        (
            "GET",
            {"Range": "bytes=200-"},
            (
                416,
                {
                    "Content-Length": "27",
                    "Content-Range": "bytes */157",
                    "Content-Type": "text/plain",
                },
                27,
            ),
        ),
        (
            "POST",
            {},
            (
                405,
                {"Allow": "GET, HEAD", "Content-Length": "30", "Content-Type": "text/plain"},
                30,
            ),
        ),
    ],
    ids=["get", "head", "head of a part", "part", "part if", "part beyond", "post"],
)
def test_every_library_gets_the_same(
    url: str, fetch: Fetch, method: str, sent: dict[str, str], expected: Any
) -> None:
    assert shown(fetch(method, url, sent)) == expected


@LIBRARIES
def test_after_its_minute_it_is_gone_and_says_so(
    url: str, fetch: Fetch, flipsnack: Flipsnack, flipsnack_clock: object
) -> None:
    assert fetch("GET", url, {})[0] == 200
    time.sleep(61)

    http_status, _, body = fetch("GET", url, {})

    assert (http_status, body.partition(b":")[0]) == (
        404,
        b"This resourceUrl expired after one minute",
    )
    assert flipsnack.findings == []
    assert [call.action for call in flipsnack.calls] == ["collection.downloadHTML"]


@LIBRARIES
def test_the_url_of_another_test_is_reported(fetch: Fetch) -> None:
    with Flipsnack() as earlier:
        earlier.configure(download_s=0)
        url = offered(earlier)
    flipsnack = Flipsnack().start()

    assert fetch("GET", url, {})[0] == 404

    assert [found.splitlines()[0] for found in flipsnack.stop()] == [
        "GET of the archive 'fxh4k89.zip' was answered with HTTP 404"
    ]


def test_progress_is_told_from_the_length(url: str) -> None:
    with requests.get(url, stream=True, timeout=5) as answer:
        length = int(answer.headers["Content-Length"])
        assert sum(map(len, answer.iter_content(64))) == length


def test_a_download_that_broke_off_goes_on(url: str, tmp_path: Path) -> None:
    path = tmp_path / "archive.zip"
    path.write_bytes(by_httpx("GET", url, {"Range": "bytes=0-99"})[2])

    with path.open("ab") as file:
        file.write(by_httpx("GET", url, {"Range": f"bytes={path.stat().st_size}-"})[2])

    assert path.read_bytes() == by_requests("GET", url, {})[2]


def test_it_is_copied_to_a_file_by_urllib(url: str, tmp_path: Path) -> None:
    urllib.request.urlretrieve(url, tmp_path / "archive.zip")

    shutil.unpack_archive(tmp_path / "archive.zip", tmp_path)
    assert (tmp_path / "index.html").exists()


@LIBRARIES
def test_of_two_fakes_the_inner_one_has_the_archives(fetch: Fetch) -> None:
    session = Session()
    try:
        with Flipsnack(session=session) as outer:
            assert outer.url  # it comes to the server first
            with Flipsnack(session=session) as inner:
                inner.configure(download_s=0)
                assert fetch("GET", offered(inner), {})[0] == 200
                fetched = [fake.fake.account.downloads.fetched for fake in (outer, inner)]
    finally:
        session.close()

    assert fetched == [0, 1]


@pytest.mark.parametrize("fetch", [by_requests, by_httpx])
def test_head_of_the_api_is_refused_and_read_by_every_library(fetch: Fetch) -> None:
    with Flipsnack() as flipsnack:
        flipsnack.allow(30)

        http_status, _, body = fetch("HEAD", "https://api.flipsnack.com/v1/", {})

    assert (http_status, body) == (200, b"")
