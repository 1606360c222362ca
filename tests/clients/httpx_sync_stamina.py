"""httpx style: a synchronous client, stamina drives both retries and polls."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import stamina

__all__ = ["FlipsnackClient", "FlipsnackError", "make"]


class FlipsnackError(Exception):
    def __init__(self, action: str, problem: str, code: int | None = None) -> None:
        self.action = action
        self.code = code
        super().__init__(f"{action}: {problem}" if code is None else f"{action}: {code} {problem}")


class TransientError(FlipsnackError):
    pass


class PendingError(FlipsnackError):
    pass


ERROR = FlipsnackError
KINDS = dict.fromkeys((22, 31, 32, 50), TransientError)


def transient(exc: Exception) -> bool:
    return isinstance(exc, TransientError)


class FlipsnackClient:
    def __init__(self, api_key: str, secret: str, *, api_url: str, upload_url: str) -> None:
        self.api_url = api_url
        self.upload_url = upload_url
        self._api_key = api_key
        self._secret = secret
        self._http = httpx.Client(timeout=httpx.Timeout(15.0, connect=5.0, write=60.0))

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        attached = {"file": (filename, file, "application/pdf")}
        return self._upload({"title": title} if title else {}, attached)

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self._upload({"fileUrl": url}, {})

    def get(self, hash: str) -> dict[str, Any]:
        return self._query("collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for attempt in self._poll():
            with attempt:
                data = self._query("collection.update", {**settings, "collectionHash": hash})
        return data

    def delete(self, hash: str) -> None:
        self._query("collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> dict[str, Any]:
        return self._query("collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> dict[str, Any]:
        return self._query("collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> dict[str, Any]:
        return self._query("user.getStats", {})

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        return self._query("collection.getList", filters).get("collections") or []

    def download(self, hash: str) -> str:
        url = ""
        for attempt in self._poll():
            with attempt:
                data = self._query("collection.downloadHTML", {"collectionHash": hash})
                if data.get("status") == "PROCESSING":
                    raise PendingError("collection.downloadHTML", "the archive is in the making")
                url = str(data.get("resourceUrl") or "")
                if data.get("status") != "COMPLETE" or not url:
                    raise FlipsnackError("collection.downloadHTML", "there is no archive")
        return url

    def wait_until_ready(self, hash: str) -> dict[str, Any]:
        collection: dict[str, Any] = {}
        for attempt in self._poll():
            with attempt:
                collection = self.get(hash)
                if collection.get("collectionStatus") == "processing":
                    raise PendingError("collection.getCollection", "still processing")
        return collection

    def close(self) -> None:
        self._http.close()

    @staticmethod
    def _poll() -> Iterable[stamina.Attempt]:
        return stamina.retry_context(
            on=PendingError, attempts=15, timeout=None, wait_initial=2, wait_max=8, wait_jitter=0
        )

    def _query(self, action: str, params: Mapping[str, Any]) -> dict[str, Any]:
        fields = self._sign(action, params)
        return self._persist(action, "GET", self.api_url, {"params": fields})

    def _upload(self, params: Mapping[str, Any], attached: Mapping[str, Any]) -> dict[str, Any]:
        fields = self._sign("collection.create", params)
        parts = {name: (None, value) for name, value in fields.items()} | dict(attached)
        return self._persist("collection.create", "POST", self.upload_url, {"files": parts})

    def _persist(self, action: str, verb: str, url: str, how: Any) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for attempt in stamina.retry_context(
            on=transient, attempts=4, timeout=None, wait_initial=1.0, wait_max=16, wait_jitter=0
        ):
            with attempt:
                data = self._send(action, verb, url, how)
        return data

    def _send(self, action: str, verb: str, url: str, how: Any) -> dict[str, Any]:
        httpx_log = logging.getLogger("httpx")
        unsigned = _Unsigned()
        httpx_log.addFilter(unsigned)
        try:
            response = self._http.request(verb, url, **how)
        except (httpx.HTTPError, httpx.InvalidURL) as exc:
            raise FlipsnackError(action, f"no response ({type(exc).__name__})") from None
        finally:
            httpx_log.removeFilter(unsigned)
        try:
            envelope = json.loads(response.content.decode("utf-8"))
            code = envelope["code"]
        except (ValueError, KeyError, TypeError, IndexError, RecursionError):
            http = response.status_code
            raise FlipsnackError(action, f"HTTP {http} without an envelope") from None
        if isinstance(code, bool) or not isinstance(code, int):
            raise FlipsnackError(action, "the envelope's code is no integer")
        if code == 20:
            data = envelope.get("data")
            return data if isinstance(data, dict) else {}
        error = PendingError if code == 38 else KINDS.get(code, FlipsnackError)
        raise error(action, "is the code of the answer", code)

    def _sign(self, action: str, params: Mapping[str, Any]) -> dict[str, str]:
        fields = {"action": action, "apiKey": self._api_key}
        for name, value in params.items():
            if isinstance(value, bool):
                value = "true" if value else "false"
            if value is not None:
                fields[name] = str(value)
        signer = hashlib.md5(self._secret.encode("utf-8"))
        for name in sorted(fields):
            signer.update(f"{name}{fields[name]}".encode())
        return {**fields, "signature": signer.hexdigest()}


class _Unsigned(logging.Filter):
    """httpx logs every URL at INFO; those of this API are signed."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackClient:
    return FlipsnackClient(
        api_key,
        secret,
        api_url=api_url or "https://api.flipsnack.com/v1/",
        upload_url=upload_url or "https://upload.flipsnack.com/v1/",
    )
