"""httpx style: AsyncClient in a small transport class, tenacity around it."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry,
    retry_if_exception,
    retry_if_result,
    stop_after_attempt,
    wait_chain,
    wait_exponential,
    wait_fixed,
)

API_URL = "https://api.flipsnack.com/v1"
UPLOAD_URL = "https://upload.flipsnack.com/v1"


class FlipsnackError(Exception):
    def __init__(self, what: str, code: int | None = None) -> None:
        self.what, self.code = what, code
        super().__init__(what)

    def __str__(self) -> str:
        return self.what if self.code is None else f"{self.what} (Flipsnack code {self.code})"


ERROR = FlipsnackError


def _has_code(*codes: int) -> retry_if_exception:
    return retry_if_exception(lambda e: isinstance(e, FlipsnackError) and e.code in codes)


def _is_processing(data: dict[str, Any]) -> bool:
    return data.get("collectionStatus") == "processing" or data.get("status") == "PROCESSING"


def _give_up(state: RetryCallState) -> Any:
    """Raise the last error, or one of our own when the last answer still said processing."""
    assert state.outcome is not None
    if state.outcome.failed:
        return state.outcome.result()
    raise FlipsnackError(f"still processing after {state.attempt_number} requests")


class Wire:
    """Signs, sends, and opens the envelope; knows nothing of flipbooks."""

    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        self._api_key, self._secret = api_key, secret
        self._api_url, self._upload_url = api_url, upload_url
        limits = httpx.Limits(max_connections=5)
        self._http = httpx.AsyncClient(timeout=30, limits=limits, follow_redirects=False)

    async def aclose(self) -> None:
        await self._http.aclose()

    @retry(
        retry=_has_code(22, 31, 32, 50),
        wait=wait_chain(wait_fixed(1), wait_fixed(3), wait_fixed(10)),
        stop=stop_after_attempt(4),
        reraise=True,
    )
    async def query(self, action: str, **params: Any) -> dict[str, Any]:
        signed = self._sign(action, params)
        return await self._exchange("GET", self._api_url, params=signed)

    @retry(
        retry=_has_code(22, 31, 32, 50),
        wait=wait_exponential(multiplier=2, max=30),
        stop=stop_after_attempt(3),
        reraise=True,
    )
    async def upload(self, action: str, file: Any = None, **params: Any) -> dict[str, Any]:
        form: dict[str, Any] = {k: (None, v) for k, v in self._sign(action, params).items()}
        if file is not None:
            form["file"] = file
        return await self._exchange("POST", self._upload_url, files=form)

    async def _exchange(self, verb: str, url: str, **content: Any) -> dict[str, Any]:
        logger = logging.getLogger("httpx")
        mask = _MaskQuery()
        logger.addFilter(mask)
        try:
            response = await self._http.request(verb, url, **content)
        except httpx.TransportError as exc:
            raise FlipsnackError(f"{verb} failed: {type(exc).__name__}") from None
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise FlipsnackError(f"unusable answer: {type(exc).__name__}") from None
        finally:
            logger.removeFilter(mask)
        return self._open(response)

    @staticmethod
    def _open(response: httpx.Response) -> dict[str, Any]:
        try:
            match json.loads(response.content.decode("utf-8")):
                case {"code": int(code), **envelope} if not isinstance(code, bool):
                    pass
                case _:
                    raise ValueError
        except (ValueError, RecursionError):
            status = response.status_code
            raise FlipsnackError(f"HTTP {status}: not a Flipsnack envelope") from None
        if code != 20:
            raise FlipsnackError("the API refused", code)
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}

    def _sign(self, action: str, params: dict[str, Any]) -> dict[str, str]:
        fields = {"apiKey": self._api_key, "action": action}
        for name, value in params.items():
            if value is not None:
                fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
        parts = [self._secret]
        for name in sorted(fields):
            parts += [name, fields[name]]
        return {**fields, "signature": hashlib.md5("".join(parts).encode("utf-8")).hexdigest()}


class Flipsnack:
    def __init__(self, wire: Wire) -> None:
        self.wire = wire

    def polling(self) -> AsyncRetrying:
        return AsyncRetrying(
            retry=_has_code(38) | retry_if_result(_is_processing),
            wait=wait_fixed(2.5),
            stop=stop_after_attempt(20),
            retry_error_callback=_give_up,
        )

    async def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        pdf = (filename, file, "application/pdf")
        return await self.wire.upload("collection.create", pdf, title=title)

    async def create_from_url(self, url: str) -> dict[str, Any]:
        return await self.wire.upload("collection.create", fileUrl=url)

    async def get(self, hash: str) -> dict[str, Any]:
        return await self.wire.query("collection.getCollection", collectionHash=hash)

    async def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        data: dict[str, Any] = await self.polling().copy(retry=_has_code(38))(
            self.wire.query, "collection.update", collectionHash=hash, **settings
        )
        return data

    async def delete(self, hash: str) -> None:
        await self.wire.query("collection.deleteCollection", collectionHash=hash)

    async def embed(self, hash: str) -> dict[str, Any]:
        return await self.wire.query("collection.getEmbed", collectionHash=hash)

    async def stats(self, hash: str) -> dict[str, Any]:
        return await self.wire.query("collection.getStats", collectionHash=hash)

    async def user_stats(self) -> dict[str, Any]:
        return await self.wire.query("user.getStats")

    async def list(self, **filters: Any) -> list[dict[str, Any]]:
        return (await self.wire.query("collection.getList", **filters)).get("collections") or []

    async def download(self, hash: str) -> str:
        data: dict[str, Any] = await self.polling()(
            self.wire.query, "collection.downloadHTML", collectionHash=hash
        )
        if data.get("status") != "COMPLETE" or not data.get("resourceUrl"):
            raise FlipsnackError(f"nothing to download: {data.get('status')}")
        return str(data["resourceUrl"])

    async def wait_until_ready(self, hash: str) -> dict[str, Any]:
        data: dict[str, Any] = await self.polling()(self.get, hash)
        return data

    async def aclose(self) -> None:
        await self.wire.aclose()


class _MaskQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "apiKey=" not in record.getMessage()


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> Flipsnack:
    return Flipsnack(Wire(api_key, secret, api_url or API_URL, upload_url or UPLOAD_URL))
