"""Right Flipsnack clients in many styles: each behaves, so none may raise a false alarm."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType
from typing import Any, Literal

Transport = Literal["requests", "httpx", "loopback"]
Outcome = Literal["raises", "returns"]


@dataclass(frozen=True)
class Style:
    """One way to write the client; `make` and `error` import its module on demand.

    `loopback` styles speak through a library that is not patched in process: pass them URLs.
    `returns` styles answer every call with a result that has ok, code, message and data.
    `takes_files` styles upload from a path or an open file as well as from bytes.
    """

    name: str
    module: str
    transport: Transport
    is_async: bool = False
    outcome: Outcome = "raises"
    takes_files: bool = False

    def make(
        self,
        api_key: str,
        secret: str,
        api_url: str | None = None,
        upload_url: str | None = None,
    ) -> Any:
        """Build a client; without URLs it talks to the real hosts."""
        return load(self).make(api_key, secret, api_url, upload_url)

    @property
    def error(self) -> type[Exception] | None:
        """Name the base of everything the client raises; None for result-returning styles."""
        error: type[Exception] | None = load(self).ERROR
        return error


def load(style: Style) -> ModuleType:
    """Import the style's module; ImportError when its library is not installed."""
    return import_module(f".{style.module}", __name__)


def available(style: Style) -> bool:
    """Tell whether the libraries the style is written with are installed."""
    try:
        load(style)
    except ImportError:
        return False
    return True


STYLES: tuple[Style, ...] = (
    Style("requests-raising", "requests_raising", "requests", takes_files=True),
    Style("requests-result", "requests_result", "requests", outcome="returns"),
    Style("requests-tenacity", "requests_tenacity", "requests"),
    Style("requests-backoff", "requests_backoff", "requests"),
    Style("requests-adapter", "requests_adapter", "requests"),
    Style("requests-functions", "requests_functions", "requests"),
    Style("requests-cautious", "requests_cautious", "requests"),
    Style("httpx-sync-stamina", "httpx_sync_stamina", "httpx"),
    Style("httpx-sync-result", "httpx_sync_result", "httpx", outcome="returns", takes_files=True),
    Style("httpx-async-loop", "httpx_async_loop", "httpx", is_async=True),
    Style("httpx-async-stamina", "httpx_async_stamina", "httpx", is_async=True),
    Style("httpx-async-tenacity", "httpx_async_tenacity", "httpx", is_async=True),
    Style("aiohttp-loop", "aiohttp_loop", "loopback", is_async=True, takes_files=True),
    Style("aiohttp-backoff", "aiohttp_backoff", "loopback", is_async=True),
    Style("urllib3-loop", "urllib3_loop", "loopback"),
    Style("urllib-loop", "urllib_loop", "loopback", takes_files=True),
)
EVERYDAY = frozenset(
    [
        # one for each library, and for each way to say that a call has failed
        "requests-raising", "requests-result", "requests-adapter", "httpx-sync-stamina",
        "httpx-async-loop", "aiohttp-backoff", "urllib3-loop", "urllib-loop",
    ]
)  # fmt: skip
"""The styles that each commit runs in full."""
