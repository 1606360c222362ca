"""Cassettes of `vcrpy`, opened before, inside or after a fake: calls are none of theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from vcr.cassette import Cassette

from pytest_flipsnack.transports.patches import Patches


class VcrTransport:
    """Lets a call through every cassette, on its way to the fake; no cassette keeps it.

    A cassette holds the method of an HTTP library that it found when vcrpy was imported, and so
    goes past what a fake has put in its place: such a call arrives over the loopback server, but
    for httpx (`HttpxCassetteTransport`).
    """

    def __init__(self, takes: Callable[[str], bool]) -> None:
        self._takes = takes
        self._patches = Patches()

    def start(self) -> None:
        """Stand in for what a cassette asks before it plays, refuses or records."""
        for name in ("can_play_response_for", "filter_request", "append"):
            self._leave_out_calls(name)

    def stop(self) -> None:
        """Let cassettes have all requests again."""
        self._patches.undo()

    def _leave_out_calls(self, name: str) -> None:
        def decide(cassette: Any, request: Any, *args: Any) -> Any:
            if self._patches.active and self._takes(str(request.uri)):
                return None
            return onward(cassette, request, *args)

        onward = self._patches.set(Cassette, name, decide)
