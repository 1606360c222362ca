"""One test over every way in: the same calls, the same verdicts, the same hits."""

from __future__ import annotations

import io
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import requests

from pytest_flipsnack import FaultName, Flipsnack
from tests.clients import STYLES, Style
from tests.transports.asking import API, PDF, UPLOAD, codes, finished, signed
from tests.transports.sending import SENDERS, Send, form_of

CHOSEN = (
    "requests-raising",
    "httpx-sync-stamina",
    "httpx-async-loop",
    "aiohttp-loop",
    "urllib3-loop",
    "urllib-loop",
)
OVER = pytest.mark.parametrize(
    "style", [style for style in STYLES if style.name in CHOSEN], ids=lambda style: style.name
)


class Driver:
    """A client of some style, called as if it were a blocking one."""

    def __init__(self, style: Style, flipsnack: Flipsnack, secret: str = "") -> None:
        self._style, self._flipsnack = style, flipsnack
        self._secret = secret or flipsnack.secret

    def do(self, name: str, *args: Any, **how: Any) -> Any:
        """Build a client, call it once and close it."""
        urls = (None, None)
        if self._style.transport == "loopback":
            urls = (self._flipsnack.url, self._flipsnack.upload_url)  # type: ignore[assignment]

        if not self._style.is_async:
            client = self._style.make(self._flipsnack.api_key, self._secret, *urls)
            try:
                return getattr(client, name)(*args, **how)
            finally:
                client.close()

        async def run() -> Any:
            client = self._style.make(self._flipsnack.api_key, self._secret, *urls)
            try:
                return await getattr(client, name)(*args, **how)
            finally:
                await client.aclose()

        return finished(run())


FETCH: dict[str, Callable[[str], bytes]] = {
    "requests": lambda url: requests.get(url, timeout=5).content,
    "httpx": lambda url: httpx.get(url, timeout=5).content,
    "loopback": lambda url: urllib.request.urlopen(url, timeout=5).read(),
}
LIFE = [
    ("collection.create", 20),
    ("collection.getCollection", 20),
    ("collection.getCollection", 20),
    ("collection.update", 20),
    ("collection.getList", 20),
    ("collection.getStats", 20),
    ("collection.downloadHTML", 20),
    ("collection.downloadHTML", 20),
    ("collection.deleteCollection", 20),
    ("user.getStats", 20),
]


@OVER
def test_a_whole_life_is_the_same_calls_and_hits_over_each(style: Style) -> None:
    with Flipsnack() as flipsnack, flipsnack.clock:
        client = Driver(style, flipsnack)
        name = client.do("create", PDF, title="Überblick")["collectionHash"]
        client.do("wait_until_ready", name)
        client.do("update", name, title="A & B")
        listed = client.do("list")
        client.do("stats", name)
        archive = FETCH[style.transport](client.do("download", name))
        client.do("delete", name)
        client.do("user_stats")

    assert [(call.action, call.code) for call in flipsnack.calls] == LIFE
    assert flipsnack.hits == {row: LIFE.count(row) for row in LIFE}
    assert flipsnack.calls[0].params == {"title": "Überblick"}
    assert flipsnack.calls[0].files == {"file": PDF}
    assert flipsnack.calls[3].params == {"collectionHash": name, "title": "A & B"}
    assert [collection["collectionTitle"] for collection in listed] == ["A & B"]
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["index.html"]
    assert flipsnack.findings == []


@OVER
def test_stubbed_codes_are_retried_in_the_same_order_over_each(style: Style) -> None:
    with Flipsnack() as flipsnack, flipsnack.expect(50, 31, 22, 20):
        Driver(style, flipsnack).do("list")

    assert codes(flipsnack) == [50, 31, 22, 20]
    assert flipsnack.hits == {("collection.getList", code): 1 for code in (50, 31, 22, 20)}


@OVER
def test_an_error_is_judged_alike_over_each(style: Style) -> None:
    assert style.error is not None

    with Flipsnack() as flipsnack, flipsnack.expect(41, raises=style.error):
        Driver(style, flipsnack).do("user_stats")

    assert flipsnack.hits == {("user.getStats", 41): 1}


@OVER
@pytest.mark.parametrize("fault", ["timeout", "refused", "reset", "html"])
def test_a_fault_ends_in_the_clients_own_error_over_each(style: Style, fault: FaultName) -> None:
    assert style.error is not None

    with Flipsnack() as flipsnack, flipsnack.clock:
        for _ in range(8):
            flipsnack.fail(fault)
        with pytest.raises(style.error):
            Driver(style, flipsnack).do("user_stats")
        seen = {call.fault for call in flipsnack.calls}
        flipsnack.fake.stubs._queues.clear()

    assert seen == {fault}


@OVER
def test_a_wrong_signature_is_the_same_verdict_over_each(style: Style) -> None:
    assert style.error is not None
    flipsnack = Flipsnack().start()

    with pytest.raises(style.error):
        Driver(style, flipsnack, secret="another secret").do("user_stats")
    found = flipsnack.stop()

    assert [text.splitlines()[0] for text in found] == [
        "user.getStats was refused with 44 Invalid signature, and the test did not expect 44"
    ]
    assert codes(flipsnack) == [44]


@OVER
def test_a_stub_that_is_never_delivered_is_the_same_verdict_over_each(style: Style) -> None:
    flipsnack = Flipsnack().start()
    flipsnack.respond(31, action="collection.update")

    Driver(style, flipsnack).do("user_stats")
    found = flipsnack.stop()

    assert [text.splitlines()[0] for text in found] == ["a declared answer was never delivered"]
    assert flipsnack.hits == {("user.getStats", 20): 1}


@dataclass(frozen=True)
class Row:
    """A request that is documented to be refused, made from an account."""

    code: int
    name: str
    params: Callable[[Flipsnack], dict[str, str]]
    method: str = "GET"
    host: str = API
    uploads: tuple[bytes, ...] = ()


def without(name: str) -> Callable[[Flipsnack], dict[str, str]]:
    return lambda flipsnack: {k: v for k, v in signed(flipsnack).items() if k != name}


def stats(flipsnack: Flipsnack) -> dict[str, str]:
    return signed(flipsnack)


def create(flipsnack: Flipsnack) -> dict[str, str]:
    return signed(flipsnack, "collection.create")


ROWS = (
    Row(30, "no apiKey", without("apiKey")),
    Row(30, "no signature", without("signature")),
    Row(30, "no action", without("action")),
    Row(30, "no parameter", lambda flipsnack: signed(flipsnack, "collection.getStats")),
    Row(40, "verb", stats, "POST"),
    Row(40, "verb of an upload", create, "GET", UPLOAD),
    Row(40, "host", stats, host=UPLOAD),
    Row(40, "host of an upload", create, "POST", API, (PDF,)),
    Row(41, "key", lambda flipsnack: {**signed(flipsnack), "apiKey": "another"}),
    Row(42, "action", lambda flipsnack: signed(flipsnack, "user.getstats")),
    Row(44, "signature", lambda flipsnack: {**signed(flipsnack), "signature": "0" * 32}),
    Row(36, "two files", create, "POST", UPLOAD, (PDF, PDF)),
    Row(45, "no document", create, "POST", UPLOAD, (b"once upon a time",)),
)


@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_documented_refusal_is_given_over_each(sender: Send, row: Row) -> None:
    flipsnack = Flipsnack().start()
    params = row.params(flipsnack)
    url = row.host
    if sender.loopback:
        url = flipsnack.upload_url if row.host == UPLOAD else flipsnack.url
    if row.method == "GET":
        url, body, kind = f"{url}?{urlencode(params)}", b"", ""
    else:
        body, kind = form_of(params, row.uploads)

    code = sender.send(row.method, url, body, kind)
    found = flipsnack.stop()

    assert code == row.code
    assert codes(flipsnack) == [row.code]
    assert [f"was refused with {row.code} " in text.splitlines()[0] for text in found] == [True]
