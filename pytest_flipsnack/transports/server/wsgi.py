"""The application behind the loopback server: a request in, the fake's reply out."""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
from collections.abc import Iterable, Iterator
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NoReturn

from pytest_flipsnack.catalogue.action import API_HOST, UPLOAD_HOST
from pytest_flipsnack.fake.addresses import is_meant_as_call, stopped
from pytest_flipsnack.fake.downloads import FOLDER, HOST
from pytest_flipsnack.fake.masking import one_line
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.transports.server import systems
from pytest_flipsnack.transports.server.addresses import ADDRESS
from pytest_flipsnack.transports.server.control import HEALTH, PREFIX, Control

if TYPE_CHECKING:
    from pytest_flipsnack.fake.reply import Reply
    from pytest_flipsnack.fake.uploads import Keep
    from pytest_flipsnack.transports.server.server import Guest, LoopbackServer

_TRUNCATED = "truncated"
_DOCUMENTED = (API_HOST, UPLOAD_HOST)
_TOKEN = re.compile(r"t\d+")
_PIECE = 262_144


class App:
    """The WSGI application of one host."""

    def __init__(self, server: LoopbackServer, host: str) -> None:
        self._server = server
        self._host = host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        from werkzeug.exceptions import ClientDisconnected

        try:
            return self._answer(environ, start_response)
        except ClientDisconnected:
            why = "the body ended before its Content-Length"
        except OSError as error:
            if type(error) is not OSError:  # a connection that was lost, and no broken chunk
                raise
            why = f"the body cannot be read: {error}"
        return _json(environ, start_response, 400, {"error": why})

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        control = self._server.control
        if control is not None and environ["PATH_INFO"].startswith(PREFIX):
            return self._control(control, environ, start_response)
        host = environ.get("HTTP_HOST", f"{ADDRESS}:{environ['SERVER_PORT']}")
        guest, path = self._guest(_text(environ["PATH_INFO"]), host)
        served = guest is not None and isinstance(guest.fake, Control)
        left = self._server.left.pop(int(environ["REMOTE_PORT"]), None)
        request = self._read(environ, path, _on_disk if served else io.BytesIO)
        if guest is None:
            reset(environ["werkzeug.socket"])
        request.downloads = "/".join(part for part in (f"http://{host}", guest.token) if part) + (
            FOLDER
        ).rstrip("/")
        if guest.fake is None or left is not None:
            name = guest.name if left is None else left
            line = guest.hidden.hide(one_line(f"{request.method} {request.action or path}"))
            self._server.note_late(name, line)
            reset(environ["werkzeug.socket"])
        fake = guest.fake.fake if isinstance(guest.fake, Control) else guest.fake
        led = _host(host) in _DOCUMENTED and not served
        if led and not (request.right_path or is_meant_as_call(request.url)):
            fake.report(stopped(f"{request.method} {request.url}"))
            reset(environ["werkzeug.socket"])
        reply = fake.answer(request).to(request.method)
        if served:
            request.close()  # no endpoint shows what was uploaded
        for observe in self._server.observers:
            observe(request, reply)
        return self._send(guest, reply, environ, start_response)

    def _control(
        self, control: Control, environ: dict[str, Any], start_response: Any
    ) -> Iterable[bytes]:
        from werkzeug.wsgi import get_input_stream

        verb, name = environ["REQUEST_METHOD"], environ["PATH_INFO"].removeprefix(PREFIX)
        if name == HEALTH and verb in {"GET", "HEAD"}:
            return _json(environ, start_response, 200, {"status": "ok"})
        stranger = self._server.address.stranger(environ)
        if stranger:
            return _json(environ, start_response, 403, {"error": stranger})
        status, value = control.handle(verb, name, get_input_stream(environ).read())
        return _json(environ, start_response, status, value)

    def _guest(self, path: str, host: str) -> tuple[Guest | None, str]:
        if _host(host) == HOST:
            # the guard has led a library here that is not answered in process
            return self._server.newest(), f"{FOLDER.rstrip('/')}{path}"
        token, slash, rest = path.removeprefix("/").partition("/")
        found = self._server.guests.get(token)
        if found is not None and found.token:
            return found, f"{slash}{rest}"
        alone = _TOKEN.fullmatch(token) and "" not in self._server.guests
        return (None if alone else self._server.newest()), path

    def _read(self, environ: dict[str, Any], path: str, keep: Keep) -> Request:
        query = environ.get("QUERY_STRING", "")
        url = f"https://{self._host}{path}" + (f"?{query}" if query else "")
        names = {"Content-Type": "CONTENT_TYPE", "Range": "HTTP_RANGE", "If-Range": "HTTP_IF_RANGE"}
        headers = {name: environ.get(key, "") for name, key in names.items()}
        body = Body(environ)
        request = parse(environ["REQUEST_METHOD"], url, headers, body, keep=keep)
        try:
            body.finish()
        except BaseException:
            request.close()
            raise
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
            reset(environ["werkzeug.socket"])
        headers = reply.headers
        if reply.fault == _TRUNCATED:
            headers["Content-Length"] = str(len(reply.body) + 100)
        phrase = http.client.responses.get(reply.http_status, "Error")
        start_response(f"{reply.http_status} {phrase}", [*headers.items()])
        return [reply.body]


def _host(authority: str) -> str:
    return authority.partition(":")[0].lower().rstrip(".")


def _text(path: str) -> str:
    """Return a path as text; WSGI gives its bytes as if they were Latin-1."""
    return path.encode("latin-1").decode("utf-8", "replace")


def _json(
    environ: dict[str, Any], start_response: Any, status: int, value: object
) -> Iterable[bytes]:
    text = json.dumps(value).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
    start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]


class Body:
    """The body of a request in pieces, as they come."""

    def __init__(self, environ: dict[str, Any]) -> None:
        from werkzeug.wsgi import get_input_stream

        self._stream = get_input_stream(environ)
        self._error: Exception | None = None

    def __iter__(self) -> Iterator[bytes]:
        try:
            while piece := self._stream.read(_PIECE):
                yield piece
        except Exception as error:
            self._error = error  # the connection's, and no slip of who wrote the request
            raise

    def finish(self) -> None:
        """Read what nobody has, or the client could not send it; raise what broke it off."""
        if self._error is not None:
            raise self._error
        for _ in self:
            pass


def _on_disk() -> IO[bytes]:
    """Return a place for an upload that may be large and that nobody will look at again."""
    return SpooledTemporaryFile(_PIECE)


def reset(connection: socket.socket) -> NoReturn:
    """Reset a connection: its client sees that it broke off, and nothing else is sent."""
    systems.reset(connection)
    raise ConnectionAbortedError
