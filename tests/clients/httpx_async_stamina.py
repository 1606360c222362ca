"""httpx style: AsyncClient, a stamina caller retries what passes, polls are counted loops."""

from __future__ import annotations

import json
import logging
from asyncio import sleep
from dataclasses import dataclass, field
from hashlib import md5
from typing import Any

import httpx
import stamina


class FlipsnackError(Exception):
    code: int | None = None


class EnvelopeError(FlipsnackError):
    """The body is not an envelope."""


class LineError(FlipsnackError):
    """No answer came back."""


class Unfinished(FlipsnackError):
    """It was still processing at the end of the patience."""


class StatusError(FlipsnackError):
    def __init__(self, action: str, code: int) -> None:
        super().__init__(f"{action} was answered with status code {code}")
        self.code = code


ERROR = FlipsnackError


def worth_a_retry(exc: Exception) -> bool:
    return isinstance(exc, StatusError) and exc.code in (22, 31, 32, 50)


@dataclass
class Call:
    """One signed call, ready to be sent any number of times."""

    action: str
    fields: dict[str, str] = field(repr=False)
    file: tuple[str, bytes, str] | None = field(default=None, repr=False)

    def multipart(self) -> list[tuple[str, Any]]:
        parts: list[tuple[str, Any]] = [(k, (None, v)) for k, v in self.fields.items()]
        return parts if self.file is None else [*parts, ("file", self.file)]


@dataclass
class Flipsnack:
    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    api_url: str
    upload_url: str
    pause: float = 3.0
    patience: int = 15

    def __post_init__(self) -> None:
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(20, connect=5))
        self._retrying = stamina.AsyncRetryingCaller(
            attempts=5, timeout=None, wait_initial=1.0, wait_max=20.0, wait_jitter=0.0
        ).on(worth_a_retry)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        call = self._call("collection.create", title=title)
        call.file = (filename, file, "application/pdf")
        return await self._retrying(self._post, call)

    async def create_from_url(self, url: str) -> dict[str, Any]:
        return await self._retrying(self._post, self._call("collection.create", fileUrl=url))

    async def get(self, hash: str) -> dict[str, Any]:
        return await self._query("collection.getCollection", collectionHash=hash)

    async def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return await self._query_38("collection.update", collectionHash=hash, **settings)

    async def delete(self, hash: str) -> None:
        await self._query("collection.deleteCollection", collectionHash=hash)

    async def embed(self, hash: str) -> dict[str, Any]:
        return await self._query("collection.getEmbed", collectionHash=hash)

    async def stats(self, hash: str) -> dict[str, Any]:
        return await self._query("collection.getStats", collectionHash=hash)

    async def user_stats(self) -> dict[str, Any]:
        return await self._query("user.getStats")

    async def list(self, **filters: Any) -> list[dict[str, Any]]:
        found = await self._query("collection.getList", **filters)
        return found["collections"] if found.get("collections") else []

    async def download(self, hash: str) -> str:
        for left in reversed(range(self.patience)):
            data = await self._query_38("collection.downloadHTML", collectionHash=hash)
            if data.get("status") == "COMPLETE" and data.get("resourceUrl"):
                return str(data["resourceUrl"])
            if data.get("status") != "PROCESSING":
                raise FlipsnackError(f"no archive of {hash}: {data.get('status')}")
            if left:
                await sleep(self.pause)
        raise Unfinished(f"no archive of {hash} yet")

    async def wait_until_ready(self, hash: str) -> dict[str, Any]:
        for left in reversed(range(self.patience)):
            try:
                collection = await self.get(hash)
                if collection.get("collectionStatus") != "processing":
                    return collection
            except StatusError as error:
                if error.code != 38 or left == 0:
                    raise
            if left:
                await sleep(self.pause)
        raise Unfinished(f"{hash} is not ready yet")

    async def _query_38(self, action: str, **params: Any) -> dict[str, Any]:
        """Send again after a pause as long as the flipbook is in processing state."""
        for _ in range(self.patience):
            try:
                return await self._query(action, **params)
            except StatusError as error:
                if error.code != 38:
                    raise
            await sleep(self.pause)
        return await self._query(action, **params)

    async def _query(self, action: str, **params: Any) -> dict[str, Any]:
        return await self._retrying(self._get, self._call(action, **params))

    async def _get(self, call: Call) -> dict[str, Any]:
        return await self._send(call, "GET", self.api_url, params=call.fields)

    async def _post(self, call: Call) -> dict[str, Any]:
        return await self._send(call, "POST", self.upload_url, files=call.multipart())

    async def _send(self, call: Call, verb: str, url: str, **content: Any) -> dict[str, Any]:
        fault = ""
        log, hush = logging.getLogger("httpx"), _Hush()
        log.addFilter(hush)
        try:
            response = await self._client.request(verb, url, **content)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            fault = type(exc).__name__
        finally:
            log.removeFilter(hush)
        if fault:
            raise LineError(f"{call.action} was not answered: {fault}")
        return _open(call.action, response)

    def _call(self, action: str, **params: Any) -> Call:
        fields = {"action": action, "apiKey": self.api_key}
        for name, value in params.items():
            if isinstance(value, bool):
                fields[name] = "true" if value else "false"
            elif value is not None:
                fields[name] = f"{value}"
        pairs = "".join(name + fields[name] for name in sorted(fields))
        fields["signature"] = md5(f"{self.secret}{pairs}".encode()).hexdigest()
        return Call(action, fields)


def _open(action: str, response: httpx.Response) -> dict[str, Any]:
    try:
        envelope = json.loads(response.content.decode("utf-8"))
    except (ValueError, RecursionError):
        envelope = {}
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        raise EnvelopeError(f"{action}: HTTP {response.status_code} with an unreadable body")
    if code != 20:
        raise StatusError(action, code)
    data = envelope.get("data")
    if data and not isinstance(data, dict):
        raise EnvelopeError(f"{action}: data is no object")
    return data or {}


class _Hush(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("HTTP Request")


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> Flipsnack:
    api = api_url or "https://api.flipsnack.com/v1"
    return Flipsnack(api_key, secret, api, upload_url or "https://upload.flipsnack.com/v1")
