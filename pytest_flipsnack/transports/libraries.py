"""The transports of libraries that may be imported late, or never, and then cost no import."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_flipsnack.transports.patches import OnImport, Transport

if TYPE_CHECKING:
    from pytest_flipsnack.transports.in_process import InProcess


def on_import(requests: InProcess) -> tuple[Transport, ...]:
    """Return a transport for each library."""

    def httpx() -> Transport:
        from pytest_flipsnack.transports.httpx import HttpxTransport

        return HttpxTransport(requests)

    def pytest_httpx() -> Transport:
        from pytest_flipsnack.transports.httpx_tools import PytestHttpx

        return PytestHttpx(requests)

    def respx() -> Transport:
        from pytest_flipsnack.transports.httpx_tools import Respx

        return Respx(requests)

    return (
        OnImport("httpx", httpx),
        OnImport("pytest_httpx", pytest_httpx),
        OnImport("respx", respx),
    )
