"""aiohttp style: one lazily opened session, a hand-written loop, a middleware against resends."""

from __future__ import annotations

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any, BinaryIO

import aiohttp

TEMPORARY = {22: "maintenance", 31: "rate limit", 32: "rate limit", 50: "operation failed"}


class FlipsnackError(Exception):
    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class NoAnswer(FlipsnackError): ...


class NotAnEnvelope(FlipsnackError): ...


class Processing(FlipsnackError): ...


ERROR = FlipsnackError


async def wrap_faults(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Turn faults into NoAnswer inside aiohttp: by itself it resends a GET without a pause."""
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as exc:
        raise NoAnswer(f"no answer: {type(exc).__name__}") from None


def whole(document: Path | BinaryIO) -> bytes:
    with document.open("rb") if isinstance(document, Path) else document as file:
        return file.read()


class FlipsnackAsync:
    def __init__(
        self,
        api_key: str,
        secret: str,
        api_url: str,
        upload_url: str,
        *,
        attempts: int = 4,
        poll_delay: float = 3.0,
        max_polls: int = 20,
    ) -> None:
        self._api_key = api_key
        self._secret = secret
        self._urls = {"GET": api_url, "POST": upload_url}
        self._attempts = attempts
        self._poll_delay = poll_delay
        self._max_polls = max_polls
        self._session: aiohttp.ClientSession | None = None

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def create(
        self,
        document: bytes | Path | BinaryIO,
        *,
        filename: str = "book.pdf",
        title: str | None = None,
    ) -> dict[str, Any]:
        if isinstance(document, Path):
            filename = document.name
        file = document if isinstance(document, bytes) else whole(document)
        fields = self._fields("collection.create", {"title": title})
        return await self._run("POST", fields, (filename, file))

    async def create_from_url(self, url: str) -> dict[str, Any]:
        return await self._run("POST", self._fields("collection.create", {"fileUrl": url}))

    async def get(self, hash: str) -> dict[str, Any]:
        return await self._about("collection.getCollection", hash)

    async def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        for _ in range(3):
            try:
                return await self._about("collection.update", hash, settings)
            except Processing:
                await asyncio.sleep(self._poll_delay)
                await self.wait_until_ready(hash)
        return await self._about("collection.update", hash, settings)

    async def delete(self, hash: str) -> None:
        await self._about("collection.deleteCollection", hash)

    async def embed(self, hash: str) -> dict[str, Any]:
        return await self._about("collection.getEmbed", hash)

    async def stats(self, hash: str) -> dict[str, Any]:
        return await self._about("collection.getStats", hash)

    async def user_stats(self) -> dict[str, Any]:
        return await self._run("GET", self._fields("user.getStats", {}))

    async def list(self, **filters: Any) -> list[dict[str, Any]]:
        data = await self._run("GET", self._fields("collection.getList", filters))
        return data.get("collections") or []

    async def download(self, hash: str) -> str:
        last = Processing(f"{hash}: the download stays in PROCESSING")
        for _ in range(self._max_polls):
            try:
                data = await self._about("collection.downloadHTML", hash)
            except Processing as exc:
                last = exc
            else:
                if data.get("status") == "COMPLETE" and data.get("resourceUrl"):
                    return str(data["resourceUrl"])
                if data.get("status") != "PROCESSING":
                    raise FlipsnackError(f"{hash}: the download is {data.get('status')}")
                last = Processing(f"{hash}: the download stays in PROCESSING")
            await asyncio.sleep(self._poll_delay)
        raise last

    async def wait_until_ready(self, hash: str) -> dict[str, Any]:
        last = Processing(f"{hash} stays in processing")
        for _ in range(self._max_polls):
            try:
                collection = await self.get(hash)
            except Processing as exc:
                last = exc
            else:
                if collection.get("collectionStatus") != "processing":
                    return collection
                last = Processing(f"{hash} stays in processing")
            await asyncio.sleep(self._poll_delay)
        raise last

    async def _about(
        self, action: str, hash: str, settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        params = {**(settings or {}), "collectionHash": hash}
        return await self._run("GET", self._fields(action, params))

    async def _run(
        self, verb: str, fields: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> dict[str, Any]:
        delay = 1.0
        for attempt in range(1, self._attempts + 1):
            code, data = await self._once(verb, fields, file)
            if code == 20:
                return data
            if code not in TEMPORARY or attempt == self._attempts:
                kind = Processing if code == 38 else FlipsnackError
                raise kind(f"{fields['action']}: code {code} in request {attempt}", code)
            await asyncio.sleep(delay)
            delay *= 2
        raise AssertionError("unreachable")

    async def _once(
        self, verb: str, fields: dict[str, str], file: tuple[str, bytes] | None
    ) -> tuple[int, dict[str, Any]]:
        action = fields["action"]
        body = {"params": fields} if verb == "GET" else {"data": self._form(fields, file)}
        try:
            async with self._opened().request(verb, self._urls[verb], **body) as response:
                http_status, raw = response.status, await response.read()
        except (aiohttp.ClientError, OSError) as exc:
            raise NoAnswer(f"{action}: {type(exc).__name__}") from None
        try:
            envelope = json.loads(raw.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict) or type(envelope.get("code")) is not int:
            raise NotAnEnvelope(f"{action}: HTTP {http_status} without an envelope")
        data = envelope.get("data")
        return envelope["code"], data if isinstance(data, dict) else {}

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:  # not in __init__: it needs the running loop
            timeout = aiohttp.ClientTimeout(sock_connect=5, sock_read=15)
            self._session = aiohttp.ClientSession(timeout=timeout, middlewares=(wrap_faults,))
        return self._session

    def _form(self, fields: dict[str, str], file: tuple[str, bytes] | None) -> aiohttp.FormData:
        form = aiohttp.FormData(default_to_multipart=True)
        for name, value in fields.items():
            form.add_field(name, value)
        if file is not None:
            form.add_field("file", file[1], filename=file[0], content_type="application/pdf")
        return form

    def _fields(self, action: str, params: dict[str, Any]) -> dict[str, str]:
        fields = {"action": action, "apiKey": self._api_key}
        for name, value in params.items():
            if value is not None:
                fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
        text = self._secret + "".join(name + fields[name] for name in sorted(fields))
        return {**fields, "signature": hashlib.md5(text.encode("utf-8")).hexdigest()}


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackAsync:
    api = api_url or "https://api.flipsnack.com/v1"
    upload = upload_url or "https://upload.flipsnack.com/v1"
    return FlipsnackAsync(api_key, secret, api.rstrip("/") + "/", upload.rstrip("/") + "/")
