"""Nothing reaches the real Flipsnack: its names do not resolve while a fake is active."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any

from pytest_flipsnack.fake.downloads import HOST
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.transports.server.addresses import ADDRESS

_CAUSE = "its HTTP library is not one that is answered in process"
_URLS = "the base URL flipsnack.url (uploads: flipsnack.upload_url)"
_DOMAIN = "flipsnack.com"
_PARAMETERS = ("port", "family", "type", "proto", "flags")


class Guard:
    """Refuses to look up Flipsnack's hosts, whatever library asks, and reports that it had to.

    The host of the archives is the loopback server, so that a client can fetch an archive with
    another library than it makes its calls with. `archives` returns the server's port, and raises
    `ImportError` where none can be had. It speaks no TLS: a connection to that host has none.
    """

    def __init__(self, report: Callable[[Finding], None], archives: Callable[[], int]) -> None:
        self._patches = Patches()
        self._report = report
        self._archives = archives
        self._without_tls = False

    def start(self) -> None:
        """Put a filter before the resolver that every client library uses."""
        onward = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            name = _text(host) if self._patches.active else ""
            if name == HOST:
                given = dict(zip(_PARAMETERS, args, strict=False)) | kwargs
                return onward(ADDRESS, self._archive_port(), socket.AF_INET, given.get("type", 0))
            if name == _DOMAIN or name.endswith(f".{_DOMAIN}"):
                self._report(
                    Finding(
                        f"a request to {name} went past the fake and was stopped",
                        (("cause", _CAUSE), ("way out", f"give the client {_URLS}")),
                    )
                )
                raise _not_reached(name)
            return onward(host, *args, **kwargs)

        self._patches.set(socket, "getaddrinfo", getaddrinfo)

    def stop(self) -> None:
        """Let names resolve again."""
        self._patches.undo()
        self._without_tls = False

    def _archive_port(self) -> int:
        try:
            port = self._archives()
        except ImportError:
            self._report(
                Finding(
                    f"a download from {HOST} went past the fake and was stopped",
                    (
                        ("cause", _CAUSE),
                        (
                            "way out",
                            "install the loopback server: pip install 'pytest-flipsnack[server]'",
                        ),
                    ),
                )
            )
            raise _not_reached(HOST) from None
        if not self._without_tls:
            self._without_tls = True
            self._leave_out_tls("wrap_socket", lambda sock: sock)
            self._leave_out_tls("wrap_bio", PlainConnection)
        return port

    def _leave_out_tls(self, name: str, plain: Callable[..., Any]) -> None:
        def wrap(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> Any:
            if self._patches.active and _text(kwargs.get("server_hostname")) == HOST:
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

    def nothing(self) -> None:
        """Have nothing to do, or to tell."""

    do_handshake = unwrap = getpeercert = cipher = compression = nothing
    version = selected_alpn_protocol = nothing


def _not_reached(name: str) -> socket.gaierror:
    return socket.gaierror(
        socket.EAI_NONAME, f"{name} is not reached while the fixture flipsnack is used"
    )


def _text(host: Any) -> str:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host.lower().rstrip(".") if isinstance(host, str) else ""
