"""httpx style: AsyncClient with an own retry loop on asyncio.sleep."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import md5
from typing import Any

import httpx

Data = dict[str, Any]
DELAYS = (1.0, 2.0, 4.0, 8.0)


class FlipsnackError(Exception):
    code: int | None = None

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code

    @property
    def is_temporary(self) -> bool:
        return self.code in {22, 31, 32, 50}

    @property
    def is_processing(self) -> bool:
        return self.code == 38


ERROR = FlipsnackError


class AsyncFlipsnack:
    def __init__(
        self,
        api_key: str,
        secret: str,
        api_url: str = "https://api.flipsnack.com/v1",
        upload_url: str = "https://upload.flipsnack.com/v1",
        *,
        timeout: float = 15.0,
        poll_every: float = 2.0,
        poll_times: int = 25,
    ) -> None:
        self._api_key = api_key
        self._secret = secret
        self._api_url = api_url.rstrip("/") + "/"
        self._upload_url = upload_url.rstrip("/") + "/"
        self._poll_every = poll_every
        self._poll_times = poll_times
        self._http = httpx.AsyncClient(timeout=timeout)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> Data:
        return await self._upload({"title": title}, file=(filename, file, "application/pdf"))

    async def create_from_url(self, url: str) -> Data:
        return await self._upload({"fileUrl": url})

    async def get(self, hash: str) -> Data:
        return await self._query("collection.getCollection", collectionHash=hash)

    async def update(self, hash: str, **settings: Any) -> Data:
        return await self._query_ready("collection.update", collectionHash=hash, **settings)

    async def delete(self, hash: str) -> None:
        await self._query("collection.deleteCollection", collectionHash=hash)

    async def embed(self, hash: str) -> Data:
        return await self._query("collection.getEmbed", collectionHash=hash)

    async def stats(self, hash: str) -> Data:
        return await self._query("collection.getStats", collectionHash=hash)

    async def user_stats(self) -> Data:
        return await self._query("user.getStats")

    async def list(self, **filters: Any) -> list[Data]:
        data = await self._query("collection.getList", **filters)
        return data.get("collections") or []

    async def download(self, hash: str) -> str:
        async for _ in self._polls():
            data = await self._query_ready("collection.downloadHTML", collectionHash=hash)
            match data.get("status"), data.get("resourceUrl"):
                case "PROCESSING", _:
                    continue
                case "COMPLETE", str(url):
                    return url
                case state, _:
                    raise FlipsnackError(f"download of {hash} ended with {state}")
        raise FlipsnackError(f"download of {hash} did not end")

    async def wait_until_ready(self, hash: str) -> Data:
        code: int | None = None
        async for _ in self._polls():
            try:
                collection = await self.get(hash)
            except FlipsnackError as error:
                if not error.is_processing:
                    raise
                code = error.code
                continue
            code = None
            if collection.get("collectionStatus") != "processing":
                return collection
        raise FlipsnackError(f"{hash} stays in processing (last code {code})", code)

    async def _polls(self) -> AsyncIterator[int]:
        """Count the polls, with a pause between two of them."""
        yield 0
        for poll in range(1, self._poll_times):
            await asyncio.sleep(self._poll_every)
            yield poll

    async def _query_ready(self, action: str, **params: Any) -> Data:
        for _ in range(4):
            try:
                return await self._query(action, **params)
            except FlipsnackError as error:
                if not error.is_processing:
                    raise
            await asyncio.sleep(self._poll_every)
            await self.wait_until_ready(params["collectionHash"])
        return await self._query(action, **params)

    async def _query(self, action: str, **params: Any) -> Data:
        fields = self._sign(action, params)
        return await self._send(action, "GET", self._api_url, params=fields)

    async def _upload(self, params: Data, **files: Any) -> Data:
        action = "collection.create"
        form = {name: (None, value) for name, value in self._sign(action, params).items()}
        return await self._send(action, "POST", self._upload_url, files=form | files)

    async def _send(self, action: str, verb: str, url: str, **content: Any) -> Data:
        for delay in DELAYS:
            try:
                return await self._attempt(action, verb, url, **content)
            except FlipsnackError as error:
                if not error.is_temporary:
                    raise
            await asyncio.sleep(delay)
        return await self._attempt(action, verb, url, **content)

    async def _attempt(self, action: str, verb: str, url: str, **content: Any) -> Data:
        try:
            async with _quiet_httpx():
                response = await self._http.request(verb, url, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None
        try:
            envelope = json.loads(response.content.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict) or type(envelope.get("code")) is not int:
            raise FlipsnackError(f"{action}: HTTP {response.status_code} and no envelope")
        if envelope["code"] != 20:
            raise FlipsnackError(f"{action}: code {envelope['code']}", envelope["code"])
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}

    def _sign(self, action: str, params: Data) -> dict[str, str]:
        fields = {k: _text(v) for k, v in params.items() if v is not None}
        fields |= {"action": action, "apiKey": self._api_key}
        text = self._secret + "".join(k + v for k, v in sorted(fields.items()))
        return fields | {"signature": md5(text.encode()).hexdigest()}


@asynccontextmanager
async def _quiet_httpx() -> AsyncIterator[None]:
    def unsigned(record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()

    logger = logging.getLogger("httpx")
    logger.addFilter(unsigned)
    try:
        yield
    finally:
        logger.removeFilter(unsigned)


def _text(value: object) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> AsyncFlipsnack:
    urls = {"api_url": api_url, "upload_url": upload_url}
    return AsyncFlipsnack(api_key, secret, **{k: v for k, v in urls.items() if v})  # type: ignore[arg-type]
