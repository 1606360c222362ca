"""One test's stay at the loopback server."""

from __future__ import annotations

import asyncio
import errno
import os
import select
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.transports.server import ADDRESS, Guest, LoopbackServer

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake

_LOOK_S = 0.005
_PROXY_KEYS = ("NO_PROXY", "no_proxy")


class Turn(Protocol):
    """A wait in virtual time."""

    def until(self, listen: Callable[[float], Any], hears: Callable[[], object]) -> Any: ...


class Clock(Protocol):
    """What the transport needs to know of virtual time."""

    @property
    def running(self) -> bool: ...

    server: Any

    def waiting(self, seconds: float | None) -> AbstractContextManager[Turn]: ...


class LoopbackTransport:
    """Starts nothing until a URL is asked for."""

    def __init__(
        self,
        fake: Fake,
        server: Callable[[], LoopbackServer],
        name: str,
        clock: Clock,
    ) -> None:
        self._fake = fake
        self._server_of = server
        self._name = name
        self._clock = clock
        self._patches = Patches()
        self._environ: dict[str, str | None] = {}
        self._guest: Guest | None = None
        self.server: LoopbackServer | None = None

    def url(self, *, upload: bool) -> str:
        """Return the base URL of this test; the first call starts to serve it."""
        if self.server is None or self._guest is None:
            self.server = self._server_of()
            self._guest = self.server.admit(self._name, self._fake)
            self._clock.server = self.server
            self._exempt_from_proxies()
            self._refuse_where_stubbed(self.server)
        return self.server.url(self._guest, upload=upload)

    def start(self) -> None:
        """Wait for the first use of a URL."""

    def stop(self) -> None:
        """Leave the server and restore the environment."""
        self._patches.undo()
        for key, value in self._environ.items():
            if value is None:
                os.environ.pop(key, None)  # the test may have taken it out itself
            else:
                os.environ[key] = value
        if self.server is not None and self._guest is not None:
            self.server.dismiss(self._guest)

    def _exempt_from_proxies(self) -> None:
        for key in _PROXY_KEYS:
            self._environ[key] = old = os.environ.get(key)
            os.environ[key] = f"{old},{ADDRESS}" if old else ADDRESS

    def _refuse_where_stubbed(self, server: LoopbackServer) -> None:
        fake, ports = self._fake, server.ports

        def connect(this: socket.socket, address: Any) -> None:
            if isinstance(address, tuple) and address[0] == ADDRESS and address[1] in ports:
                fake.watch()
                if fake.refuse_connection():
                    raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
            onward(this, address)

        onward = self._patches.set(socket.socket, "connect", connect)
        for name in ("recv", "recv_into"):
            self._watch_reading(name, server)

    def _watch_reading(self, name: str, server: LoopbackServer) -> None:
        def read(this: socket.socket, *args: Any) -> Any:
            timeout_s = this.gettimeout()
            if timeout_s != 0 and _peer_port(this) in server.ports:
                self._await_answer(this, timeout_s, server)
            return onward(this, *args)

        onward = self._patches.set(socket.socket, name, read)

    def _await_answer(
        self, this: socket.socket, timeout_s: float | None, server: LoopbackServer
    ) -> None:
        """Wait as the socket would, but let virtual time pass where no answer will come."""
        own_port = this.getsockname()[1]
        deadline = None if timeout_s is None else self._fake.now() + timeout_s
        late = False
        while not (late or _is_readable(this, _LOOK_S)):
            if not self._clock.running:
                late = deadline is not None and self._fake.now() > deadline
            elif own_port in server.stalled:  # or else the answer is on its way
                late = self._waits_in_vain(this, deadline)
                if late and deadline is None:
                    server.unstall(own_port)
                    late = False
        if self._fake.calls:
            call = self._fake.calls[-1]
            call.timeout_s = timeout_s
            call.blocked_loop = asyncio._get_running_loop() is not None
        if late:
            raise TimeoutError("timed out")

    def _waits_in_vain(self, this: socket.socket, deadline: float | None) -> bool:
        """Return whether nothing came until the deadline, in virtual time."""
        left_s = None if deadline is None else deadline - self._fake.now()
        with self._clock.waiting(left_s) as turn:
            return not turn.until(
                lambda seconds: _is_readable(this, seconds), lambda: _is_readable(this, 0)
            )


def _is_readable(this: socket.socket, within_s: float) -> bool:
    return bool(select.select([this], [], [], within_s)[0])


def _peer_port(this: socket.socket) -> int:
    try:
        return int(this.getpeername()[1])
    except (OSError, IndexError, TypeError, ValueError):
        return 0
