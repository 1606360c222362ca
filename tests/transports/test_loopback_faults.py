"""Faults on the loopback server are real: each library meets them on its own socket."""

from __future__ import annotations

import http.client
import json
import urllib.error

import aiohttp
import pytest
import urllib3
from pytest_httpserver import HTTPServer

from pytest_flipsnack import FaultName, Flipsnack
from tests.transports.asking import codes, faults, on_loopback
from tests.transports.libraries import (
    Ask,
    by_aiohttp,
    by_http_client,
    by_socket,
    by_urllib,
    by_urllib3,
)

WAYS: tuple[Ask, ...] = (by_urllib, by_urllib3, by_http_client, by_socket, by_aiohttp)
RAISED: dict[str, tuple[type[BaseException], ...]] = {
    "refused": (
        urllib.error.URLError,
        urllib3.exceptions.NewConnectionError,
        ConnectionRefusedError,
        ConnectionRefusedError,
        aiohttp.ClientConnectorError,
    ),
    "reset": (
        ConnectionResetError,
        urllib3.exceptions.ProtocolError,
        ConnectionResetError,
        ConnectionResetError,
        aiohttp.ClientOSError,
    ),
    "timeout": (
        TimeoutError,
        urllib3.exceptions.ReadTimeoutError,
        TimeoutError,
        TimeoutError,
        aiohttp.SocketTimeoutError,
    ),
    "truncated": (
        http.client.IncompleteRead,
        urllib3.exceptions.ProtocolError,
        http.client.IncompleteRead,
        json.JSONDecodeError,
        aiohttp.ClientPayloadError,
    ),
}
ROWS = [
    pytest.param(fault, way, kind, id=f"{fault}-{way.__name__}")
    for fault, kinds in RAISED.items()
    for way, kind in zip(WAYS, kinds, strict=True)
]


@pytest.mark.parametrize(("fault", "way", "kind"), ROWS)
def test_a_fault_is_what_the_library_makes_of_it(
    flipsnack: Flipsnack, fault: FaultName, way: Ask, kind: type[BaseException]
) -> None:
    flipsnack.fail(fault)
    url = on_loopback(flipsnack)

    with pytest.raises(kind) as caught:
        way(url, 0.1 if fault == "timeout" else 10)
    recovered = way(url, 5)

    assert issubclass(type(caught.value), kind)
    assert recovered == 20
    assert faults(flipsnack) == [fault, None]
    assert codes(flipsnack) == [None, 20]


@pytest.mark.parametrize("way", WAYS)
def test_a_refused_upload_host_leaves_other_actions_alone(flipsnack: Flipsnack, way: Ask) -> None:
    """A connection tells no action, so the stub answers the first one whatever it was for."""
    flipsnack.fail("refused", action="collection.create")

    with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
        way(on_loopback(flipsnack), 5)

    assert [(call.action, call.fault) for call in flipsnack.calls] == [
        ("collection.create", "refused")
    ]


@pytest.mark.parametrize("way", WAYS)
def test_http_500_arrives_as_http_500(flipsnack: Flipsnack, way: Ask) -> None:
    flipsnack.fail("http_500_envelope")
    url = on_loopback(flipsnack)

    try:
        told: object = way(url, 5)
    except urllib.error.HTTPError as error:
        told = json.loads(error.read())["code"]
        error.close()

    assert told == 50
    assert faults(flipsnack) == ["http_500_envelope"]


def test_a_client_that_hangs_up_on_a_stalled_answer_frees_the_server() -> None:
    with Flipsnack() as flipsnack:
        flipsnack.fail("timeout")
        with pytest.raises(TimeoutError):
            by_http_client(on_loopback(flipsnack), 0.05)
        server = flipsnack._session.server
        assert server is not None
        for _ in range(100):
            if not server.stalled:
                break
            by_urllib(on_loopback(flipsnack), 5)

        assert server.stalled == set()


@pytest.mark.parametrize("way", WAYS)
def test_a_server_of_the_tests_own_is_reached_beside_ours(
    flipsnack: Flipsnack, httpserver: HTTPServer, way: Ask
) -> None:
    httpserver.expect_request("/").respond_with_json({"code": 7})
    flipsnack.fail("refused")
    assert flipsnack.url

    assert way(httpserver.url_for("/?a=b"), 5) == 7
    assert flipsnack.calls == []

    with pytest.raises((OSError, urllib3.exceptions.HTTPError)):
        way(on_loopback(flipsnack), 5)
