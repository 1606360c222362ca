"""An async Flipsnack client on aiohttp, with base URLs and a loop of its own for retries."""

from __future__ import annotations

import asyncio
import hashlib
import json
from typing import Any

import aiohttp

API_URL = "https://api.flipsnack.com/v1"
UPLOAD_URL = "https://upload.flipsnack.com/v1"
PASSING = {22, 31, 32, 50}
WAITS_S = (1, 2, 4)


class FlipsnackError(Exception):
    """Flipsnack refused, failed or could not be reached; `code` is None without an envelope."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class Client:
    """One method per API call; a session lives as long as a call."""

    def __init__(
        self, api_key: str, secret: str, api_url: str = API_URL, upload_url: str = UPLOAD_URL
    ) -> None:
        self._api_key = api_key
        self._secret = secret
        self._api_url = api_url
        self._upload_url = upload_url
        self._timeout = aiohttp.ClientTimeout(total=30)

    async def list_collections(self, **filters: str) -> list[dict[str, Any]]:
        data = await self._call("collection.getList", filters)
        found: list[dict[str, Any]] = data.get("collections", [])
        return found

    async def delete(self, name: str) -> None:
        await self._call("collection.deleteCollection", {"collectionHash": name})

    async def create(self, file: bytes) -> dict[str, Any]:
        return await self._call("collection.create", {}, file)

    async def download(self, name: str) -> str:
        for _ in range(30):
            data = await self._call("collection.downloadHTML", {"collectionHash": name})
            if data.get("status") == "COMPLETE":
                return str(data["resourceUrl"])
            if data.get("status") != "PROCESSING":
                raise FlipsnackError(f"collection.downloadHTML: {data.get('status')}")
            await asyncio.sleep(3)
        raise FlipsnackError("collection.downloadHTML: still processing")

    async def _call(
        self, action: str, params: dict[str, str], file: bytes | None = None
    ) -> dict[str, Any]:
        for wait_s in WAITS_S:
            try:
                return await self._ask(action, params, file)
            except FlipsnackError as error:
                if error.code not in PASSING | {38}:
                    raise
            await asyncio.sleep(wait_s)
        return await self._ask(action, params, file)

    async def _ask(self, action: str, params: dict[str, str], file: bytes | None) -> dict[str, Any]:
        signed = self._signed({**params, "action": action, "apiKey": self._api_key})
        try:
            async with aiohttp.ClientSession(timeout=self._timeout) as session:
                if file is None:
                    answer = await session.get(self._api_url, params=signed)
                else:
                    form = aiohttp.FormData(signed)
                    form.add_field("file", file, filename="b.pdf", content_type="application/pdf")
                    answer = await session.post(self._upload_url, data=form)
                body = await answer.read()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise FlipsnackError(f"{action}: {type(error).__name__}") from None
        return _data(action, body)

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
        raise FlipsnackError(f"{action}: {code} {envelope.get('status')}", code)
    data: dict[str, Any] = envelope.get("data") or {}
    return data
