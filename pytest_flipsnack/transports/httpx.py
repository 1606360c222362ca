"""Clients on `httpx`, sync and async: answered in process, at the transport."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from inspect import signature
from types import FunctionType
from typing import TYPE_CHECKING, Any

import httpx

from pytest_flipsnack.fake.request import FLIPSNACK_URL
from pytest_flipsnack.transports.in_process import InProcess
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.virtual_time.patching import Switch, switch

if TYPE_CHECKING:
    from pytest_flipsnack.fake.reply import Reply


class HttpxTransport:
    """Answers every request to Flipsnack's domain; all others go where they went before.

    Flipsnack's requests reach the fake also while pytest-httpx or respx is active.
    """

    def __init__(self, requests: InProcess) -> None:
        self._requests = requests
        self._patches = Patches()
        self._context: Switch | None = None

    def start(self) -> None:
        """Patch both transports, and pytest-httpx's way to refuse what it does not know."""
        self._patch(httpx.HTTPTransport, "handle_request", httpx.AsyncHTTPTransport)
        theirs = sys.modules.get("pytest_httpx")
        make_context = getattr(sys.modules.get("httpx._config"), "create_ssl_context", None)
        if isinstance(make_context, FunctionType):
            self._context = switch(make_context, _sharing)
            self._context.put_in()
        mock = getattr(theirs, "HTTPXMock", None)
        if mock is not None and hasattr(mock, "_handle_request"):
            self._patch(mock, "_handle_request", mock, "_handle_async_request")

    def stop(self) -> None:
        """Put the transports back."""
        if self._context is not None:
            self._context.take_out()
        self._patches.undo()

    def _patch(
        self, owner: Any, name: str, async_owner: Any, async_name: str = "handle_async_request"
    ) -> None:
        answer, requests = self._answer, self._requests
        onward, async_onward = getattr(owner, name), getattr(async_owner, async_name)

        def handle(this: Any, *args: Any) -> httpx.Response:
            request: httpx.Request = args[-1]
            if not (requests.active and FLIPSNACK_URL.match(str(request.url))):
                response: httpx.Response = onward(this, *args)
                return response
            blocks = asyncio._get_running_loop() is not None
            return answer(request, request.read(), blocks, _is_unverified(args, this))

        async def handle_async(this: Any, *args: Any) -> httpx.Response:
            request: httpx.Request = args[-1]
            if not (requests.active and FLIPSNACK_URL.match(str(request.url))):
                response: httpx.Response = await async_onward(this, *args)
                return response
            return answer(request, await request.aread(), False, _is_unverified(args, this))

        self._patches.set(owner, name, handle)
        self._patches.set(async_owner, async_name, handle_async)

    def _answer(
        self, request: httpx.Request, body: bytes, blocks: bool, unverified: bool
    ) -> httpx.Response:
        reply = self._requests.reply(
            request.method,
            str(request.url),
            request.headers,
            body,
            timeout_s=_timeout(request),
            blocked_loop=blocks,
            unverified=unverified,
        )
        return _response(reply, request)


def _sharing(real: Any) -> Any:
    """Return a maker of TLS contexts that makes the default one once per session.

    It loads all certificates, 20 ms for each client, for connections that are never made.
    """
    usual = signature(real)

    def create_ssl_context(*args: Any, **kwargs: Any) -> Any:
        asked = usual.bind(*args, **kwargs)
        asked.apply_defaults()
        if asked.arguments.get("verify") is not True or asked.arguments.get("cert") is not None:
            return real(*args, **kwargs)  # the client's own
        files = tuple(os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"))
        key = (*asked.arguments.items(), *files)
        if key not in _CONTEXTS:
            _CONTEXTS[key] = real(*args, **kwargs)
        return _CONTEXTS[key]

    return create_ssl_context


_CONTEXTS: dict[tuple[Any, ...], Any] = {}
"""The default contexts of this process, by what they were made from."""


def _timeout(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _is_unverified(args: tuple[Any, ...], this: Any) -> bool:
    """Return whether a transport takes any certificate; pytest-httpx hands the real one on."""
    for transport in (this, *args):
        pool = getattr(transport, "_pool", None)
        context = getattr(pool, "_ssl_context", None)
        if context is not None:
            return bool(context.verify_mode == ssl.CERT_NONE)
    return False


def _response(reply: Reply, request: httpx.Request) -> httpx.Response:
    if reply.wire == "timeout":
        raise httpx.ReadTimeout("The read operation timed out", request=request)
    if reply.wire == "refused":
        raise httpx.ConnectError("[Errno 111] Connection refused", request=request)
    if reply.wire == "reset":
        raise httpx.ReadError("[Errno 104] Connection reset by peer", request=request)
    return httpx.Response(
        reply.http_status, headers=reply.headers, content=reply.body, request=request
    )
