"""Signed requests as plain data, for tests that bring their own HTTP library."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import httpx
import requests
from urllib3 import encode_multipart_formdata

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake.signing import sign

API = "https://api.flipsnack.com/v1/"
UPLOAD = "https://upload.flipsnack.com/v1/"
PDF = b"%PDF-1.4\n%%EOF\n"
STATS = "user.getStats"


def signed(flipsnack: Flipsnack, action: str = STATS, **params: str) -> dict[str, str]:
    """Return the parameters of a call as a right client sends them."""
    whole = {"action": action, "apiKey": flipsnack.api_key, **params}
    return {**whole, "signature": sign(flipsnack.secret, whole)}


def form(flipsnack: Flipsnack, content: bytes = PDF) -> tuple[bytes, str]:
    """Return the body of an upload and its content type."""
    fields: list[Any] = list(signed(flipsnack, "collection.create").items())
    return encode_multipart_formdata([*fields, ("file", ("book.pdf", content))])


def on_loopback(flipsnack: Flipsnack) -> str:
    """Return the whole URL of a right call to the loopback server."""
    return f"{flipsnack.url}?{urlencode(signed(flipsnack))}"


def code_of(response: requests.Response | httpx.Response) -> int:
    """Return the code in the envelope."""
    code: int = response.json()["code"]
    return code


def codes(flipsnack: Flipsnack) -> list[int | None]:
    """Return the code of each call, None for a fault."""
    return [call.code for call in flipsnack.calls]


def faults(flipsnack: Flipsnack) -> list[str | None]:
    """Return the fault of each call, None for an envelope."""
    return [call.fault for call in flipsnack.calls]


async def _finish(coroutine: Any) -> Any:
    return await coroutine


def finished(value: Any) -> Any:
    """Return a value, or the result of a coroutine, run to its end."""
    return asyncio.run(_finish(value)) if asyncio.iscoroutine(value) else value
