"""Requests to the real API make a detour over the recorder, whatever library sends them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pytest_flipsnack.catalogue.action import API_HOST, UPLOAD_HOST
from pytest_flipsnack.live.logs import MaskedLogs
from pytest_flipsnack.transports.guard import Guard
from pytest_flipsnack.transports.proxies import Exemption
from pytest_flipsnack.transports.server.addresses import ADDRESS

_HOSTS = {API_HOST: "127.77.31.1", UPLOAD_HOST: "127.77.31.2"}
"""Each host with the address that stands for it: nobody else uses these."""


class Detour(Guard):
    """Leads the hosts of the API to a port of this machine, past any proxy; other hosts are free."""

    def __init__(self, port: Callable[[str], int], hide: Callable[[str], str]) -> None:
        super().__init__(lambda finding: None, port)
        self._on_the_way = threading.local()
        self._logs = MaskedLogs(hide, lambda: bool(getattr(self._on_the_way, "now", False)))
        self._exemption = Exemption(*sorted(_HOSTS), ADDRESS)

    def start(self) -> None:
        """Begin to lead."""
        super().start()
        self._logs.start()
        ports = {address: self._port(host) for host, address in _HOSTS.items()}

        def connect(this: socket.socket, address: Any) -> None:
            # anyio takes the address from the resolver, and the port from the URL
            port = ports.get(address[0]) if isinstance(address, tuple) else None
            onward(this, address if port is None else (ADDRESS, port))

        onward = self._patches.set(socket.socket, "connect", connect)
        self._exemption.start()

    def stop(self) -> None:
        """Let the names resolve again, and restore the environment."""
        super().stop()
        self._logs.stop()
        self._exemption.stop()

    def lead(self, host: str) -> int | None:
        """Return the port of the recorder for a host of the API, None for any other."""
        if not self._takes(host):
            return None
        self._speak_plainly()
        return self._port(host)

    @contextmanager
    def onward(self) -> Iterator[None]:
        """Let the requests of this thread go on to the real hosts."""
        self._on_the_way.now = True
        try:
            yield
        finally:
            self._on_the_way.now = False

    def _address(self, host: str) -> str:
        return _HOSTS[host]

    def _takes(self, host: str) -> bool:
        return host in _HOSTS and not getattr(self._on_the_way, "now", False)
