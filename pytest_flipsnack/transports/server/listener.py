"""The HTTP server on one address: werkzeug's, with bounds, and without words of its own."""

from __future__ import annotations

import contextlib
import errno
import io
import socket
import socketserver
import threading
from typing import IO, Any, cast

from werkzeug.serving import DechunkedInput, ThreadedWSGIServer, WSGIRequestHandler

from pytest_flipsnack.transports.server import systems
from pytest_flipsnack.transports.server.addresses import AddressError


class Room:
    """The connections that have no answer yet, at most so many of them; None is no bound.

    Each costs a thread and what it has sent so far.
    """

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.refused = threading.Event()
        self._waiting: set[socket.socket] = set()
        self._lock = threading.Lock()

    def enter(self, connection: socket.socket) -> bool:
        """Return whether there is room for one more, and take it."""
        with self._lock:
            if self.most is not None and len(self._waiting) >= self.most:
                self.refused.set()
                return False
            self._waiting.add(connection)
            return True

    def leave(self, connection: socket.socket) -> None:
        """Make room; more than once is as good as once."""
        with self._lock:
            self._waiting.discard(connection)


class _Whole:
    """A file of which each read gets all it asks for, or raises `OSError`.

    Werkzeug takes the chunk of a client that has gone for one that goes on.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.readline = file.readline

    def read(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) < size:
            raise OSError("the connection ended amid a chunk")
        return found


class Handler(WSGIRequestHandler):
    """Says nothing: werkzeug's own log lines would show the signed URL."""

    server: Listener

    def log(self, type: str, message: str, *args: object) -> None:
        pass

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        self.close_connection = True

    def make_environ(self) -> dict[str, Any]:
        environ = super().make_environ()
        if "wsgi.input_terminated" in environ:
            environ["wsgi.input"] = DechunkedInput(cast("IO[bytes]", _Whole(self.rfile)))
        return environ

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        except ValueError as error:  # an address that nobody can read
            self.send_error(400, explain=str(error))

    def send_response(self, code: int, message: str | None = None) -> None:
        # before the client can read its answer and connect once more
        self.server.room.leave(self.connection)
        super().send_response(code, message)


class Listener(ThreadedWSGIServer):
    """A server on one port, which refuses connections that it has no room for."""

    allow_reuse_address = False  # `own_address` does that

    def __init__(self, host: str, port: int, app: Any, room: Room) -> None:
        self.room = room
        super().__init__(host, port, app, Handler)

    def server_bind(self) -> None:
        # werkzeug would print any OSError and end the process; HTTPServer would ask for a name
        systems.own_address(self.socket)
        try:
            socketserver.TCPServer.server_bind(self)
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            why = "it is in use by another program" if taken else error.strerror or error
            raise AddressError(f"port {self.port} of {self.host} cannot be served: {why}") from None
        self.server_name, self.server_port = self.server_address[:2]  # type: ignore[assignment]

    def process_request(self, request: Any, client_address: Any) -> None:
        if self.room.enter(request):
            super().process_request(request, client_address)
        else:
            self._turn_away(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.leave(request)

    def _turn_away(self, connection: socket.socket) -> None:
        text = f"{self.room.most} connections wait for an answer already, which is the bound\n"
        head = (
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.send(f"{head}{text}".encode())
            connection.shutdown(socket.SHUT_WR)
            connection.recv(65_536)  # closed with anything unread, it would be reset
        self.shutdown_request(connection)
