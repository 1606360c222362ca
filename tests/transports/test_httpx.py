"""Clients on `httpx`, sync and async: answered at the transport, every other host goes on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any
from unittest import mock

import httpx
import pytest
import respx
import trio
from pytest_httpserver import HTTPServer
from pytest_httpx import HTTPXMock

from pytest_flipsnack import FaultName, Flipsnack
from tests.transports.asking import API, PDF, STATS, UPLOAD, code_of, codes, form, signed

Send = Callable[..., httpx.Response]
OTHER = "https://api.example.org/"


def send_sync(method: str, url: str, *, client: Any = None, **how: Any) -> httpx.Response:
    with httpx.Client(**(client or {})) as opened:
        return opened.request(method, url, **how)


async def _send(method: str, url: str, client: Any, how: Any) -> httpx.Response:
    async with httpx.AsyncClient(**(client or {})) as opened:
        return await opened.request(method, url, **how)


def send_async(method: str, url: str, *, client: Any = None, **how: Any) -> httpx.Response:
    return asyncio.run(_send(method, url, client, how))


def send_trio(method: str, url: str, *, client: Any = None, **how: Any) -> httpx.Response:
    return trio.run(_send, method, url, client, how)


BOTH = pytest.mark.parametrize("send", [send_sync, send_async, send_trio])


@BOTH
@pytest.mark.parametrize("url", [API, API.rstrip("/"), "http://api.flipsnack.com/v1/"])
def test_a_call_is_answered(flipsnack: Flipsnack, send: Send, url: str) -> None:
    response = send("GET", url, params=signed(flipsnack))

    assert code_of(response) == 20
    assert response.headers["Content-Type"] == "application/json"
    assert [(call.action, call.code) for call in flipsnack.calls] == [(STATS, 20)]


async def _async_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body[:5]
    yield body[5:]


def _pieces(body: bytes) -> Iterator[bytes]:
    yield body[:5]
    yield body[5:]


@pytest.mark.parametrize(("send", "pieces"), [(send_sync, _pieces), (send_async, _async_pieces)])
def test_a_streamed_upload_arrives_whole(flipsnack: Flipsnack, send: Send, pieces: Any) -> None:
    body, kind = form(flipsnack)

    response = send("POST", UPLOAD, content=pieces(body), headers={"Content-Type": kind})

    assert code_of(response) == 20
    assert flipsnack.calls[0].files == {"file": PDF}


@BOTH
@pytest.mark.parametrize(
    ("fault", "kind", "text"),
    [
        ("timeout", httpx.ReadTimeout, "The read operation timed out"),
        ("refused", httpx.ConnectError, "[Errno 111] Connection refused"),
        ("reset", httpx.ReadError, "[Errno 104] Connection reset by peer"),
    ],
)
def test_a_fault_on_the_wire_raises_what_httpx_raises(
    flipsnack: Flipsnack, send: Send, fault: FaultName, kind: type[httpx.RequestError], text: str
) -> None:
    flipsnack.fail(fault)

    with pytest.raises(kind) as caught:
        send("GET", API, params=signed(flipsnack))

    assert type(caught.value) is kind
    assert str(caught.value) == text
    assert caught.value.request.url.host == "api.flipsnack.com"
    assert [call.fault for call in flipsnack.calls] == [fault]


@pytest.mark.parametrize("fault", ["timeout", "refused", "reset"])
@pytest.mark.parametrize("send", [send_sync, send_async])
def test_a_fault_on_a_real_socket_raises_the_same_class(
    flipsnack: Flipsnack, send: Send, fault: FaultName
) -> None:
    flipsnack.fail(fault)
    flipsnack.fail(fault)
    kinds = []

    for url in (API, flipsnack.url):
        with pytest.raises(httpx.RequestError) as caught:
            send("GET", url, params=signed(flipsnack), timeout=0.1)
        kinds.append(type(caught.value))

    assert kinds[0] is kinds[1]


@BOTH
@pytest.mark.parametrize(
    ("timeout", "seen_s"), [(None, None), (7, 7), (httpx.Timeout(3, read=9), 9)], ids=str
)
def test_the_time_that_the_client_would_wait_is_known(
    flipsnack: Flipsnack, send: Send, timeout: Any, seen_s: float | None
) -> None:
    send("GET", API, params=signed(flipsnack), timeout=timeout)

    assert flipsnack.calls[0].timeout_s == seen_s


def test_a_blocking_call_inside_a_running_loop_is_told_from_the_others(
    flipsnack: Flipsnack,
) -> None:
    async def block() -> None:
        send_sync("GET", API, params=signed(flipsnack))

    asyncio.run(block())
    send_async("GET", API, params=signed(flipsnack))
    send_sync("GET", API, params=signed(flipsnack))

    assert [call.blocked_loop for call in flipsnack.calls] == [True, False, False]


@BOTH
def test_other_hosts_are_reached(flipsnack: Flipsnack, httpserver: HTTPServer, send: Send) -> None:
    httpserver.expect_request("/").respond_with_data("a server of the test's own")

    assert send("GET", httpserver.url_for("/")).text == "a server of the test's own"
    assert flipsnack.calls == []


@BOTH
def test_a_mock_transport_of_the_clients_own_keeps_its_say(
    flipsnack: Flipsnack, send: Send
) -> None:
    theirs = httpx.MockTransport(lambda request: httpx.Response(200, text="theirs"))

    response = send("GET", API, client={"transport": theirs}, params=signed(flipsnack))

    assert response.text == "theirs"
    assert flipsnack.calls == []


@BOTH
def test_pytest_httpx_answers_other_hosts_beside_us(
    httpx_mock: HTTPXMock, flipsnack: Flipsnack, send: Send
) -> None:
    httpx_mock.add_response(url=OTHER, text="theirs")

    assert send("GET", OTHER).text == "theirs"
    assert code_of(send("GET", API, params=signed(flipsnack))) == 20
    assert [request.url for request in httpx_mock.get_requests()] == [OTHER]


@BOTH
def test_pytest_httpx_around_a_block_of_ours_answers_other_hosts(
    flipsnack: Flipsnack, httpx_mock: HTTPXMock, send: Send
) -> None:
    """`httpx_mock` is set up last here, and patches over us."""
    httpx_mock.add_response(url=OTHER, text="theirs")

    assert send("GET", OTHER).text == "theirs"
    assert code_of(send("GET", API, params=signed(flipsnack))) == 20
    assert codes(flipsnack) == [20]


@BOTH
@pytest.mark.parametrize("order", ["inside", "outside"])
def test_respx_answers_other_hosts_beside_us(send: Send, order: str) -> None:
    ours, theirs = Flipsnack(), respx.mock
    first, second = (ours, theirs) if order == "inside" else (theirs, ours)

    with first, second:
        theirs.get(OTHER).respond(text="theirs")
        other = send("GET", OTHER)
        response = send("GET", API, params=signed(ours))

    assert other.text == "theirs"
    assert code_of(response) == 20
    assert codes(ours) == [20]


@BOTH
def test_with_a_proxy_in_the_environment_flipsnack_is_still_answered(
    flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    base = flipsnack.url
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    responses = [send("GET", url, params=signed(flipsnack)) for url in (API, base)]

    assert [code_of(response) for response in responses] == [20, 20]


def test_without_pytest_httpx_a_call_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pytest_httpx")

    with Flipsnack() as flipsnack:
        response = send_sync("GET", API, params=signed(flipsnack))

    assert code_of(response) == 20
    assert codes(flipsnack) == [20]


def test_a_tls_context_that_a_test_has_mocked_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    made = mock.Mock(side_effect=httpx.create_ssl_context)
    monkeypatch.setattr("httpx._config.create_ssl_context", made)

    with Flipsnack() as flipsnack:
        response = send_sync("GET", API, params=signed(flipsnack))

    assert code_of(response) == 20
    assert httpx._config.create_ssl_context is made


@BOTH
def test_a_request_without_a_timeout_ends_in_virtual_time(flipsnack: Flipsnack, send: Send) -> None:
    """On a loop of asyncio it waits for hours first, so that a deadline around it can end it."""
    flipsnack.fail("timeout")
    with flipsnack.clock as clock, pytest.raises(httpx.ReadTimeout):
        send("GET", API, params=signed(flipsnack), timeout=None)
    assert clock.skipped == pytest.approx(7200 if send is send_async else 0)
    assert flipsnack.calls[0].timeout_s is None
    assert clock.sleeps == []
