"""Which open files are a client's connections to the server."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from pytest_flipsnack.transports.server.senders import CONNECTING, client_port


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def test_a_connection_is_known_by_the_clients_port(server: socket.socket) -> None:
    with socket.create_connection(server.getsockname()) as client:
        own_port, port = client.getsockname()[1], server.getsockname()[1]

        assert client_port(client.fileno(), {port}) == own_port
        assert client_port(client.fileno(), {port + 1}) is None
        assert client.getpeername()[1] == port, "it is still open"


def test_the_servers_end_is_none_of_the_clients(server: socket.socket) -> None:
    with socket.create_connection(server.getsockname()):
        accepted, _ = server.accept()
        with accepted:
            assert client_port(accepted.fileno(), {server.getsockname()[1]}) is None
    assert client_port(server.fileno(), {server.getsockname()[1]}) is None


def test_a_socket_that_is_not_connected_yet_may_become_one() -> None:
    with socket.socket() as client:
        assert client_port(client.fileno(), {1}) == CONNECTING


def test_anything_else_is_none() -> None:
    reading, writing = os.pipe()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert [client_port(file, {1}) for file in (reading, ours.fileno())] == [None, None]
    os.close(reading)
    os.close(writing)
    assert client_port(reading, {1}) is None
