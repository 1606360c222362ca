"""What differs between operating systems, each as the other one would see it."""

from __future__ import annotations

import os
import signal
import socket
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_flipsnack.transports.server import systems
from pytest_flipsnack.transports.server.senders import client_port
from pytest_flipsnack.virtual_time.forks import at_forks


class Recorded:
    """A socket of a system that this one may not be."""

    def __init__(self) -> None:
        self.options: list[tuple[int, int, Any]] = []

    def setsockopt(self, level: int, option: int, value: Any) -> None:
        self.options.append((level, option, value))

    def detach(self) -> int:
        return 7


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    files: list[int] = []
    monkeypatch.setattr(socket, "close", files.append)
    return files


@pytest.mark.parametrize(("windows", "layout"), [(True, "hh"), (False, "ii")])
def test_a_reset_throws_away_what_is_unsent(
    monkeypatch: pytest.MonkeyPatch, closed: list[int], windows: bool, layout: str
) -> None:
    monkeypatch.setattr(systems, "WINDOWS", windows)
    connection: Any = Recorded()

    systems.reset(connection)

    linger = struct.pack(layout, 1, 0)
    assert connection.options == [(socket.SOL_SOCKET, socket.SO_LINGER, linger)]
    assert closed == [7], "closed as a socket, which on Windows is no file"


def test_a_reset_is_one_for_the_other_side() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            with accepted.makefile("rb"):
                systems.reset(accepted)
            with pytest.raises(ConnectionResetError):
                client.recv(1)


@pytest.mark.parametrize(
    ("windows", "option"), [(True, "SO_EXCLUSIVEADDRUSE"), (False, "SO_REUSEADDR")]
)
def test_no_other_server_shares_the_port(
    monkeypatch: pytest.MonkeyPatch, windows: bool, option: str
) -> None:
    monkeypatch.setattr(systems, "WINDOWS", windows)
    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    listener: Any = Recorded()

    systems.own_address(listener)

    assert listener.options == [(socket.SOL_SOCKET, getattr(socket, option), 1)]


def test_the_signals_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    monkeypatch.setattr(signal, "SIGBREAK", SimpleNamespace(name="SIGBREAK"), raising=False)

    assert [number.name for number in systems.ending_signals()] == [
        "SIGINT",
        "SIGTERM",
        "SIGBREAK",
    ]


@pytest.mark.parametrize(("handler", "taken"), [(signal.SIG_DFL, True), (signal.SIG_IGN, False)])
def test_a_hang_up_that_is_ignored_stays_so(
    monkeypatch: pytest.MonkeyPatch, handler: signal.Handlers, taken: bool
) -> None:
    monkeypatch.setattr(signal, "SIGHUP", SimpleNamespace(name="SIGHUP"), raising=False)
    monkeypatch.delattr(signal, "SIGBREAK", raising=False)
    monkeypatch.setattr(signal, "getsignal", lambda number: handler)

    names = [number.name for number in systems.ending_signals()]

    assert names == ["SIGINT", "SIGTERM", *(["SIGHUP"] if taken else [])]


def test_where_there_is_no_fork_nothing_is_called_around_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[dict[str, Any]] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **hooks: given.append(hooks), raising=False)
    at_forks(before=os.getpid)
    monkeypatch.delattr(os, "register_at_fork")
    at_forks(before=os.getpid)

    assert given == [{"before": os.getpid}]


def test_no_file_is_copied_to_look_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "dup", None)
    monkeypatch.setattr(os, "close", None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            port = server.getsockname()[1]
            assert client_port(client.fileno(), {port}) == client.getsockname()[1]


def _open() -> int:
    """Return how many files this process has open."""
    return len([*Path("/dev/fd").iterdir()])


def test_looking_at_files_leaves_none_open_and_closes_none() -> None:
    reading, writing = os.pipe()
    before = _open()
    for _ in range(100):
        assert client_port(reading, {1}) is None
    # other threads of the run open and close a few
    assert _open() < before + 50
    for file in (reading, writing):
        os.close(file)
