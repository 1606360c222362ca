"""The fake as a process of its own, for manual work and other languages."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.masking import one_line
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.transports.server import systems
from pytest_flipsnack.transports.server.addresses import Address
from pytest_flipsnack.transports.server.control import Control
from pytest_flipsnack.transports.server.output import write_line
from pytest_flipsnack.transports.server.server import LoopbackServer

_LOOK_S = 0.1
_SAVE_S = 2.0
CONNECTIONS = 100
"""The bound on connections: as many as httpx and aiohttp open at most, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the fake is served: `port` 0 takes free ones; `connections` without an answer."""

    port: int = 0
    address: Address = field(default_factory=Address)
    connections: int = CONNECTIONS


class Hits(Protocol):
    """What counts the hits of tests; `save` may raise `OSError`."""

    def add_test(self, hits: Mapping[tuple[str, int], int]) -> None: ...

    def save(self, running: Mapping[tuple[str, int], int]) -> None: ...


class Ending:
    """Whether this process was asked to end.

    A handler only sets a flag: it may run while another one does, or amid any lock.
    """

    def __init__(self) -> None:
        self.asked = False

    def listen(self) -> None:
        """Take the signals that ask for an end from now on."""
        for number in systems.ending_signals():
            signal.signal(number, self._ask)

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it was asked; return whether it was.

        It sleeps in pieces: a wait for a lock would keep Windows from delivering Ctrl-C.
        """
        deadline = time.monotonic() + seconds
        while not self.asked and time.monotonic() < deadline:
            time.sleep(_LOOK_S)
        return self.asked

    def _ask(self, *_: object) -> None:
        self.asked = True


class _Keeper:
    """Saves hits while tests run; a file that cannot be written is told once and tried again."""

    def __init__(self, hits: Hits, ending: Ending) -> None:
        self._hits = hits
        self._ending = ending
        self._told = False

    def finished(self, hits: Mapping[tuple[str, int], int]) -> None:
        """Count a test; its hits are in the file before whoever ended it goes on."""
        self._hits.add_test(hits)
        if not self._ending.asked:  # whoever serves writes the last one
            self.save({})

    def save(self, running: Mapping[tuple[str, int], int]) -> None:
        """Save what is counted, with the hits of a running test."""
        try:
            self._hits.save(running)
        except OSError as error:
            if not self._told:
                self._told = True
                why = error.strerror or error
                write_line(f"pytest-flipsnack: --coverage: {why}; it is tried again until the end")


def serve(make: Callable[[], Fake], hits: Hits, place: Place, *, quiet: bool = False) -> None:
    """Serve until a signal asks to end; `hits` gets those of each test, the last included.

    Raises `AddressError` for ports that cannot be served, and `OSError` where `hits` cannot be
    saved at the start. The access log on stderr has actions and codes only, so no key and no
    signature.
    """
    ending = Ending()
    keeper = _Keeper(hits, ending)
    control = Control(make, keeper.finished)
    server = LoopbackServer(place.port, control, place.address, place.connections)
    try:
        hits.save({})  # an older run's are not this one's
        if not quiet:
            server.observers.append(partial(_log, control))
        ending.listen()
        _announce(server, control)
        told = False
        while not ending.wait(_SAVE_S):
            keeper.save(control.running())
            if server.room.refused.is_set() and not told:
                told = True
                write_line(_refused(place.connections))
    finally:
        server.stop()
    for problem in control.end():
        write_line(problem)


def _announce(server: LoopbackServer, control: Control) -> None:
    guest = server.admit("pytest-flipsnack serve", control, token="")
    if server.address.open:
        write_line(_warning(server.address, server.ports))
    write_line(f"Flipsnack API:     {server.url(guest)}", "stdout")
    write_line(f"Flipsnack uploads: {server.url(guest, upload=True)}", "stdout")


def _log(control: Control, request: Request, reply: Reply) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    answered = reply.fault or reply.code
    asked = control.fake.account.hidden.hide(one_line(f"{request.method} {request.action}"))
    write_line(f"{now} {asked} {answered}")


def _warning(address: Address, ports: tuple[int, ...]) -> str:
    return (
        f"pytest-flipsnack: --host {address.host} opens ports {ports[0]} and {ports[1]} to other "
        "machines: whoever reaches them reads the requests of your tests, ends tests and fills "
        "the coverage; in a container, publish them to 127.0.0.1 only"
    )


def _refused(connections: int) -> str:
    return (
        f"pytest-flipsnack: refused connections beyond {connections} at once; "
        "--connections raises the bound"
    )
