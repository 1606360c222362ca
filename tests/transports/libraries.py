"""One way to ask per HTTP library: the code is returned, whatever goes wrong is raised."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3

Ask = Callable[[str, float | None], int]


def by_urllib(url: str, timeout_s: float | None) -> int:
    with urllib.request.urlopen(url, timeout=timeout_s) as response:
        return _code(response.read())


def by_urllib3(url: str, timeout_s: float | None) -> int:
    with urllib3.PoolManager() as pool:
        return _code(pool.request("GET", url, timeout=timeout_s, retries=False).data)


def by_http_client(url: str, timeout_s: float | None) -> int:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(str(parts.netloc), timeout=timeout_s)
    try:
        connection.request("GET", f"{parts.path}?{parts.query}")
        return _code(connection.getresponse().read())
    finally:
        connection.close()


def by_socket(url: str, timeout_s: float | None) -> int:
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80)), timeout_s) as wire:
        wire.sendall(f"GET {parts.path}?{parts.query} HTTP/1.0\r\n\r\n".encode())
        whole = b""
        while piece := wire.recv(4096):
            whole += piece
    return _code(whole.partition(b"\r\n\r\n")[2])


def by_requests(url: str, timeout_s: float | None) -> int:
    return _code(requests.get(url, timeout=timeout_s).content)


def by_httpx(url: str, timeout_s: float | None) -> int:
    return _code(httpx.get(url, timeout=timeout_s).content)


async def _never_again(request: Any, handler: Any) -> Any:
    """Keep aiohttp from sending a GET a second time by itself."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise ConnectionResetError("connection lost") from error


async def aiohttp_code(url: str, timeout_s: float | None) -> int:
    timeout = aiohttp.ClientTimeout(total=None, sock_read=timeout_s)
    async with (
        aiohttp.ClientSession(timeout=timeout, middlewares=(_never_again,)) as session,
        session.get(url) as response,
    ):
        return _code(await response.read())


def by_aiohttp(url: str, timeout_s: float | None) -> int:
    return asyncio.run(aiohttp_code(url, timeout_s))


def by_httpx_async(url: str, timeout_s: float | None) -> int:
    async def ask() -> int:
        async with httpx.AsyncClient(timeout=timeout_s) as client:
            return _code((await client.get(url)).content)

    return asyncio.run(ask())


def _code(body: bytes) -> int:
    code: int = json.loads(body)["code"]
    return code
