"""Where a server listens, and by which names its control requests may call it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

ADDRESS = "127.0.0.1"
"""Where a loopback server listens."""
_LABEL = "[a-z0-9_-]{1,63}"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d+)?", re.IGNORECASE)


class AddressError(Exception):
    """A port cannot be served; no `OSError`, for which werkzeug would end the process."""


@dataclass(frozen=True, slots=True)
class Address:
    """The host that a server binds, and `names` that it is called by besides.

    Raises `ValueError` for what is neither a name nor an address.
    """

    host: str = ADDRESS
    names: Collection[str] = ()

    def __post_init__(self) -> None:
        for name in (self.host, *self.names):
            if _ip(name) is None and not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is neither an address nor a name of a host")

    @property
    def open(self) -> bool:
        """Whether other machines reach it."""
        ip = _ip(self.host)
        return not (ip.is_loopback if ip is not None else _is_local(self.host))

    @property
    def authority(self) -> str:
        """The host as it is written in a URL; one of this machine for all of its interfaces."""
        ip = _ip(self.host)
        if ip is not None and ip.is_unspecified:
            return ADDRESS if ip.version == 4 else "[::1]"
        return f"[{self.host}]" if ip is not None and ip.version == 6 else self.host

    def stranger(self, environ: Mapping[str, str]) -> str:
        """Return why a control request is refused, or an empty text.

        A web page in somebody's browser can send requests here: from its own origin, or from a
        name of its own that it has made resolve to this machine. Browsers always send Host, and
        an Origin with every request that changes anything.
        """
        host, origin = environ.get("HTTP_HOST"), environ.get("HTTP_ORIGIN")
        if host is not None:
            found = _AUTHORITY.fullmatch(host)
            if found is None or not self._is_ours(found[1].strip("[]")):
                return (
                    f"Host {host!r} is no name of this server; use its address, "
                    "or start serve with --allow-host NAME"
                )
        if origin is not None and origin.lower() != f"http://{host}".lower():
            return f"Origin {origin!r} is another site; control requests come from tests, not pages"
        return ""

    def _is_ours(self, name: str) -> bool:
        ip = _ip(name)
        if name.lower() in {self.host.lower(), *(own.lower() for own in self.names)}:
            return True
        if self.open:  # no public name is one word, and none can be made of an address
            return ip is not None or "." not in name or _is_local(name)
        return ip.is_loopback if ip is not None else _is_local(name)


def _is_local(name: str) -> bool:
    return name.lower().rstrip(".") == "localhost" or name.lower().endswith(".localhost")


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
