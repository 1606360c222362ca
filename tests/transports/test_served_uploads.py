"""Uploads to a fake that is served: read as they come, and kept only for a test that may look."""

from __future__ import annotations

import http.client
import json
import os
import socket
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any

import pytest

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.catalogue.action import BASE_PATH
from pytest_flipsnack.fake.account import API_KEY, SECRET
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.transports.server import wsgi
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.server.server import LoopbackServer
from tests.fake.world import World, pdf, upload

SIZE = 20_000_000
FORM = "multipart/form-data; boundary=b"


class Served:
    """A fake as `serve` has it, with the files that it wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.written: list[IO[bytes]] = []
        make = wsgi._on_disk

        def on_disk() -> IO[bytes]:
            self.written.append(make())
            return self.written[-1]

        monkeypatch.setattr(wsgi, "_on_disk", on_disk)

        def fake() -> Fake:
            return Fake(API_KEY, SECRET, Settings(), lambda: 0.0, keep=1000)

        self.hits: list[Counter[Any]] = []
        self.control = Control(fake, self.hits.append)
        self.server = LoopbackServer(0, self.control)
        self.server.admit("serve", self.control, token="")

    @property
    def calls(self) -> list[tuple[str | None, int | None, int]]:
        return [(call.action, call.code, len(call.files)) for call in self.control.fake.calls]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    made = Served(monkeypatch)
    yield made
    made.server.stop()


def form(size: int) -> Iterator[bytes]:
    params = {"action": "collection.create", "apiKey": API_KEY}
    params["signature"] = sign(SECRET, params)
    for name, value in params.items():
        yield f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.4\n'
    piece = os.urandom(100_000)
    for _ in range(size // len(piece)):
        yield piece
    yield b"\r\n--b--\r\n"


def send(port: int, path: str, body: Iterator[bytes]) -> Any:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", path, body, {"Content-Type": FORM}, encode_chunked=True)
        return json.load(connection.getresponse())["code"]
    finally:
        connection.close()


def test_a_large_upload_is_never_whole_in_memory_nor_kept(served: Served) -> None:
    World().reply(upload(pdf(1)))  # whatever is imported with the first is not counted
    tracemalloc.start()
    try:
        assert send(served.server.ports[1], f"{BASE_PATH}/", form(SIZE)) == 20
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak < SIZE / 4
    assert served.calls == [("collection.create", 20, 0)]
    assert [file.closed for file in served.written] == [True]


def test_one_that_is_refused_is_not_kept_either(served: Served) -> None:
    served.control.fake.configure({"max_file_mb": 1})

    assert send(served.server.ports[1], f"{BASE_PATH}/", form(2_000_000)) == 34

    assert served.calls == [("collection.create", 34, 0)]
    assert [file.closed for file in served.written] == [True]


def test_one_that_breaks_off_is_no_call(served: Served) -> None:
    port = served.server.ports[1]
    body = b"".join(form(400_000))[:-50_000]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        head = f"POST /v1/ HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n"
        connection.sendall(f"{head}Content-Length: {len(body) + 9}\r\n\r\n".encode() + body)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(1000):
            pass

    assert served.calls == []
    assert [file.closed for file in served.written] == [True]


def test_what_nobody_reads_is_read_all_the_same(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.server.ports[0], timeout=60)
    connection.request("GET", f"{BASE_PATH}/", bytes(3_000_000))
    code = json.load(connection.getresponse())["code"]
    connection.close()

    assert code == 30


def test_a_test_finds_the_file_it_has_sent_to_its_url() -> None:
    with Flipsnack() as flipsnack:
        port, path = flipsnack.upload_url.removeprefix("http://127.0.0.1:").split("/", 1)
        assert send(int(port), f"/{path}/", form(1_000_000)) == 20

        [call] = flipsnack.calls
        assert (len(call.files["file"]), call.files["file"].filename) == (1_000_009, "a.pdf")
