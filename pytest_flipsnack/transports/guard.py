"""Nothing reaches the real Flipsnack: its names lead to the fake, or nowhere, while one is active."""

from __future__ import annotations

import socket
import ssl
import sys
import urllib.request
from collections.abc import Callable
from typing import Any

from pytest_flipsnack.catalogue.action import API_HOST, UPLOAD_HOST
from pytest_flipsnack.fake.addresses import is_of_the_domain, stopped
from pytest_flipsnack.fake.downloads import HOST
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.transports.in_process import HandedOn
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.transports.server.addresses import ADDRESS

_SERVED = frozenset({API_HOST, UPLOAD_HOST, HOST})
_CAUSE = "its HTTP library is not one that is answered in process"
_WAY_OUT = "install the loopback server: pip install 'pytest-flipsnack[server]'"
_PARAMETERS = ("port", "family", "type", "proto", "flags")


class Guard:
    """Leads to the loopback server what asks for the API, and refuses any other name of Flipsnack.

    So a client on whatever library, with the documented URLs written in, reaches the fake. `port`
    returns where the server answers for a host, and raises `ImportError` where none can be had. It
    speaks no TLS: a connection to these hosts has none. `handed_on` names a request to a host that
    is known to be no call.
    """

    def __init__(
        self,
        report: Callable[[Finding], None],
        port: Callable[[str], int],
        handed_on: Callable[[str], HandedOn | None] = lambda host: None,
    ) -> None:
        self._patches = Patches()
        self._report = report
        self._port = port
        self._handed_on = handed_on
        self._without_tls = False
        self._was_blocked = False

    def start(self) -> None:
        """Put a filter before the resolver that every client library uses."""
        onward = socket.getaddrinfo
        self._was_blocked = _is_blocked()

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            name = _text(host) if self._patches.active else ""
            port = self.lead(name)
            if port is None:
                return onward(host, *args, **kwargs)
            given = dict(zip(_PARAMETERS, args, strict=False)) | kwargs
            return onward(self._address(name), port, socket.AF_INET, given.get("type", 0))

        self._patches.set(socket, "getaddrinfo", getaddrinfo)
        past_proxies = urllib.request.proxy_bypass

        def proxy_bypass(host: str, *args: Any) -> Any:
            name = _text(host).partition(":")[0] if self._patches.active else ""
            return is_of_the_domain(name) or past_proxies(host, *args)

        self._patches.set(urllib.request, "proxy_bypass", proxy_bypass)

    def stop(self) -> None:
        """Let names resolve again.

        pytest-socket lifts its block before fixtures end, and then finds no resolver of its own:
        the one that is put back here would block all tests to come.
        """
        self._patches.undo()
        self._without_tls = False
        if self._was_blocked and not _is_blocked():
            sys.modules["pytest_socket"].enable_socket()

    def lead(self, host: str) -> int | None:
        """Return the port of the loopback server for a host, None for one that is not Flipsnack's.

        Raises `socket.gaierror` for what nobody may reach.
        """
        if not is_of_the_domain(host):
            return None
        other = self._handed_on(host)
        if other is not None:
            other.stopped = True
            if other.is_a_slip:
                raise _not_reached(host)  # who handed it on lets the fake answer it
            self._report(stopped(f"{other.method} {other.url}"))
            raise _not_reached(host)
        if not self._takes(host):
            self._report(stopped(f"a request to {host}"))
            raise _not_reached(host)
        try:
            port = self._port(host)
        except ImportError:
            self._report(
                Finding(
                    f"a request to {host} went past the fake and was stopped",
                    (("cause", _CAUSE), ("way out", _WAY_OUT)),
                )
            )
            raise _not_reached(host) from None
        self._speak_plainly()
        return port

    def _address(self, host: str) -> str:
        """Return the address that a host is led to."""
        return ADDRESS

    def _takes(self, host: str) -> bool:
        """Return whether the server answers in the place of a host."""
        return host in _SERVED

    def _speak_plainly(self) -> None:
        """Leave TLS out of connections to the hosts that the server answers for."""
        if not self._without_tls:
            self._without_tls = True
            self._leave_out_tls("wrap_socket", lambda sock: sock)
            self._leave_out_tls("wrap_bio", PlainConnection)

    def _leave_out_tls(self, name: str, plain: Callable[..., Any]) -> None:
        def wrap(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
            if self._patches.active and self._takes(_text(kwargs.get("server_hostname"))):
                return plain(*args[: 1 if name == "wrap_socket" else 2])
            return onward(context, *args, **kwargs)

        onward = self._patches.set(ssl.SSLContext, name, wrap)


class PlainConnection:
    """Stands in for TLS between two buffers of an event loop, and changes nothing."""

    def __init__(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._incoming = incoming
        self.write = outgoing.write

    def read(self, size: int, into: memoryview | None = None) -> bytes | int:
        """Return what has come, or write it to `into`; raise where nothing has yet."""
        content = self._incoming.read(size)
        if not content and not self._incoming.eof:
            raise ssl.SSLWantReadError
        if into is None:
            return content
        into[: len(content)] = content
        return len(content)

    def pending(self) -> int:
        """Return how many bytes are there already: what has come is read at once."""
        return self._incoming.pending

    def nothing(self) -> None:
        """Have nothing to do, or to tell."""

    do_handshake = unwrap = getpeercert = cipher = compression = nothing
    version = selected_alpn_protocol = shared_ciphers = nothing
    server_side = False

    def get_channel_binding(self, kind: str = "tls-unique") -> None:
        """Have none: nothing is encrypted."""


def _is_blocked() -> bool:
    """Return whether pytest-socket keeps everyone from making a socket."""
    return socket.socket.__module__ == "pytest_socket"


def _not_reached(name: str) -> socket.gaierror:
    return socket.gaierror(
        socket.EAI_NONAME, f"{name} is not reached while the fixture flipsnack is used"
    )


def _text(host: Any) -> str:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host.lower().rstrip(".") if isinstance(host, str) else ""
