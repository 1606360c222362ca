"""A server on the loopback interface, for every client that takes a base URL."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.fake.masking import Secrets
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.transports.leftovers import late_line
from pytest_flipsnack.transports.server.addresses import Address
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.server.senders import Senders, client_port
from pytest_flipsnack.transports.server.wsgi import App, reset

if TYPE_CHECKING:
    from pytest_flipsnack.fake.account import Account
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.fake.reply import Reply
    from pytest_flipsnack.transports.server.listener import Listener

_LOOK_S = 0.02


class ServerMissingError(ImportError):
    """The extra `server` is not installed."""


def _account(fake: Fake | Control) -> Account:
    return (fake.fake if isinstance(fake, Control) else fake).account


@dataclass(slots=True)
class Guest:
    """A test at the server: `fake` is None once it ended.

    `token` is the first part of the URLs that are its alone.
    """

    name: str
    token: str
    fake: Fake | Control | None
    hidden: Secrets = field(default_factory=Secrets)


class LoopbackServer:
    """Two HTTP servers, one per documented host, with their threads: on free ports of 127.0.0.1.

    One pair serves a whole session, at URLs that stay the same; each test is a `Guest`, and has
    URLs of its own as well. `left` has the test of each port where a thread that it left asks.
    Every answer closes its connection: a client library that silently sends again on a lost
    kept connection would be blamed for it. `most` bounds the connections without an answer. Raises `AddressError` for a port in use.
    """

    def __init__(
        self,
        port: int = 0,
        control: Control | None = None,
        address: Address | None = None,
        most: int | None = None,
    ) -> None:
        try:
            import werkzeug.serving  # noqa: F401 - what is ours may have been imported long ago

            from pytest_flipsnack.transports.server.listener import Room
        except ImportError:
            raise ServerMissingError(
                "flipsnack.url needs the loopback server: pip install 'pytest-flipsnack[server]'"
            ) from None
        self.control = control
        self.address = address or Address()
        self.room = Room(most)
        self.observers: list[Callable[[Request, Reply], None]] = []
        self.stalled: set[int] = set()
        self.senders = Senders()
        self.guests: dict[str, Guest] = {}
        self.left: dict[int, str] = {}
        self._here: list[Guest] = []
        self._last = Guest("", "", None)
        self._late: list[str] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._servers: dict[str, Listener] = {}
        self._threads: list[threading.Thread] = []
        self._bind(port)
        for host, made in self._servers.items():
            thread = threading.Thread(
                target=made.serve_forever,
                kwargs={"poll_interval": 0.05},
                name=f"flipsnack-{host}",
                daemon=True,
            )
            thread.start()
            self._threads.append(thread)

    def _bind(self, port: int) -> None:
        """Bind both ports or none."""
        from pytest_flipsnack.transports.server.listener import Listener

        try:
            for host, wanted in ((API_HOST, port), (UPLOAD_HOST, port and port + 1)):
                self._servers[host] = Listener(
                    self.address.host, wanted, App(self, host), self.room
                )
        except BaseException:
            for made in self._servers.values():
                made.server_close()
            raise

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports of the API and of the upload host."""
        return tuple(server.server_port for server in self._servers.values())

    def admit(self, name: str, fake: Fake | Control, token: str | None = None) -> Guest:
        """Give a test its URLs; `token` empty serves it at `/v1` itself."""
        with self._lock:
            wanted = f"t{len(self.guests) + 1}" if token is None else token
            hidden = _account(fake).hidden
            guest = self.guests[wanted] = Guest(name, wanted, fake, hidden)
            self._here.append(guest)
        return guest

    def dismiss(self, guest: Guest) -> None:
        """End a test's stay; what it still sends is kept as late."""
        guest.fake = None
        with self._lock:
            self._here.remove(guest)
            self._last = guest

    def newest(self) -> Guest:
        """Return the test that came last and has not ended; between tests, the last one."""
        with self._lock:
            return self._here[-1] if self._here else self._last

    def url(self, guest: Guest | None = None, *, upload: bool = False) -> str:
        """Return a base URL, without a slash at the end, like the documented ones.

        It is the session's, or that of one guest alone.
        """
        origin = f"http://{self.address.authority}:{self.ports[1 if upload else 0]}"
        return "/".join([origin, *([guest.token] if guest and guest.token else [])]) + BASE_PATH

    def note_late(self, name: str, what: str) -> None:
        """Note a request that came after the test of that name."""
        with self._lock:
            self._late.append(late_line(name, what))

    def late(self) -> list[str]:
        """Return a line for each request that came when no test was there to answer it."""
        return list(self._late)

    def stop(self) -> None:
        """Stop listening and let go of every stalled connection."""
        self._closing.set()
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def stall(self, environ: dict[str, Any], guest: Guest) -> None:
        """Hold a connection without an answer until the client or the test lets go of it."""
        connection: socket.socket = environ["werkzeug.socket"]
        port = int(environ["REMOTE_PORT"])
        with self._lock:
            self.stalled.add(port)
        try:
            while guest.fake is not None and port in self.stalled and not self._closing.is_set():
                readable, _, _ = select.select([connection], [], [], _LOOK_S)
                if readable:
                    break
        finally:
            with self._lock:
                self.stalled.discard(port)
        reset(connection)

    def client_ports(self, files: Iterable[int]) -> dict[int, int]:
        """Return the client's port of each open file that is a connection to this server."""
        found = {file: client_port(file, self.ports) for file in files}
        return {file: port for file, port in found.items() if port is not None}

    def unstall(self, port: int | None = None) -> None:
        """Reset the stalled connection from a port, or all of them.

        All of them are reset where an event loop waits for them without any timer of its own.
        """
        with self._lock:
            ports = frozenset(self.stalled if port is None else [port])
            self.stalled -= ports
            if port is None:
                for guest in self.guests.values():
                    if guest.fake is not None and not isinstance(guest.fake, Control):
                        guest.fake.waits_without_end(ports)
