"""requests style: backoff decorators, one for codes that pass and one per poll."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import backoff
import requests

Json = dict[str, Any]
Host = Literal["api", "upload"]


class Error(Exception):
    """Base class; `code` is the Flipsnack code or None."""

    code: int | None = None


class CodeError(Error):
    def __init__(self, action: str, code: int) -> None:
        super().__init__(f"Flipsnack code {code} on {action}")
        self.code = code


class PassingError(CodeError):
    """Maintenance, a rate limit or a failed operation."""


class ProcessingError(CodeError):
    """Code 38."""


class GarbledError(Error): ...


class ConnectionFailed(Error): ...


class GaveUp(Error): ...


ERROR = Error
KINDS = dict.fromkeys((22, 31, 32, 50), PassingError) | {38: ProcessingError}


@contextmanager
def masked_log() -> Iterator[None]:
    def harmless(record: logging.LogRecord) -> bool:
        return "apiKey=" not in record.getMessage()

    pool_log = logging.getLogger("urllib3.connectionpool")
    pool_log.addFilter(harmless)
    try:
        yield
    finally:
        pool_log.removeFilter(harmless)


def stringify(value: object) -> str:
    if value is True or value is False:
        return str(value).lower()
    return str(value)


class Client:
    def __init__(self, credentials: tuple[str, str], hosts: Mapping[Host, str]) -> None:
        self._credentials = credentials
        self._hosts = hosts
        self._session = requests.Session()

    def create(self, file: bytes, *, filename: str = "book.pdf", title: str | None = None) -> Json:
        document = {"file": (filename, file, "application/pdf")}
        return self._call("upload", "collection.create", {"title": title}, document)

    def create_from_url(self, url: str) -> Json:
        return self._call("upload", "collection.create", {"fileUrl": url})

    def get(self, hash: str) -> Json:
        return self._call("api", "collection.getCollection", {"collectionHash": hash})

    # jitter=None: the default full jitter may come down to no wait at all
    @backoff.on_exception(backoff.constant, ProcessingError, max_tries=12, interval=4, jitter=None)
    def update(self, hash: str, **settings: Any) -> Json:
        return self._call("api", "collection.update", {**settings, "collectionHash": hash})

    def delete(self, hash: str) -> Json:
        return self._call("api", "collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> Json:
        return self._call("api", "collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> Json:
        return self._call("api", "collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> Json:
        return self._call("api", "user.getStats", {})

    def list(self, **filters: Any) -> list[Json]:
        return self._call("api", "collection.getList", filters).get("collections", None) or []

    def download(self, hash: str) -> str:
        answer = self._poll_download(hash)
        if answer.get("status") == "PROCESSING":
            raise GaveUp(f"the download of {hash} is not complete yet")
        if answer.get("status") != "COMPLETE" or not answer.get("resourceUrl"):
            raise Error(f"the download of {hash} failed")
        return str(answer["resourceUrl"])

    def wait_until_ready(self, hash: str) -> Json:
        collection = self._poll_collection(hash)
        if collection.get("collectionStatus") == "processing":
            raise GaveUp(f"{hash} is not ready yet")
        return collection

    def close(self) -> None:
        self._session.close()

    @backoff.on_predicate(
        backoff.constant,
        lambda answer: answer.get("status") == "PROCESSING",
        max_tries=12,
        interval=4,
        jitter=None,
    )
    @backoff.on_exception(backoff.constant, ProcessingError, max_tries=5, interval=4, jitter=None)
    def _poll_download(self, hash: str) -> Json:
        return self._call("api", "collection.downloadHTML", {"collectionHash": hash})

    @backoff.on_predicate(
        backoff.constant,
        lambda collection: collection.get("collectionStatus") == "processing",
        max_tries=12,
        interval=4,
        jitter=None,
    )
    @backoff.on_exception(backoff.constant, ProcessingError, max_tries=12, interval=4, jitter=None)
    def _poll_collection(self, hash: str) -> Json:
        return self.get(hash)

    @backoff.on_exception(backoff.expo, PassingError, max_tries=4, factor=2, jitter=None)
    def _call(
        self, host: Host, action: str, params: Mapping[str, Any], document: Any = None
    ) -> Json:
        query = {k: stringify(v) for k, v in params.items() if v is not None}
        query.update(apiKey=self._credentials[0], action=action)
        query["signature"] = self._signature(query)
        try:
            with masked_log():
                response = self._exchange(host, query, document)
        except requests.RequestException as exc:
            reason = type(exc).__name__
            raise ConnectionFailed(f"{action} could not be sent: {reason}") from None
        return self._unpack(action, response)

    def _exchange(self, host: Host, query: dict[str, str], document: Any) -> requests.Response:
        if host == "api":
            return self._session.get(self._hosts[host], params=query, timeout=20)
        parts = {name: (None, value) for name, value in query.items()}
        return self._session.post(self._hosts[host], files=parts | (document or {}), timeout=60)

    def _signature(self, query: Mapping[str, str]) -> str:
        digest = hashlib.md5(self._credentials[1].encode())
        for name in sorted(query):
            digest.update(name.encode() + query[name].encode())
        return digest.hexdigest()

    def _unpack(self, action: str, response: requests.Response) -> Json:
        try:
            envelope = json.loads(response.content.decode("utf-8-sig"))
            code = envelope["code"]
        except (ValueError, LookupError, TypeError, RecursionError):
            code = None
        if isinstance(code, bool) or not isinstance(code, int):
            raise GarbledError(f"{action}: HTTP {response.status_code} with a garbled body")
        if code != 20:
            raise KINDS.get(code, CodeError)(action, code)
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> Client:
    hosts: dict[Host, str] = {
        "api": api_url or "https://api.flipsnack.com/v1/",
        "upload": upload_url or "https://upload.flipsnack.com/v1/",
    }
    return Client((api_key, secret), hosts)
