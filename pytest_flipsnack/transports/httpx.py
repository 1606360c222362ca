"""Clients on `httpx`, sync and async: answered in process, at the transport."""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from inspect import signature
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

import httpx

from pytest_flipsnack.transports.in_process import HandedOn, InProcess
from pytest_flipsnack.transports.patches import Patches
from pytest_flipsnack.virtual_time.patching import Switch, switch

if TYPE_CHECKING:
    from pytest_flipsnack.fake.reply import Reply


class HttpxTransport:
    """Answers every call of the API; all other requests go where they went before.

    Calls reach the fake also while respx is active, which patches what is below.
    """

    def __init__(self, requests: InProcess) -> None:
        self._patches = Patches()
        self._stand_ins = StandIns(requests, self._patches)
        self._context: Switch | None = None

    def start(self) -> None:
        """Patch both transports."""
        self._stand_ins.put_in(httpx.HTTPTransport, "handle_request", httpx.AsyncHTTPTransport)
        make_context = getattr(sys.modules.get("httpx._config"), "create_ssl_context", None)
        if isinstance(make_context, FunctionType):
            self._context = switch(make_context, _sharing)
            self._context.put_in()

    def stop(self) -> None:
        """Put the transports back."""
        if self._context is not None:
            self._context.take_out()
        self._patches.undo()


class HttpxCassetteTransport:
    """Answers calls inside the cassettes of vcrpy, which hold httpx's own methods."""

    def __init__(self, requests: InProcess) -> None:
        self._patches = Patches()
        self._stand_ins = StandIns(requests, self._patches)

    def start(self) -> None:
        """Patch what every cassette does with a request of httpx, where it can be found."""
        stubs = sys.modules["vcr.stubs.httpx_stubs"]
        if hasattr(stubs, "_vcr_handle_request"):  # pragma: no branch - else as the server does
            self._stand_ins.put_in(stubs, "_vcr_handle_request", stubs, "_vcr_handle_async_request")

    def stop(self) -> None:
        """Put it back."""
        self._patches.undo()


class StandIns:
    """Stand in for a function that sends a request, which is among its arguments."""

    def __init__(self, requests: InProcess, patches: Patches) -> None:
        self._requests = requests
        self._patches = patches

    def put_in(
        self, owner: Any, name: str, async_owner: Any, async_name: str = "handle_async_request"
    ) -> None:
        """Stand in for a function and for its asynchronous twin."""
        requests = self._requests
        onward, async_onward = getattr(owner, name), getattr(async_owner, async_name)

        def handle(*args: Any, **kwargs: Any) -> httpx.Response:
            request = _request(args)
            if not requests.takes(str(request.url)):
                with requests.handing_on(request.method, str(request.url)) as on:
                    try:
                        return cast("httpx.Response", onward(*_direct(args, on), **kwargs))
                    except httpx.ConnectError:
                        if not on.is_back:
                            raise
            blocks = asyncio._get_running_loop() is not None
            return self._answer(request, request.read(), blocks, _is_unverified(args))

        async def handle_async(*args: Any, **kwargs: Any) -> httpx.Response:
            request = _request(args)
            if not requests.takes(str(request.url)):
                with requests.handing_on(request.method, str(request.url)) as on:
                    sending = async_onward(*_direct(args, on), **kwargs)
                    try:
                        return cast("httpx.Response", await sending)
                    except httpx.ConnectError:
                        if not on.is_back:
                            raise
            return await self._answer_async(request, await request.aread(), _is_unverified(args))

        self._patches.set(owner, name, handle)
        self._patches.set(async_owner, async_name, handle_async)

    async def _answer_async(
        self, request: httpx.Request, body: bytes, unverified: bool
    ) -> httpx.Response:
        try:
            return self._answer(request, body, False, unverified)
        except httpx.ReadTimeout:
            if _timeout(request) is None and self._requests.time_is_virtual():
                await _no_answer()
            raise

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


def _request(args: tuple[Any, ...]) -> httpx.Request:
    return next(one for one in args if isinstance(one, httpx.Request))


def _direct(args: tuple[Any, ...], on: HandedOn) -> list[Any]:
    """Return arguments without a proxy, which would take a request past whoever could stop it."""
    found = list(args)
    for place, one in enumerate(args if on.stays else ()):
        if hasattr(getattr(one, "_pool", None), "_proxy_url"):
            is_sync = isinstance(one, httpx.HTTPTransport)
            found[place] = httpx.HTTPTransport() if is_sync else httpx.AsyncHTTPTransport()
    return found


def _sharing(real: Any) -> Any:
    """Return a maker of TLS contexts that makes the default one once per session.

    It loads all certificates, 20 ms for each client, for connections that are never made.
    """

    def create_ssl_context(*args: Any, **kwargs: Any) -> Any:
        asked = signature(real).bind(*args, **kwargs)
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


_LOST_S = 7200.0
"""More than any timeout that makes sense."""


async def _no_answer() -> None:
    """Wait for what never comes, as a request without a timeout does: a deadline may end that.

    The timer is the loop's own, because what a client sleeps is judged.
    """
    loop = asyncio._get_running_loop()
    if loop is not None:  # else it is trio's
        over: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(_LOST_S, over.set_result, None)
        try:
            await over
        finally:
            timer.cancel()


def _timeout(request: httpx.Request) -> float | None:
    timeout: dict[str, float | None] = request.extensions.get("timeout", {})
    return timeout.get("read")


def _is_unverified(args: tuple[Any, ...]) -> bool:
    """Return whether a transport takes any certificate; pytest-httpx hands the real one on."""
    pools = [getattr(transport, "_pool", None) for transport in args]
    contexts = [getattr(pool, "_ssl_context", None) for pool in pools]
    return any(getattr(one, "verify_mode", None) == ssl.CERT_NONE for one in contexts)


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
