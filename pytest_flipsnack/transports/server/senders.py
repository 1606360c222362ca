"""Connections of clients to the loopback server: what the kernel knows of them, how long they wait."""

from __future__ import annotations

import socket
import threading
from collections.abc import Collection

CONNECTING = 0


def client_port(file: int, server_ports: Collection[int]) -> int | None:
    """Return the client's port of a TCP connection to one of the server's ports.

    `CONNECTING` where it is not connected yet, None for anything else: a file, a pipe, a socket
    that listens, a connection to another server.
    """
    try:
        connection = socket.socket(fileno=file)
    except OSError:
        return None
    try:
        listens = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        if connection.family != socket.AF_INET or listens:
            return None
        try:
            peer = connection.getpeername()[1]
        except OSError:
            return CONNECTING
        return int(connection.getsockname()[1]) if peer in server_ports else None
    finally:
        connection.detach()  # the file is its owner's to close


_MOST_S = 1.0
"""A client that has sent its request begins to wait for the answer within this time."""


class Sender:
    """A blocking connection of a client; its facts are complete once it waits for an answer."""

    def __init__(self) -> None:
        self.timeout_s: float | None = None
        self.blocked_loop = False
        self._waits = threading.Event()

    def waits(self, timeout_s: float | None, *, blocked_loop: bool) -> None:
        """Note that the client has begun to wait."""
        self.timeout_s, self.blocked_loop = timeout_s, blocked_loop
        self._waits.set()

    def has_begun_to_wait(self) -> bool:
        """Wait until the client waits; return whether it does."""
        return self._waits.wait(_MOST_S)


class Senders:
    """The blocking connections by the client's port.

    A client sets the timeout for its answer after it has sent the request, so the server lets it
    begin to wait before it answers: the record of a call is complete when it is made.
    """

    def __init__(self) -> None:
        self._by_port: dict[int, Sender] = {}

    def connect(self, port: int) -> None:
        """Note a new connection from a port of this process."""
        self._by_port[port] = Sender()

    def wait(self, port: int, timeout_s: float | None, *, blocked_loop: bool) -> None:
        """Note that the client at a port waits for its answer."""
        sender = self._by_port.get(port)
        if sender is not None:
            sender.waits(timeout_s, blocked_loop=blocked_loop)

    def of(self, port: int) -> Sender | None:
        """Return the client at a port; None for one of an event loop or of another process."""
        sender = self._by_port.get(port)
        return sender if sender is not None and sender.has_begun_to_wait() else None

    def forget(self, port: int) -> None:
        """Forget a connection that has been answered."""
        self._by_port.pop(port, None)
