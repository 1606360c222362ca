"""What the fakes of a run share: a loopback server, and what came after its test had ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from pytest_flipsnack.transports.leftovers import Leftovers, late_line

if TYPE_CHECKING:
    from pytest_flipsnack.transports.server.server import LoopbackServer


class Urls(NamedTuple):
    """Base URLs on the loopback interface that stay the same for a whole session."""

    url: str
    upload_url: str


class Served(Protocol):
    """A fake that is being used, and must be reached at the server as soon as there is one."""

    def stay(self, server: LoopbackServer) -> None: ...


class Session:
    """Starts the server with the first use of a URL; its URLs are the same for all tests."""

    def __init__(self) -> None:
        self.server: LoopbackServer | None = None
        self.leftovers = Leftovers()
        self.used: list[Served] = []
        self._late: list[str] = []

    def serve(self) -> LoopbackServer:
        """Return the server, started where it was not; every fake that is used stays there."""
        if self.server is None:
            from pytest_flipsnack.transports.server.server import LoopbackServer

            self.server = LoopbackServer()
            for fake in self.used:
                fake.stay(self.server)
        return self.server

    def urls(self) -> Urls:
        """Return the URLs, behind which each test finds its own fake."""
        server = self.serve()
        return Urls(server.url(), server.url(upload=True))

    def note_late(self, name: str, what: str) -> None:
        """Note a request that came after the test of that name."""
        self._late.append(late_line(name, what))

    def close(self) -> list[str]:
        """Stop the server; return a line for each request that came after its test."""
        late, self._late = self._late, []
        if self.server is not None:
            late += self.server.late()
        self.end()
        return late

    def end(self) -> None:
        """Stop the server, where it runs."""
        if self.server is not None:
            self.server.stop()
            self.server = None
