"""What the tests of one process share: settings, and the loopback server."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.fake.account import API_KEY, SECRET
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.integration.recorder import recorder_of

if TYPE_CHECKING:
    from pytest_flipsnack.transports.server import LoopbackServer


_VIRTUAL_INSTEAD = (
    (
        "virtual",
        "time.sleep, asyncio.sleep, trio.sleep, select.select without a file, and the waits of "
        "threading, queue and concurrent.futures with a timeout",
    ),
    (
        "way out",
        "let the client wait with one of these, or ignore pytest_flipsnack.RealWaitWarning",
    ),
)


class LateRequestWarning(pytest.PytestWarning):
    """A request reached the loopback server after its test had ended."""


class RealWaitWarning(pytest.PytestWarning):
    """A test really waited where time is virtual; it works, and it is slow."""


def _are_two_texts(value: object) -> bool:
    match value:
        case (str() as key, str() as secret):
            return bool(key and secret)
    return False


class Session:
    """Makes the fakes of a process; the server starts with the first URL that a test asks for."""

    def __init__(self, config: pytest.Config, settings: Settings | None) -> None:
        self.recorder = recorder_of(config)
        self._settings = settings or Settings()
        self._server: LoopbackServer | None = None

    def make(self, credentials: tuple[str, str] = (API_KEY, SECRET), name: str = "") -> Flipsnack:
        """Return a fake for the test of that name."""
        if not _are_two_texts(credentials):
            pytest.fail(
                f"flipsnack_credentials: {type(credentials).__name__} does not fit; "
                'the fixture must return two texts, as in ("key", "secret")',
                pytrace=False,
            )
        return Flipsnack(
            *credentials,
            settings=self._settings,
            name=name,
            server=self._running_server,
        )

    def warn_of_real_waits(self, flipsnack: Flipsnack) -> None:
        """Name what really waited in a test, at the line that did."""
        for wait in flipsnack.clock.real_waits:
            found = Finding(f"the test really waited {wait}", _VIRTUAL_INSTEAD)
            warning = RealWaitWarning(flipsnack.fake.masked(str(found)))
            warnings.warn_explicit(warning, RealWaitWarning, wait.path, wait.line)

    def close(self) -> None:
        """Stop the server; warn about requests that came too late for their tests."""
        if self._server is None:
            return
        late = self._server.late()
        self._server.stop()
        for line in late:
            warnings.warn(LateRequestWarning(line), stacklevel=1)

    def _running_server(self) -> LoopbackServer:
        if self._server is None:
            from pytest_flipsnack.transports.server import LoopbackServer

            self._server = LoopbackServer()
        return self._server
