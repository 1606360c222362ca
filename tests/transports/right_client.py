"""A right client on `requests`, and a server on the loopback interface to compare with."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any

import requests

from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.flipsnack import Flipsnack

API = "https://api.flipsnack.com/v1/"
UPLOAD = "https://upload.flipsnack.com/v1/"
PDF = b"%PDF-1.4\n%%EOF\n"


def signed(fake: Flipsnack, action: str = "user.getStats", **params: str) -> dict[str, str]:
    """Return the parameters of a call as a right client sends them."""
    whole = {"apiKey": fake.api_key, "action": action, **params}
    return {**whole, "signature": sign(fake.secret, whole)}


def ask(fake: Flipsnack, session: requests.Session | None = None, url: str = API) -> int:
    """Return the code of an answer to a right request."""
    with session or requests.Session() as used:
        code: int = used.get(url, params=signed(fake)).json()["code"]
    return code


def anatomy(error: BaseException) -> list[str]:
    """Return what an error is made of, as far down as a client may look."""
    kinds = [type(error).__name__]
    cause = error.args[0] if error.args else None
    while isinstance(cause, BaseException):
        kinds.append(type(cause).__name__)
        inner: Any = getattr(cause, "reason", None) or next(
            (arg for arg in cause.args if isinstance(arg, BaseException)), None
        )
        cause = inner
    return kinds


Behaviour = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    """Close in a way that the other side hears as a reset."""
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def answers(*http_statuses: int) -> Behaviour:
    """Return a server that gives these HTTP statuses, one a connection."""
    left = list(http_statuses)

    def answer(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(
            f"HTTP/1.1 {left.pop(0)} Said\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode()
        )
        connection.close()

    return answer


def silence(connection: socket.socket) -> None:
    """Never answer."""


@contextlib.contextmanager
def server(behaviour: Behaviour) -> Iterator[str]:
    """Serve on the loopback interface and give the URL."""
    held = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                held.append(connection)
                behaviour(connection)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in held:
            connection.close()


@contextlib.contextmanager
def nobody() -> Iterator[str]:
    """Give the URL of a port that refuses connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1/"
