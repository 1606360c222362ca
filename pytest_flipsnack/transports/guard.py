"""Nothing reaches the real Flipsnack: its names do not resolve while a fake is active."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.transports.patches import Patches

_URLS = "the base URL flipsnack.url (uploads: flipsnack.upload_url)"
_DOMAIN = "flipsnack.com"


class Guard:
    """Refuses to look up Flipsnack's hosts, whatever library asks, and reports that it had to."""

    def __init__(self, report: Callable[[Finding], None]) -> None:
        self._patches = Patches()
        self._report = report

    def start(self) -> None:
        """Put a filter before the resolver that every client library uses."""
        onward = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
            name = _text(host) if self._patches.active else ""
            if name == _DOMAIN or name.endswith(f".{_DOMAIN}"):
                self._report(
                    Finding(
                        f"a request to {name} went past the fake and was stopped",
                        (
                            ("cause", "its HTTP library is not one that is answered in process"),
                            ("way out", f"give the client {_URLS}"),
                        ),
                    )
                )
                raise socket.gaierror(
                    socket.EAI_NONAME, f"{name} is not reached while the fixture flipsnack is used"
                )
            return onward(host, *args, **kwargs)

        self._patches.set(socket, "getaddrinfo", getaddrinfo)

    def stop(self) -> None:
        """Let names resolve again."""
        self._patches.undo()


def _text(host: Any) -> str:
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    return host.lower().rstrip(".") if isinstance(host, str) else ""
