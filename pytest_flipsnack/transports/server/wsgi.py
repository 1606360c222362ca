"""The application behind the loopback server: a request in, the fake's reply out."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_flipsnack.fake.account import FOLDER
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.transports.server import systems
from pytest_flipsnack.transports.server.addresses import ADDRESS
from pytest_flipsnack.transports.server.control import HEALTH, PREFIX, Control

if TYPE_CHECKING:
    from pytest_flipsnack.fake.reply import Reply
    from pytest_flipsnack.transports.server.server import Guest, LoopbackServer

_TRUNCATED = "truncated"


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
        guest, path = self._guest(environ["PATH_INFO"])
        request = self._read(environ, path)
        if guest is None:
            reset(environ["werkzeug.socket"])
        host = environ.get("HTTP_HOST", f"{ADDRESS}:{environ['SERVER_PORT']}")
        request.downloads = "/".join(part for part in (f"http://{host}", guest.token) if part) + (
            FOLDER
        ).rstrip("/")
        if guest.fake is None:
            guest.late.append(f"{request.method} {request.action or path}")
            reset(environ["werkzeug.socket"])
        fake = guest.fake.fake if isinstance(guest.fake, Control) else guest.fake
        reply = fake.answer(request)
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
            reset(environ["werkzeug.socket"])
        missing = 100 if reply.fault == _TRUNCATED else 0
        start_response(
            f"{reply.http_status} {'OK' if reply.http_status < 400 else 'Error'}",
            [
                ("Content-Type", reply.content_type),
                ("Content-Length", str(len(reply.body) + missing)),
            ],
        )
        return [reply.body]


def _json(
    environ: dict[str, Any], start_response: Any, status: int, value: object
) -> Iterable[bytes]:
    text = json.dumps(value).encode()
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(text)))]
    start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]


def reset(connection: socket.socket) -> NoReturn:
    """Reset a connection: its client sees that it broke off, and nothing else is sent."""
    systems.reset(connection)
    raise ConnectionAbortedError
