"""httpx style: synchronous, an httpx.Auth signs the queries, results instead of exceptions."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Generator
from hashlib import md5
from pathlib import Path
from typing import IO, Any, NamedTuple

import httpx

ERROR = None


class Result(NamedTuple):
    code: int | None
    message: str
    data: Any = None

    @property
    def ok(self) -> bool:
        return self.code == 20

    @property
    def busy(self) -> bool:
        return self.code in (22, 31, 32, 50)


def signature(secret: str, fields: dict[str, str]) -> str:
    text = "".join(f"{name}{fields[name]}" for name in sorted(fields) if name != "file")
    return md5((secret + text).encode("utf-8")).hexdigest()


class SignedQuery(httpx.Auth):
    """Add apiKey and signature to the query at the last moment."""

    def __init__(self, api_key: str, secret: str) -> None:
        self._api_key = api_key
        self._secret = secret

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        fields = {**request.url.params, "apiKey": self._api_key}
        fields["signature"] = signature(self._secret, fields)
        request.url = request.url.copy_with(params=fields)
        yield request


class Flipsnack:
    def __init__(self, api_key: str, secret: str, api: str, upload: str) -> None:
        self._auth = SignedQuery(api_key, secret)
        self._secrets = (api_key, secret)
        self._upload_url = upload
        self._client = httpx.Client(
            base_url=api, timeout=20.0, headers={"Accept": "application/json"}
        )

    def close(self) -> None:
        self._client.close()

    def create(
        self,
        file: bytes | Path | IO[bytes],
        *,
        filename: str = "book.pdf",
        title: str | None = None,
    ) -> Result:
        if isinstance(file, Path):
            with file.open("rb") as opened:
                return self.create(opened, filename=file.name, title=title)
        fields = {"title": title} if title is not None else {}
        return self._post(fields, [("file", (filename, file, "application/pdf"))])

    def create_from_url(self, url: str) -> Result:
        return self._post({"fileUrl": url}, [])

    def get(self, hash: str) -> Result:
        return self._get("collection.getCollection", collectionHash=hash)

    def update(self, hash: str, **settings: Any) -> Result:
        return self._after_38("collection.update", hash, **settings)

    def delete(self, hash: str) -> Result:
        return self._get("collection.deleteCollection", collectionHash=hash)

    def embed(self, hash: str) -> Result:
        return self._get("collection.getEmbed", collectionHash=hash)

    def stats(self, hash: str) -> Result:
        return self._get("collection.getStats", collectionHash=hash)

    def user_stats(self) -> Result:
        return self._get("user.getStats")

    def list(self, **filters: Any) -> Result:
        result = self._get("collection.getList", **filters)
        if not result.ok:
            return result
        return result._replace(data=result.data.get("collections") or [])

    def download(self, hash: str, every: float = 3, times: int = 10) -> Result:
        result = self._after_38("collection.downloadHTML", hash)
        for _ in range(times):
            if not result.ok or result.data.get("status") != "PROCESSING":
                break
            time.sleep(every)
            result = self._after_38("collection.downloadHTML", hash)
        if not result.ok:
            return result
        if result.data.get("status") == "COMPLETE" and result.data.get("resourceUrl"):
            return result._replace(data=result.data["resourceUrl"])
        return Result(None, f"no download, it is {result.data.get('status')}")

    def wait_until_ready(self, hash: str, every: float = 3, times: int = 10) -> Result:
        def processing(result: Result) -> bool:
            state = result.data.get("collectionStatus") if result.ok else None
            return result.code == 38 or state == "processing"

        result = self.get(hash)
        for _ in range(times):
            if not processing(result):
                return result
            time.sleep(every)
            result = self.get(hash)
        if result.ok and processing(result):
            return Result(None, "still processing")
        return result

    def _after_38(self, action: str, hash: str, **settings: Any) -> Result:
        result = self._get(action, **settings, collectionHash=hash)
        for wait in (2, 4, 8):
            if result.code != 38:
                break
            time.sleep(wait)
            ready = self.wait_until_ready(hash)
            if not ready.ok:
                return ready
            result = self._get(action, **settings, collectionHash=hash)
        return result

    def _get(self, action: str, **params: Any) -> Result:
        fields = {name: _plain(value) for name, value in params.items() if value is not None}
        fields["action"] = action
        return self._insist(lambda: self._client.get("", params=fields, auth=self._auth))

    def _post(self, fields: dict[str, str], files: Any) -> Result:
        api_key, secret = self._secrets
        form = {**fields, "action": "collection.create", "apiKey": api_key}
        form["signature"] = signature(secret, form)
        parts = [(name, (None, value.encode())) for name, value in form.items()] + files
        return self._insist(lambda: self._client.post(self._upload_url, files=parts))

    def _insist(self, send: Callable[[], httpx.Response]) -> Result:
        result = self._once(send)
        wait = 1.5
        while result.busy and wait < 15:
            time.sleep(wait)
            result = self._once(send)
            wait *= 2
        return result

    def _once(self, send: Callable[[], httpx.Response]) -> Result:
        mask = _NoSignature()
        logging.getLogger("httpx").addFilter(mask)
        try:
            response = send()
        except httpx.TimeoutException:
            return Result(None, "the request timed out")
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            return Result(None, f"the request failed with {type(exc).__name__}")
        finally:
            logging.getLogger("httpx").removeFilter(mask)
        return self._read(response)

    @staticmethod
    def _read(response: httpx.Response) -> Result:
        try:
            envelope = json.loads(response.content.decode("utf-8"))
        except (ValueError, RecursionError):
            return Result(None, f"HTTP {response.status_code}: the body is not JSON")
        if not isinstance(envelope, dict) or type(envelope.get("code")) is not int:
            return Result(None, f"HTTP {response.status_code}: the body has no code")
        if envelope["code"] == 20:
            data = envelope.get("data") or {}
            if isinstance(data, dict):
                return Result(20, "OK", data)
            return Result(None, "the data is not an object")
        return Result(envelope["code"], f"Flipsnack answered {envelope['code']}")


class _NoSignature(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "signature" not in record.getMessage()


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> Flipsnack:
    return Flipsnack(
        api_key,
        secret,
        api_url or "https://api.flipsnack.com/v1",
        upload_url or "https://upload.flipsnack.com/v1",
    )
