"""Clients on `aiohttp`, whatever resolver, proxy or loop they use: led to the loopback server."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import aiohttp
import yarl
from aiohttp.client_reqrep import ClientRequest

from pytest_flipsnack.fake.addresses import is_of_the_domain
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.transports.server.addresses import ADDRESS


class AiohttpTransport:
    """Resolves the documented hosts where a connector may have a resolver or a cache of its own.

    `lead` returns the port of the loopback server for a host, and None for other hosts.
    """

    def __init__(self, lead: Callable[[str], int | None]) -> None:
        self._lead = lead
        self._patches = Patches()

    def start(self) -> None:
        """Stand in for the look-up of a host and the choice of a proxy."""
        resolve = aiohttp.TCPConnector._resolve_host
        choose = ClientRequest.update_proxy

        async def resolve_host(
            connector: aiohttp.TCPConnector, host: str, *args: Any, **kwargs: Any
        ) -> Any:
            port = self._lead(host.lower().rstrip(".")) if self._patches.active else None
            if port is None:
                return await resolve(connector, host, *args, **kwargs)
            found = {"hostname": host, "host": ADDRESS, "port": port, "family": socket.AF_INET}
            return [{**found, "proto": 0, "flags": socket.AI_NUMERICHOST}]

        def update_proxy(
            request: ClientRequest, proxy: yarl.URL | None, *args: Any, **kwargs: Any
        ) -> None:
            if self._patches.active and is_of_the_domain((request.url.host or "").lower()):
                proxy = None  # it would take the request past whoever could stop it
            choose(request, proxy, *args, **kwargs)

        self._patches.set(aiohttp.TCPConnector, "_resolve_host", resolve_host)
        self._patches.set(ClientRequest, "update_proxy", update_proxy)

    def stop(self) -> None:
        """Let hosts resolve again."""
        self._patches.undo()
