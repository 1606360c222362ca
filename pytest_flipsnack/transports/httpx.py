"""Clients on `httpx`, sync and async: answered in process, at the transport."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any

import httpx

from pytest_flipsnack.fake.request import FLIPSNACK_URL, parse
from pytest_flipsnack.transports.patches import Patches

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.fake.reply import Reply


class HttpxTransport:
    """Answers every request to Flipsnack's domain; all others go where they went before.

    Flipsnack's requests reach the fake also while pytest-httpx or respx is active.
    """

    def __init__(self, fake: Fake) -> None:
        self._fake = fake
        self._patches = Patches()

    def start(self) -> None:
        """Patch both transports, and pytest-httpx's way to refuse what it does not know."""
        self._patch(httpx.HTTPTransport, "handle_request", httpx.AsyncHTTPTransport)
        theirs = sys.modules.get("pytest_httpx")
        mock = getattr(theirs, "HTTPXMock", None)
        if mock is not None and hasattr(mock, "_handle_request"):
            self._patch(mock, "_handle_request", mock, "_handle_async_request")

    def stop(self) -> None:
        """Put the transports back."""
        self._patches.undo()

    def _patch(
        self, owner: Any, name: str, async_owner: Any, async_name: str = "handle_async_request"
    ) -> None:
        answer = self._answer
        onward, async_onward = getattr(owner, name), getattr(async_owner, async_name)

        def handle(this: Any, *args: Any) -> httpx.Response:
            request: httpx.Request = args[-1]
            if not FLIPSNACK_URL.match(str(request.url)):
                response: httpx.Response = onward(this, *args)
                return response
            blocks = asyncio._get_running_loop() is not None
            return answer(request, request.read(), blocks)

        async def handle_async(this: Any, *args: Any) -> httpx.Response:
            request: httpx.Request = args[-1]
            if not FLIPSNACK_URL.match(str(request.url)):
                response: httpx.Response = await async_onward(this, *args)
                return response
            return answer(request, await request.aread(), False)

        self._patches.set(owner, name, handle)
        self._patches.set(async_owner, async_name, handle_async)

    def _answer(self, request: httpx.Request, body: bytes, blocks: bool) -> httpx.Response:
        self._fake.asks()
        parsed = parse(request.method, str(request.url), request.headers, body)
        parsed.timeout_s, parsed.blocked_loop = _timeout(request), blocks
        return _response(self._fake.answer(parsed), request)


def _timeout(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _response(reply: Reply, request: httpx.Request) -> httpx.Response:
    if reply.wire == "timeout":
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if reply.wire == "refused":
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
    if reply.wire == "reset":
        raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    headers = {"Content-Type": reply.content_type}
    return httpx.Response(reply.http_status, headers=headers, content=reply.body, request=request)
