"""One test's stay at the loopback server."""

from __future__ import annotations

import asyncio
import errno
import select
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.action import UPLOAD_HOST
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.transports.proxies import Exemption
from pytest_flipsnack.transports.server.addresses import ADDRESS

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.transports.server.server import Guest, LoopbackServer
    from pytest_flipsnack.transports.session import Session
    from pytest_flipsnack.virtual_time.clock import VirtualClock

_LOOK_S = 0.005


class LoopbackTransport:
    """Starts nothing until a URL is asked for, here or in an earlier test.

    A URL lives as long as the session: the server answers with the fake that came last.
    """

    def __init__(self, fake: Fake, session: Session, name: str, clock: VirtualClock) -> None:
        self._fake = fake
        self._session = session
        self._name = name
        self._clock = clock
        self._patches = Patches()
        self._exemption = Exemption(ADDRESS)
        self._guest: Guest | None = None
        self.server: LoopbackServer | None = None

    def url(self, *, upload: bool) -> str:
        """Return the base URL; the first call starts to serve it."""
        return self._stay()[0].url(upload=upload)

    def own_url(self, *, upload: bool) -> str:
        """Return a base URL that is this test's alone, for a process that may outlive it."""
        server, guest = self._stay()
        return server.url(guest, upload=upload)

    def port(self, host: str) -> int:
        """Return where the server answers for a documented host."""
        return self._stay()[0].ports[host == UPLOAD_HOST]

    def serves(self, url: str) -> bool:
        """Return whether the server of this test answers at a URL."""
        ports = () if self.server is None else self.server.ports
        return any(url.startswith(f"http://{ADDRESS}:{port}/") for port in ports)

    def start(self) -> None:
        """Stay where a client may have been told a URL already; else wait for its first use."""
        self._session.used.append(self)
        if self._session.server is not None:
            self.stay(self._session.server)

    def stay(self, server: LoopbackServer) -> None:
        """Answer at a server from now on."""
        if self._guest is None:
            self.server = server
            self._guest = server.admit(self._name, self._fake)
            self._clock.servers.append(server)
            self._exemption.start()
            self._refuse_where_stubbed(server)

    def _stay(self) -> tuple[LoopbackServer, Guest]:
        server = self._session.serve()
        self.stay(server)
        assert self._guest is not None
        return server, self._guest

    def stop(self) -> None:
        """Leave the server and restore the environment."""
        with suppress(ValueError):  # where it could not start
            self._session.used.remove(self)
        self._patches.undo()
        self._exemption.stop()
        if self.server is not None and self._guest is not None:
            self.server.dismiss(self._guest)
            self._clock.servers.remove(self.server)

    def _refuse_where_stubbed(self, server: LoopbackServer) -> None:
        fake, ports = self._fake, server.ports

        def connect(this: socket.socket, address: Any) -> None:
            ours = isinstance(address, tuple) and self._patches.active
            if ours and address[0] == ADDRESS and address[1] in ports:
                fake.asks()
                if fake.refuse_connection():
                    raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
                late = self._session.leftovers.test_of_this_thread()
                try:
                    onward(this, address)
                finally:
                    if late is not None:
                        server.left[this.getsockname()[1]] = late
                if this.gettimeout() != 0:  # pragma: no branch - else it raises, or comes at once
                    server.senders.connect(this.getsockname()[1])
            else:
                onward(this, address)

        onward = self._patches.set(socket.socket, "connect", connect)
        for name in ("recv", "recv_into"):
            self._watch_reading(name, server)

    def _watch_reading(self, name: str, server: LoopbackServer) -> None:
        def read(this: socket.socket, *args: Any) -> Any:
            timeout_s = this.gettimeout()
            if timeout_s != 0 and self._patches.active and _peer_port(this) in server.ports:
                self._await_answer(this, timeout_s, server)
            return onward(this, *args)

        onward = self._patches.set(socket.socket, name, read)

    def _await_answer(
        self, this: socket.socket, timeout_s: float | None, server: LoopbackServer
    ) -> None:
        """Wait as the socket would, but let virtual time pass where no answer will come."""
        port = this.getsockname()[1]
        blocked = asyncio._get_running_loop() is not None
        server.senders.wait(port, timeout_s, blocked_loop=blocked)
        deadline = None if timeout_s is None else self._clock.now() + timeout_s
        late = False
        while not (late or _is_readable(this, 0)):
            if self._clock.running and port in server.stalled:
                late = self._waits_in_vain(this, deadline)
                if late and deadline is None:
                    server.unstall(port)
                    late = False
                continue
            with self._clock.awaiting_answer():
                _is_readable(this, _LOOK_S)  # or else the answer is on its way
            late = deadline is not None and self._clock.now() > deadline
        server.senders.forget(port)
        if late:
            raise TimeoutError("timed out")

    def _waits_in_vain(self, this: socket.socket, deadline: float | None) -> bool:
        """Return whether nothing came until the deadline, in virtual time."""
        left_s = None if deadline is None else deadline - self._clock.now()
        return not self._clock.wait(
            left_s, lambda seconds: _is_readable(this, seconds), lambda: _is_readable(this, 0)
        )


def _is_readable(this: socket.socket, within_s: float) -> bool:
    return bool(select.select([this], [], [], within_s)[0])


def _peer_port(this: socket.socket) -> int:
    try:
        return int(this.getpeername()[1])
    except (OSError, IndexError, TypeError, ValueError):
        return 0
