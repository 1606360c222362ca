"""What is Flipsnack's and no call of the API: the test's own stubs answer it, or it is stopped."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
import requests
import requests_mock
import responses
import respx
import urllib3
import vcr
from pytest_httpx import HTTPXMock

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake.addresses import is_call, is_meant_as_call
from tests.transports.asking import API, code_of, codes, signed
from tests.transports.test_guard import complaint

PAGE = "https://www.flipsnack.com/acme/annual-report.html"
RELATED = "https://api.flipsnack.com/v2/publications/related"  # what the public viewer asks
UPLOADED = "https://upload.flipsnack.com/v1.1/status"
IMAGE = "https://cdn.flipsnack.com/covers/1.jpg"
ARCHIVE = "https://download.flipsnack.com/mine.zip"
URLS = pytest.mark.parametrize("url", [PAGE, RELATED, UPLOADED, IMAGE, ARCHIVE])
Stub = Callable[[str], object]
Get = Callable[[str], str]


def by_requests(url: str) -> str:
    return requests.get(url, timeout=5).text


def by_httpx(url: str) -> str:
    return httpx.get(url, timeout=5).text


def by_httpx_async(url: str) -> str:
    async def get() -> str:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).text

    return asyncio.run(get())


def by_aiohttp(url: str) -> str:
    async def get() -> str:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return await answer.text()

    return asyncio.run(get())


def by_urllib3(url: str) -> str:
    with urllib3.PoolManager() as pool:
        return pool.request("GET", url, retries=False, timeout=5).data.decode()


def by_urllib(url: str) -> str:
    with urllib.request.build_opener().open(url, timeout=5) as answer:
        text: str = answer.read().decode()
    return text


HTTPX = (by_httpx, by_httpx_async)
EVERY = (by_requests, *HTTPX, by_aiohttp, by_urllib3, by_urllib)


@contextmanager
def with_responses() -> Iterator[Stub]:
    with responses.RequestsMock() as mock:
        yield lambda url: mock.get(url, body="mine")


@contextmanager
def with_requests_mock() -> Iterator[Stub]:
    with requests_mock.Mocker() as mock:
        yield lambda url: mock.get(url, text="mine")


@contextmanager
def with_respx() -> Iterator[Stub]:
    with respx.mock() as mock:
        yield lambda url: mock.get(url).respond(text="mine")


STUBBED: list[tuple[Any, Get]] = [
    (with_responses, by_requests),
    (with_requests_mock, by_requests),
    *((with_respx, get) for get in HTTPX),
]


@URLS
@pytest.mark.parametrize(("block", "get"), STUBBED)
def test_a_stub_inside_the_fake_answers(
    block: Callable[[], AbstractContextManager[Stub]], get: Get, url: str
) -> None:
    with Flipsnack() as fake, block() as stub:
        stub(url)
        assert get(url) == "mine"
    assert fake.calls == []


@URLS
@pytest.mark.parametrize(("block", "get"), STUBBED)
def test_a_stub_around_the_fake_answers(
    block: Callable[[], AbstractContextManager[Stub]], get: Get, url: str
) -> None:
    with block() as stub:
        stub(url)
        with Flipsnack() as fake:
            assert get(url) == "mine"
    assert fake.calls == []


@URLS
@pytest.mark.parametrize("get", HTTPX)
def test_pytest_httpx_answers_set_up_before(
    httpx_mock: HTTPXMock, flipsnack: Flipsnack, get: Get, url: str
) -> None:
    httpx_mock.add_response(url=url, text="mine")
    assert get(url) == "mine"
    assert flipsnack.calls == []


@URLS
@pytest.mark.parametrize("get", HTTPX)
def test_pytest_httpx_answers_set_up_after(
    flipsnack: Flipsnack, httpx_mock: HTTPXMock, get: Get, url: str
) -> None:
    httpx_mock.add_response(url=url, text="mine")
    assert get(url) == "mine"
    assert flipsnack.calls == []


CASSETTE = """
version: 1
interactions:
- request: {{method: GET, uri: '{url}', body: null, headers: {{}}}}
  response:
    body: {{string: mine}}
    headers: {{Content-Type: [text/plain], Content-Length: ['4']}}
    status: {{code: 200, message: OK}}
"""


@pytest.mark.parametrize("url", [PAGE, RELATED])
@pytest.mark.parametrize("get", EVERY)
@pytest.mark.parametrize("order", ["before", "inside"])
def test_a_cassette_answers_what_it_has(tmp_path: Path, order: str, get: Get, url: str) -> None:
    path = tmp_path / "cassette.yaml"
    path.write_text(CASSETTE.format(url=url), encoding="utf-8")
    fake, cassette = Flipsnack(), vcr.use_cassette(str(path), record_mode="none")
    first, second = (cassette, fake) if order == "before" else (fake, cassette)

    with first, second:
        assert get(url) == "mine"

    assert fake.calls == []


@pytest.mark.parametrize("url", [PAGE, RELATED, UPLOADED])
@pytest.mark.parametrize("get", EVERY)
def test_without_a_stub_it_is_stopped_and_said_what_it_was(get: Get, url: str) -> None:
    fake = Flipsnack().start()

    with pytest.raises((OSError, httpx.ConnectError, urllib3.exceptions.HTTPError)):
        get(url)

    host = url.split("/")[2]
    known = get in {by_requests, *HTTPX} or url != PAGE
    assert fake.stop() == [complaint(f"GET {url}" if known else f"a request to {host}")]
    assert fake.calls == []


@pytest.mark.parametrize("get", EVERY)
def test_an_archive_that_nobody_offered_is_said_to_be_none(get: Get) -> None:
    fake = Flipsnack().start()

    try:
        text = get(ARCHIVE)
    except urllib.error.HTTPError as error:
        with error:
            text = error.read().decode()

    assert text.startswith("There is no archive at this URL")
    assert [found.splitlines()[0] for found in fake.stop()] == [
        "GET of the archive 'mine.zip' was answered with HTTP 404"
    ]


SLIPS = [
    "https://api.flipsnack.com/v1/v1/",
    "https://upload.flipsnack.com/v1/collections",
    "https://api.flipsnack.com/?action=user.getStats",
]


@pytest.mark.parametrize("url", SLIPS)
@pytest.mark.parametrize("get", EVERY)
def test_a_slip_in_the_path_of_a_call_is_refused(get: Get, url: str) -> None:
    fake = Flipsnack().start()

    assert '"code": 40' in get(url)

    assert [found.splitlines()[0].partition(" was ")[2][:15] for found in fake.stop()] == [
        "refused with 40"
    ]


@pytest.mark.parametrize("url", SLIPS)
@pytest.mark.parametrize(("block", "get"), STUBBED)
def test_a_stub_for_it_answers_first(
    block: Callable[[], AbstractContextManager[Stub]], get: Get, url: str
) -> None:
    with Flipsnack() as fake, block() as stub:
        stub(url)
        assert get(url) == "mine"
    assert fake.calls == []


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("https://api.flipsnack.com/v1/users", True),
        ("https://api.flipsnack.com/V1/?action=user.getStats", True),
        ("https://api.flipsnack.com/v2/?action=user.getStats", False),
        ("https://api.flipsnack.com/v10", False),
        ("https://api.flipsnack.com/", False),
        ("https://www.flipsnack.com/v1/?action=user.getStats", False),
    ],
)
def test_another_version_is_no_slip(url: str, meant: bool) -> None:
    assert is_meant_as_call(url) is meant


class Proxy:
    """Listens, and answers nobody."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, "http://127.0.0.1:1")
            monkeypatch.delenv(name.upper(), raising=False)


async def through_a_proxy_of_its_own(url: str, *, trust_env: bool = False) -> str:
    proxy = None if trust_env else "http://127.0.0.1:1"
    async with (
        aiohttp.ClientSession(trust_env=trust_env) as session,
        session.get(url, proxy=proxy) as answer,
    ):
        return await answer.text()


@pytest.mark.parametrize(
    "get",
    [
        by_requests,
        *HTTPX,
        by_urllib,
        lambda url: asyncio.run(through_a_proxy_of_its_own(url)),
        lambda url: asyncio.run(through_a_proxy_of_its_own(url, trust_env=True)),
    ],
    ids=["requests", "httpx", "httpx-async", "urllib", "aiohttp", "aiohttp-environment"],
)
def test_no_proxy_takes_a_request_past_the_fake(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    Proxy(monkeypatch)
    fake = Flipsnack().start()

    with pytest.raises((OSError, httpx.ConnectError)):
        get(PAGE)

    assert len(fake.stop()) == 1


def test_an_error_of_the_tests_own_stays_what_it_is(
    flipsnack: Flipsnack, httpx_mock: HTTPXMock
) -> None:
    httpx_mock.add_exception(httpx.ConnectError("mine"))
    with pytest.raises(httpx.ConnectError, match="mine"):
        httpx.get(ARCHIVE)
    with responses.RequestsMock() as mock:
        mock.get(ARCHIVE, body=requests.ConnectionError("mine"))
        with pytest.raises(requests.ConnectionError, match="mine"):
            requests.get(ARCHIVE, timeout=5)


@pytest.mark.parametrize("get", [requests.get, httpx.get])
def test_an_archive_that_was_offered_is_the_fakes(get: Any) -> None:
    with Flipsnack() as fake, responses.RequestsMock(), respx.mock(assert_all_called=False):
        fake.configure(download_s=0)
        params = signed(fake, "collection.downloadHTML", collectionHash="fxh4k89")
        url = get(API, params=params).json()["data"]["resourceUrl"]
        assert get(url).content.startswith(b"PK")


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://api.flipsnack.com/v1", True),
        ("https://API.flipsnack.com/v1/?a=b", True),
        ("http://upload.flipsnack.com:8080/v1#a", True),
        ("https://api.flipsnack.com", False),
        ("https://api.flipsnack.com/V1/", False),
        ("https://api.flipsnack.com/v1/users", False),
        ("https://api.flipsnack.com/v10", False),
        ("https://api.flipsnack.com.example.org/v1", False),
        ("https://www.flipsnack.com/v1", False),
    ],
)
def test_a_call_has_a_documented_host_and_path(url: str, ours: bool) -> None:
    assert is_call(url) is ours


def asked(flipsnack: Flipsnack, get: Get) -> str:
    return get(str(httpx.URL(API, params=signed(flipsnack))))


@pytest.mark.parametrize("mode", ["none", "once", "new_episodes", "all"])
@pytest.mark.parametrize("get", EVERY)
@pytest.mark.parametrize("order", ["before", "inside"])
def test_a_call_inside_a_cassette_reaches_the_fake_and_is_not_kept(
    tmp_path: Path, order: str, get: Get, mode: str
) -> None:
    path = tmp_path / "cassette.yaml"
    fake, cassette = Flipsnack(), vcr.use_cassette(str(path), record_mode=mode)
    first, second = (cassette, fake) if order == "before" else (fake, cassette)

    with first, second:
        fake.respond(31)
        assert '"code": 31' in asked(fake, get)

    assert codes(fake) == [31]
    assert not path.exists() or "flipsnack" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("get", EVERY)
def test_the_base_url_is_reached_inside_a_cassette(
    flipsnack: Flipsnack, tmp_path: Path, get: Get
) -> None:
    @vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none")  # type: ignore[untyped-decorator]
    def decorated() -> str:
        return get(str(httpx.URL(f"{flipsnack.url}/", params=signed(flipsnack))))

    assert '"code": 20' in decorated()


def test_a_cassette_that_was_opened_inside_is_as_ever_after_the_fake(tmp_path: Path) -> None:
    fake = Flipsnack()
    with vcr.use_cassette(str(tmp_path / "cassette.yaml"), record_mode="none") as cassette:
        with fake:
            assert code_of(httpx.get(API, params=signed(fake))) == 20
        with pytest.raises(vcr.errors.CannotOverwriteExistingCassetteException):
            httpx.get(API, params=signed(fake))
    assert cassette.play_count == 0
