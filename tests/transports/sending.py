"""A raw request over each HTTP library: method, URL and body as they are."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import requests
import urllib3
from urllib3 import encode_multipart_formdata


@dataclass(frozen=True)
class Send:
    """A library; `loopback` says that it needs the base URL."""

    name: str
    loopback: bool
    send: Callable[[str, str, bytes, str], int]


def form_of(params: Mapping[str, str], uploads: Sequence[bytes]) -> tuple[bytes, str]:
    """Return a multipart form with its files, and its content type."""
    files: list[Any] = [("file", (f"{n}.pdf", content)) for n, content in enumerate(uploads)]
    return encode_multipart_formdata([*params.items(), *files])


def _headers(kind: str) -> dict[str, str]:
    return {"Content-Type": kind} if kind else {}


def _code(body: bytes) -> int:
    code: int = json.loads(body)["code"]
    return code


def _requests(method: str, url: str, body: bytes, kind: str) -> int:
    answer = requests.request(method, url, data=body, headers=_headers(kind), timeout=5)
    return _code(answer.content)


def _httpx(method: str, url: str, body: bytes, kind: str) -> int:
    return _code(httpx.request(method, url, content=body, headers=_headers(kind)).content)


def _httpx_async(method: str, url: str, body: bytes, kind: str) -> int:
    async def send() -> int:
        async with httpx.AsyncClient() as client:
            answer = await client.request(method, url, content=body, headers=_headers(kind))
            return _code(answer.content)

    return asyncio.run(send())


def _aiohttp(method: str, url: str, body: bytes, kind: str) -> int:
    async def send() -> int:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=body or None, headers=_headers(kind)) as answer,
        ):
            return _code(await answer.read())

    return asyncio.run(send())


def _urllib3(method: str, url: str, body: bytes, kind: str) -> int:
    with urllib3.PoolManager() as pool:
        return _code(pool.request(method, url, body=body or None, headers=_headers(kind)).data)


def _urllib(method: str, url: str, body: bytes, kind: str) -> int:
    request = urllib.request.Request(url, body or None, _headers(kind), method=method)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return _code(answer.read())


SENDERS = (
    Send("requests", loopback=False, send=_requests),
    Send("httpx", loopback=False, send=_httpx),
    Send("httpx-async", loopback=False, send=_httpx_async),
    Send("aiohttp", loopback=True, send=_aiohttp),
    Send("urllib3", loopback=True, send=_urllib3),
    Send("urllib", loopback=True, send=_urllib),
)
