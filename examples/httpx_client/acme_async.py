"""An async Flipsnack client on httpx; stamina retries what may pass."""

from __future__ import annotations

import hashlib
import json
from types import TracebackType
from typing import Any, Self

import httpx
import stamina

API_URL = "https://api.flipsnack.com/v1/"
UPLOAD_URL = "https://upload.flipsnack.com/v1/"


class FlipsnackError(Exception):
    """Flipsnack refused, failed or could not be reached; `code` is None without an envelope."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class Retryable(FlipsnackError):
    """Codes that pass: maintenance, rate limits, a failed operation."""


class Processing(FlipsnackError):
    """The flipbook is still being converted."""


ERRORS: dict[int, type[FlipsnackError]] = {
    **dict.fromkeys((22, 31, 32, 50), Retryable),
    38: Processing,
}


class Client:
    """One method per API call; use it as an async context manager."""

    def __init__(self, api_key: str, secret: str) -> None:
        self._api_key = api_key
        self._secret = secret
        self._http = httpx.AsyncClient(timeout=10)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def list_collections(self, **filters: str) -> list[dict[str, Any]]:
        data = await self._call("collection.getList", filters)
        found: list[dict[str, Any]] = data.get("collections", [])
        return found

    async def get_collection(self, name: str) -> dict[str, Any]:
        return await self._call("collection.getCollection", {"collectionHash": name})

    async def update(self, name: str, **settings: str) -> dict[str, Any]:
        return await self._call("collection.update", {"collectionHash": name, **settings})

    async def create(self, file: bytes, title: str = "") -> dict[str, Any]:
        return await self._call("collection.create", {"title": title}, file)

    @stamina.retry(on=(Retryable, Processing), attempts=4, wait_initial=1.0, wait_max=8.0)
    async def _call(
        self, action: str, params: dict[str, str], file: bytes | None = None
    ) -> dict[str, Any]:
        signed = self._signed({**params, "action": action, "apiKey": self._api_key})
        try:
            if file is None:
                answer = await self._http.get(API_URL, params=signed)
            else:
                files = {"file": ("book.pdf", file, "application/pdf")}
                answer = await self._http.post(UPLOAD_URL, data=signed, files=files)
        except httpx.HTTPError as error:
            # the text of an httpx error may show the signed URL
            raise FlipsnackError(f"{action}: {type(error).__name__}") from None
        return _data(action, answer.content)

    def _signed(self, params: dict[str, str]) -> dict[str, str]:
        text = self._secret + "".join(name + params[name] for name in sorted(params))
        return {**params, "signature": hashlib.md5(text.encode()).hexdigest()}


def _data(action: str, body: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(body)
    except ValueError:
        raise FlipsnackError(f"{action}: the answer is not JSON") from None
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if not isinstance(code, int):
        raise FlipsnackError(f"{action}: the answer has no code")
    if code != 20:
        raise ERRORS.get(code, FlipsnackError)(f"{action}: {code} {envelope.get('status')}", code)
    data: dict[str, Any] = envelope.get("data") or {}
    return data
