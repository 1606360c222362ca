"""Tools that stub httpx above its transports: what they do not know and is ours, the fake answers.

Each may be imported amid a test, and import httpx itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from pytest_flipsnack.transports.httpx import StandIns
from pytest_flipsnack.transports.in_process import InProcess
from pytest_flipsnack.transports.patches import Patches


class PytestHttpx:
    """pytest-httpx, whose mock stands in the place of both transports."""

    def __init__(self, requests: InProcess) -> None:
        self._patches = Patches()
        self._stand_ins = StandIns(requests, self._patches)

    def start(self) -> None:
        """Patch how its mock handles a request."""
        mock = getattr(sys.modules["pytest_httpx"], "HTTPXMock", None)
        if hasattr(mock, "_handle_request"):
            self._stand_ins.put_in(mock, "_handle_request", mock, "_handle_async_request")

    def stop(self) -> None:
        """Put it back."""
        self._patches.undo()


class Respx:
    """respx with `using="httpx"`, which replaces the transports that a client has."""

    def __init__(self, requests: InProcess) -> None:
        self._requests = requests
        self._patches = Patches()

    def start(self) -> None:
        """Let its routers pass on what none of their routes takes."""
        respx: Any = sys.modules["respx"]
        requests, theirs = self._requests, respx.Router.resolver

        @contextmanager
        def resolver(this: Any, request: httpx.Request) -> Iterator[Any]:
            with theirs(this, request) as resolved:
                yield resolved
                if resolved.route is None and requests.takes(str(request.url)):
                    said = "a call of the API"
                    raise respx.models.PassThrough(said, request=request, origin=None)

        self._patches.set(respx.Router, "resolver", resolver)

    def stop(self) -> None:
        """Put it back."""
        self._patches.undo()
