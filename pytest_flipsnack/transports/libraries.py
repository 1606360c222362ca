"""The transports of libraries that may be imported late, or never, and then cost no import."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_flipsnack.transports.patches import OnImport, Transport

if TYPE_CHECKING:
    from pytest_flipsnack.transports.guard import Guard
    from pytest_flipsnack.transports.in_process import InProcess


def on_import(
    requests: InProcess, guard: Guard, serves: Callable[[str], bool]
) -> tuple[Transport, ...]:
    """Return a transport for each library; `serves` tells URLs of the loopback server."""

    def httpx() -> Transport:
        from pytest_flipsnack.transports.httpx import HttpxTransport

        return HttpxTransport(requests)

    def aiohttp() -> Transport:
        from pytest_flipsnack.transports.aiohttp import AiohttpTransport

        return AiohttpTransport(guard.lead)

    def cassettes() -> Transport:
        from pytest_flipsnack.transports.vcr import VcrTransport

        return VcrTransport(lambda url: requests.takes(url) or serves(url))

    return (
        OnImport("httpx", httpx),
        *_beside_httpx(requests),
        OnImport("aiohttp", aiohttp),
        OnImport("vcr.cassette", cassettes),
    )


def _beside_httpx(requests: InProcess) -> tuple[Transport, ...]:
    """Return a transport for each tool that stubs or records httpx."""

    def pytest_httpx() -> Transport:
        from pytest_flipsnack.transports.httpx_tools import PytestHttpx

        return PytestHttpx(requests)

    def respx() -> Transport:
        from pytest_flipsnack.transports.httpx_tools import Respx

        return Respx(requests)

    def cassettes() -> Transport:
        from pytest_flipsnack.transports.httpx import HttpxCassetteTransport

        return HttpxCassetteTransport(requests)

    return (
        OnImport("pytest_httpx", pytest_httpx, needs="httpx"),
        OnImport("respx", respx, needs="httpx"),
        OnImport("vcr.stubs.httpx_stubs", cassettes, needs="httpx"),
    )
