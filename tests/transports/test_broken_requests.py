"""Requests that break off or that nobody can read: answered with 400, and no traceback."""

from __future__ import annotations

import json
import socket
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.server.server import LoopbackServer

POST = b"POST /v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CONTROL = b"POST /_flipsnack/test HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def make_fake() -> Fake:
    return Fake("key-of-this-test", "secret-of-this-test", Settings(), time.monotonic)


@pytest.fixture
def control() -> Control:
    return Control(make_fake, Counter[tuple[str, int]]().update)


@pytest.fixture
def server(control: Control) -> Iterator[LoopbackServer]:
    made = LoopbackServer(control=control, most=2)
    made.admit("this test", control, token="")
    yield made
    made.stop()


def connect(server: LoopbackServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.ports[0]), timeout=60)


def read(connection: socket.socket) -> tuple[int, bytes]:
    """Return the HTTP status and the body of what comes until the end."""
    whole = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = whole.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        (POST + b"Content-Length: 9\r\n\r\nabc", "the body ended before its Content-Length"),
        (CONTROL + b"Content-Length: 9\r\n\r\n{}", "the body ended before its Content-Length"),
        (
            CONTROL + b"Transfer-Encoding: chunked\r\n\r\nx\r\n",
            "the body cannot be read: Invalid chunk header",
        ),
        (CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n", "the body cannot be read: Invalid chunk header"),
        (CHUNKED + b"3\r\nabc\r\n", "the body cannot be read: Invalid chunk header"),
        (
            CHUNKED + b"3\r\nabcdef\r\n0\r\n\r\n",
            "the body cannot be read: Missing chunk terminating newline",
        ),
        (CHUNKED + b"9\r\nabc", "the body cannot be read: the connection ended amid a chunk"),
        (
            CHUNKED + b"f" * 16 + b"\r\nabc",
            "the body cannot be read: the connection ended amid a chunk",
        ),
    ],
)
def test_a_body_that_breaks_off_is_400(
    server: LoopbackServer,
    control: Control,
    capfd: pytest.CaptureFixture[str],
    sent: bytes,
    text: str,
) -> None:
    with connect(server) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        status, body = read(connection)

    assert (status, json.loads(body)) == (400, {"error": text})
    assert control.fake.calls == [], "what did not arrive was not asked"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "sent",
    [
        b"GET http://[bad/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\n\r\n",
        b"GET /v1/ HTTP/x\r\n\r\n",
    ],
)
def test_an_address_that_nobody_can_read_is_400(
    server: LoopbackServer, capfd: pytest.CaptureFixture[str], sent: bytes
) -> None:
    with connect(server) as connection:
        connection.sendall(sent)
        whole = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"400" in whole
    assert capfd.readouterr() == ("", "")


def test_who_closes_its_half_after_a_whole_request_is_answered(server: LoopbackServer) -> None:
    with connect(server) as connection:
        connection.sendall(b"GET /v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)

        assert read(connection) == (200, b'{"code": 30, "status": "Missing mandatory parameter"}')


def test_who_goes_amid_its_body_is_not_missed(
    server: LoopbackServer, capfd: pytest.CaptureFixture[str]
) -> None:
    connection = connect(server)
    connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
    assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()

    deadline = time.monotonic() + 60
    while server.room._waiting:  # its thread ends by itself
        assert time.monotonic() < deadline
    assert capfd.readouterr() == ("", "")


class TestTheBound:
    """At most two connections without an answer, over both ports."""

    def hold(self, server: LoopbackServer, which: int = 0) -> socket.socket:
        address = ("127.0.0.1", server.ports[which])
        connection = socket.create_connection(address, timeout=60)
        connection.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 Continue")
        return connection

    def test_more_are_refused_with_a_sentence(self, server: LoopbackServer) -> None:
        with self.hold(server), self.hold(server, 1):
            assert not server.room.refused.is_set()
            with connect(server) as third:
                assert read(third) == (
                    503,
                    b"2 connections wait for an answer already, which is the bound\n",
                )
            assert server.room.refused.is_set()

    def test_an_answer_makes_room(self, server: LoopbackServer) -> None:
        with self.hold(server) as first, self.hold(server):
            first.sendall(b"abc")
            seen = b""
            while b"HTTP/1.1 200" not in seen:  # its answer has begun, and it is still open
                seen += first.recv(1)

            with connect(server) as third:
                third.sendall(b"GET /v1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
                assert read(third)[0] == 200

    def test_who_has_gone_before_it_is_refused_is_not_missed(
        self, server: LoopbackServer, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with self.hold(server), self.hold(server):
            gone = connect(server)
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            gone.close()
            with connect(server) as third:
                assert read(third)[0] == 503
        assert capfd.readouterr() == ("", "")

    def test_a_test_of_one_process_has_none(self) -> None:
        server = LoopbackServer()
        guest = server.admit("this test", make_fake())
        held = [self.hold(server) for _ in range(150)]
        server.dismiss(guest)
        server.stop()
        for connection in held:
            connection.close()
        assert not server.room.refused.is_set()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"[" * 100_000, "the body is nested too deep"),
        (b'{"codes":' * 50_000, "the body is nested too deep"),
        (b'{"codes": [' + b"9" * 5000 + b"]}", "the body is not JSON: Exceeds the limit"),
        (b"\xff\xfe\xff", "the body is not JSON: "),
        (b'{"codes": [NaN]}', "nan is not a Flipsnack status code; known codes: 20, "),
        (b'{"codes": "x"}', "codes: 'x' does not fit; write "),
        (b'{"codes": "' + b"x" * 999 + b'"}', f"codes: '{'x' * 199}... does not fit; write "),
        (b'{"codes": [20], "data": 5}', "data must be a mapping, as in data={'views': 1}, not 5"),
        (b"null", "the body must be a JSON object"),
        (b'{"action": null}', "the body lacks 'codes'"),
    ],
)
def test_deep_or_wrong_json_is_400_with_a_sentence(
    control: Control, body: bytes, text: str
) -> None:
    status, answer = control.handle("POST", "respond", body)
    assert isinstance(answer, dict)
    assert (status, answer["error"][: len(text)]) == (400, text)
