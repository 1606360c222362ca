"""Clients with the documented URLs written in, on libraries that are not answered in process."""

from __future__ import annotations

import asyncio
import http.client
import socket
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any

import aiohttp
import httpcore
import pytest
import urllib3
import uvloop
import yarl
from aiohttp.abc import AbstractResolver

from pytest_flipsnack import FaultName, Flipsnack
from tests.transports.asking import API, PDF, UPLOAD, codes, faults, signed
from tests.transports.sending import SENDERS, Send, form_of

OTHERS = pytest.mark.parametrize(
    "sender", [sender for sender in SENDERS if sender.loopback], ids=lambda sender: sender.name
)


@OTHERS
def test_a_call_is_answered(flipsnack: Flipsnack, sender: Send) -> None:
    flipsnack.respond(31)
    url = str(yarl.URL(API).with_query(signed(flipsnack)))

    assert [sender.send("GET", url, b"", "") for _ in range(2)] == [31, 20]
    assert [(call.action, call.code) for call in flipsnack.calls] == [
        ("user.getStats", 31),
        ("user.getStats", 20),
    ]


@OTHERS
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_upload_is_answered(flipsnack: Flipsnack, sender: Send, scheme: str) -> None:
    body, kind = form_of(signed(flipsnack, "collection.create"), [PDF])

    assert sender.send("POST", UPLOAD.replace("https", scheme), body, kind) == 20
    assert flipsnack.calls[0].files == {"file": PDF}


@OTHERS
def test_a_wrong_host_is_refused(flipsnack: Flipsnack, sender: Send) -> None:
    flipsnack.allow(40)
    url = str(yarl.URL(UPLOAD).with_query(signed(flipsnack)))

    assert sender.send("GET", url, b"", "") == 40


@OTHERS
@pytest.mark.parametrize("fault", ["refused", "reset"])
def test_a_fault_is_an_error(flipsnack: Flipsnack, sender: Send, fault: FaultName) -> None:
    for _ in range(8):  # urllib3 and aiohttp send a request once more by themselves
        flipsnack.fail(fault)
    url = str(yarl.URL(API).with_query(signed(flipsnack)))

    with pytest.raises((OSError, aiohttp.ClientError, urllib3.exceptions.HTTPError)):
        sender.send("GET", url, b"", "")
    flipsnack.fake.stubs._queues.clear()

    assert set(faults(flipsnack)) == {fault}


Session = Callable[[], aiohttp.ClientSession]


class Nowhere(AbstractResolver):
    """A resolver of the client's own, which asks other servers than the machine does."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[Any]:
        raise OSError(f"{host} was looked up")

    async def close(self) -> None:
        pass


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


SESSIONS: dict[str, Session] = {
    "limit": lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit_per_host=1)),
    "resolver": lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=Nowhere())),
    "without TLS checks": lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)),
    "TLS": lambda: aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting())),
    "base URL": lambda: aiohttp.ClientSession(base_url="https://api.flipsnack.com"),
}


async def twice(session: Session, flipsnack: Flipsnack, url: Any) -> list[int]:
    told = []
    async with session() as opened:
        for _ in range(2):
            async with opened.get(url, params=signed(flipsnack)) as answer:
                assert str(answer.url).startswith("https://api.flipsnack.com/v1/")
                told.append((await answer.json())["code"])
    return told


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_a_session_of_aiohttp_keeps_its_own_connector(
    flipsnack: Flipsnack, session: Session
) -> None:
    flipsnack.respond(31)
    url = yarl.URL("/v1/" if session is SESSIONS["base URL"] else API)

    assert asyncio.run(twice(session, flipsnack, url)) == [31, 20]


def test_a_loop_that_looks_up_hosts_by_itself_is_led_to_the_fake(flipsnack: Flipsnack) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(twice(aiohttp.ClientSession, flipsnack, API)) == [20, 20]


def test_a_form_of_aiohttp_arrives_whole(flipsnack: Flipsnack) -> None:
    async def upload() -> int:
        form = aiohttp.FormData(signed(flipsnack, "collection.create", title="N\u00b0 1"))
        form.add_field("file", PDF, filename="book.pdf", content_type="application/pdf")
        async with aiohttp.ClientSession() as session:
            async with session.post(yarl.URL(UPLOAD), data=form) as answer:
                code: int = (await answer.json())["code"]
        return code

    assert asyncio.run(upload()) == 20
    assert flipsnack.calls[0].params == {"title": "N\u00b0 1"}
    assert flipsnack.calls[0].files == {"file": PDF}


def test_a_resolver_of_the_clients_own_is_asked_for_other_hosts(flipsnack: Flipsnack) -> None:
    async def get() -> None:
        async with SESSIONS["resolver"]() as session:
            await session.get("https://other.test/")

    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        asyncio.run(get())
    assert str(caught.value.os_error) == "other.test was looked up"


def test_a_session_that_outlives_its_test_finds_the_next_fake() -> None:
    async def run() -> list[int]:
        async with aiohttp.ClientSession() as session:
            told = []
            for code in (31, 41):
                with Flipsnack() as flipsnack:
                    flipsnack.respond(code)
                    async with session.get(API, params=signed(flipsnack)) as answer:
                        told.append((await answer.json())["code"])
            return told

    assert asyncio.run(run()) == [31, 41]


def test_pools_openers_and_connections_made_for_the_host_are_answered(
    flipsnack: Flipsnack,
) -> None:
    target = f"/v1/?{yarl.URL(API).with_query(signed(flipsnack)).query_string}"
    with urllib3.HTTPSConnectionPool("api.flipsnack.com") as pool:
        assert pool.request("GET", target, timeout=5, retries=False).json()["code"] == 20
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusting()))
    with opener.open(f"https://api.flipsnack.com{target}", timeout=5) as answer:
        assert b'"code": 20' in answer.read()
    connection = http.client.HTTPSConnection("api.flipsnack.com", timeout=5)
    connection.request("GET", target)
    assert b'"code": 20' in connection.getresponse().read()
    connection.close()
    with httpcore.ConnectionPool() as core:
        assert b'"code": 20' in core.request("GET", f"https://api.flipsnack.com{target}").content

    assert codes(flipsnack) == [20] * 4
