"""Right clients that send in ways of their own: connections, pools, and async behind a sync face."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
import urllib.parse
from typing import Any

import httpx
import trio
import urllib3

from tests.contract.more_right_clients import API_URL, signed
from tests.contract.right_clients_of_pieces import (
    TEMPORARY,
    Client,
    FlipsnackError,
    Retried,
    opened,
)


class Moved(Retried):
    """Sends over http.client, a connection for each request."""

    def _send(self, action: str, fields: dict[str, str]) -> bytes:
        url = urllib.parse.urlsplit(self._url)
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        line = kind(url.hostname or "", url.port, timeout=3)
        try:
            line.request("GET", f"{url.path}?{urllib.parse.urlencode(fields)}")
            return line.getresponse().read()
        except (OSError, http.client.HTTPException) as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None
        finally:
            line.close()


class Pooling(Retried):
    """Sends through a pool of urllib3, which repeats a read that broke off once."""

    def __init__(self, key: str, secret: str, url: str = API_URL) -> None:
        super().__init__(key, secret, url)
        again = urllib3.Retry(total=1, status=0, redirect=0, backoff_factor=1)
        self._pool = urllib3.PoolManager(retries=again, timeout=urllib3.Timeout(3.0))

    def _send(self, action: str, fields: dict[str, str]) -> bytes:
        try:
            return self._pool.request("GET", self._url, fields=fields).data
        except urllib3.exceptions.HTTPError as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None


class Nursed(Client):
    """Is synchronous for its callers, and runs each call in trio, with a deadline of trio's."""

    def call(self, action: str, **params: str) -> Any:
        return trio.run(self._patiently, action, params)

    async def _patiently(self, action: str, params: dict[str, str]) -> Any:
        last = FlipsnackError(f"{action} took too long")
        with trio.move_on_after(45):
            async with httpx.AsyncClient(timeout=10) as line:
                while True:
                    fields = signed(self._key, self._secret, action, params)
                    try:
                        answer = await line.get(self._url, params=fields)
                        return opened(action, answer.content)
                    except httpx.HTTPError as exc:
                        raise FlipsnackError(f"{action}: {type(exc).__name__}") from None
                    except FlipsnackError as error:
                        if error.code not in TEMPORARY:
                            raise
                        last = error
                    await trio.sleep(6)
        raise last


class Faced(Client):
    """Is synchronous for its callers: an event loop in a thread of its own does the work."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._line = httpx.AsyncClient(timeout=15)

    def call(self, action: str, **params: str) -> Any:
        return asyncio.run_coroutine_threadsafe(self._retried(action, params), self._loop).result()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._line.aclose(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    async def _retried(self, action: str, params: dict[str, str]) -> Any:
        for wait_s in (1.0, 3.0, 9.0):
            try:
                return await self._once(action, params)
            except FlipsnackError as error:
                if error.code not in TEMPORARY:
                    raise
            await asyncio.sleep(wait_s)
        return await self._once(action, params)

    async def _once(self, action: str, params: dict[str, str]) -> Any:
        fields = signed(self._key, self._secret, action, params)
        try:
            answer = await self._line.get(self._url, params=fields)
        except httpx.HTTPError as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None
        return opened(action, answer.content)


class Slotted(Client):
    """Reserves the second in which each request goes out, before it waits for it."""

    _next_s = 0.0

    def call(self, action: str, **params: str) -> Any:
        for left in (3, 2, 1, 0):
            now = time.monotonic()
            slot, self._next_s = max(now, self._next_s), max(now, self._next_s) + 1
            time.sleep(slot - now)
            try:
                return super().call(action, **params)
            except FlipsnackError as error:
                if error.code not in TEMPORARY or not left:
                    raise
            time.sleep(5)
        raise AssertionError("unreachable")
