"""A server on the loopback interface, for every client that takes a base URL."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_flipsnack.catalogue.actions import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.fake.downloads import FOLDER
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.transports.connections import client_port
from pytest_flipsnack.transports.control import PREFIX, Control
from pytest_flipsnack.transports.senders import Senders

if TYPE_CHECKING:
    from werkzeug.serving import BaseWSGIServer

    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.fake.reply import Reply

ADDRESS = "127.0.0.1"
_TRUNCATED = "truncated"
_LOOK_S = 0.02


class ServerMissingError(ImportError):
    """The extra `server` is not installed."""


@dataclass(slots=True)
class Guest:
    """A test at the server: `token` is the first part of its URLs, `fake` is None once it ended."""

    name: str
    token: str
    fake: Fake | Control | None
    late: list[str] = field(default_factory=list)


class LoopbackServer:
    """Two HTTP servers on free ports of 127.0.0.1, one per documented host, with their threads.

    One pair serves a whole session; each test is a `Guest` with URLs of its own, so that a
    request that comes after its test is known for what it is. Every answer closes its connection:
    a client library that silently sends again on a lost kept connection would be blamed for it.
    """

    def __init__(self, port: int = 0, control: Control | None = None) -> None:
        try:
            from werkzeug.serving import make_server
        except ImportError:
            raise ServerMissingError(
                "flipsnack.url needs the loopback server: pip install 'pytest-flipsnack[server]'"
            ) from None
        self.control = control
        self.observers: list[Callable[[Request, Reply], None]] = []
        self.stalled: set[int] = set()
        self.senders = Senders()
        self.guests: dict[str, Guest] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._servers: dict[str, BaseWSGIServer] = {}
        self._threads: list[threading.Thread] = []
        for host, wanted in ((API_HOST, port), (UPLOAD_HOST, port and port + 1)):
            self._servers[host] = made = make_server(
                ADDRESS, wanted, _App(self, host), threaded=True, request_handler=_handler()
            )
            thread = threading.Thread(
                target=made.serve_forever,
                kwargs={"poll_interval": 0.05},
                name=f"flipsnack-{host}",
                daemon=True,
            )
            thread.start()
            self._threads.append(thread)

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports of the API and of the upload host."""
        return tuple(server.server_port for server in self._servers.values())

    def admit(self, name: str, fake: Fake | Control, token: str | None = None) -> Guest:
        """Give a test its URLs; `token` empty serves it at `/v1` itself."""
        with self._lock:
            wanted = f"t{len(self.guests) + 1}" if token is None else token
            guest = self.guests[wanted] = Guest(name, wanted, fake)
        return guest

    def dismiss(self, guest: Guest) -> None:
        """End a test's stay; what it still sends is kept as late."""
        guest.fake = None

    def url(self, guest: Guest, *, upload: bool = False) -> str:
        """Return the guest's base URL, without a slash at the end, like the documented ones."""
        port = self.ports[1 if upload else 0]
        return "/".join(part for part in (f"http://{ADDRESS}:{port}", guest.token) if part) + (
            BASE_PATH
        )

    def late(self) -> list[str]:
        """Return a line for each request that came after its test."""
        return [
            f"{guest.name}: {line} arrived after the test had ended"
            for guest in self.guests.values()
            for line in guest.late
        ]

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
        _reset(connection)

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


class _App:
    """The WSGI application of one host."""

    def __init__(self, server: LoopbackServer, host: str) -> None:
        self._server = server
        self._host = host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        control = self._server.control
        if control is not None and environ["PATH_INFO"].startswith(PREFIX):
            return self._control(control, environ, start_response)
        guest, path = self._guest(environ["PATH_INFO"])
        request = self._read(environ, path)
        if guest is None:
            _reset(environ["werkzeug.socket"])
        host = environ.get("HTTP_HOST", f"{ADDRESS}:{environ['SERVER_PORT']}")
        request.downloads = "/".join(part for part in (f"http://{host}", guest.token) if part) + (
            FOLDER
        ).rstrip("/")
        if guest.fake is None:
            guest.late.append(f"{request.method} {request.action or path}")
            _reset(environ["werkzeug.socket"])
        fake = guest.fake.fake if isinstance(guest.fake, Control) else guest.fake
        reply = fake.answer(request)
        for observe in self._server.observers:
            observe(request, reply)
        return self._send(guest, reply, environ, start_response)

    def _control(
        self, control: Control, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        from werkzeug.wsgi import get_input_stream

        name = environ["PATH_INFO"].removeprefix(PREFIX)
        body = get_input_stream(environ).read()
        status, value = control.handle(environ["REQUEST_METHOD"], name, body)
        text = json.dumps(value).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
        start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)
        return [text]

    def _guest(self, path: str) -> tuple[Guest | None, str]:
        token, slash, rest = path.removeprefix("/").partition("/")
        found = self._server.guests.get(token)
        if found is not None and found.token:
            return found, f"{slash}{rest}"
        return self._server.guests.get(""), path

    def _read(self, environ: dict[str, Any], path: str) -> Request:
        from werkzeug.wsgi import get_input_stream

        query = environ.get("QUERY_STRING", "")
        url = f"https://{self._host}{path}" + (f"?{query}" if query else "")
        headers = {"Content-Type": environ.get("CONTENT_TYPE", "")}
        body = get_input_stream(environ).read()
        request = parse(environ["REQUEST_METHOD"], url, headers, body)
        request.port = int(environ["REMOTE_PORT"])
        sender = self._server.senders.of(request.port)
        if sender is not None:
            request.timeout_s, request.blocked_loop = sender.timeout_s, sender.blocked_loop
        return request

    def _send(
        self, guest: Guest, reply: Reply, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        if reply.wire == "timeout":
            self._server.stall(environ, guest)
        elif reply.wire is not None:
            _reset(environ["werkzeug.socket"])
        missing = 100 if reply.fault == _TRUNCATED else 0
        start_response(
            f"{reply.http_status} {'OK' if reply.http_status < 400 else 'Error'}",
            [
                ("Content-Type", reply.content_type),
                ("Content-Length", str(len(reply.body) + missing)),
            ],
        )
        return [reply.body]


def _reset(connection: socket.socket) -> NoReturn:
    # closed with unsent data thrown away, the kernel sends RST instead of FIN
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    os.close(connection.detach())
    raise ConnectionAbortedError


def _handler() -> type[Any]:
    from werkzeug.serving import WSGIRequestHandler

    class Handler(WSGIRequestHandler):
        """Says nothing: werkzeug's own log lines would show the signed URL."""

        def log(self, type: str, message: str, *args: object) -> None:
            pass

        def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
            self.close_connection = True

    return Handler
