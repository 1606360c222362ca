"""urllib3 style: a pool without retries of its own, codes as an enum, a generator of waits."""

from __future__ import annotations

import enum
import json
import logging
from collections.abc import Iterator
from hashlib import md5
from time import sleep
from typing import Any

import urllib3


class StatusCode(enum.Enum):
    OK = 20
    MAINTENANCE = 22
    MISSING_PARAMETER = 30
    SECOND_LIMIT = 31
    MINUTE_LIMIT = 32
    MONTH_LIMIT = 33
    FILE_SIZE = 34
    PAGES = 35
    MULTIPLE_FILES = 36
    UNDELETABLE = 37
    PROCESSING = 38
    BAD_REQUEST = 40
    CREDENTIALS = 41
    ACTION = 42
    FORBIDDEN = 43
    SIGNATURE = 44
    FILE_FORMAT = 45
    NO_SUCH_HASH = 46
    NO_SUCH_FLIPBOOK = 47
    FAILED = 50


RETRYABLE = {
    StatusCode.MAINTENANCE.value,
    StatusCode.SECOND_LIMIT.value,
    StatusCode.MINUTE_LIMIT.value,
    StatusCode.FAILED.value,
}


class FlipsnackError(Exception):
    """`code` is the number, None when there was none; it may be one that has no name here."""

    def __init__(self, message: str, code: int | None = None) -> None:
        if code is not None:
            known = code in {member.value for member in StatusCode}
            message += f" [{code} {StatusCode(code).name if known else 'unknown'}]"
        super().__init__(message)
        self.code = code


ERROR = FlipsnackError


def waits(first: float = 1.0, factor: float = 3.0, times: int = 3) -> Iterator[float]:
    for n in range(times):
        yield first * factor**n


class FlipsnackPool:
    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        self._credentials = api_key, secret
        self._api_url = api_url
        self._upload_url = upload_url
        self._pool = urllib3.PoolManager(
            retries=False, timeout=urllib3.Timeout(connect=5, read=15), maxsize=4
        )

    def close(self) -> None:
        self._pool.clear()

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        document = {"file": (filename, file, "application/pdf")}
        return self._repeat("POST", "collection.create", {"title": title}, document)

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self._repeat("POST", "collection.create", {"fileUrl": url})

    def get(self, hash: str) -> dict[str, Any]:
        return self._repeat("GET", "collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: object) -> dict[str, Any]:
        return self._past_38("collection.update", {**settings, "collectionHash": hash})

    def delete(self, hash: str) -> dict[str, Any]:
        return self._repeat("GET", "collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> dict[str, Any]:
        return self._repeat("GET", "collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> dict[str, Any]:
        return self._repeat("GET", "collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> dict[str, Any]:
        return self._repeat("GET", "user.getStats", {})

    def list(self, **filters: object) -> list[dict[str, Any]]:
        return self._repeat("GET", "collection.getList", filters).get("collections") or []

    def download(self, hash: str) -> str:
        for wait in waits(2.0, 1.5, times=10):
            answer = self._past_38("collection.downloadHTML", {"collectionHash": hash})
            if answer.get("status") == "FAILED":
                raise FlipsnackError(f"the download of {hash} failed")
            if answer.get("status") == "COMPLETE" and answer.get("resourceUrl"):
                return str(answer["resourceUrl"])
            if answer.get("status") != "PROCESSING":
                raise FlipsnackError(f"the download of {hash} has no known state")
            sleep(wait)
        raise FlipsnackError(f"the download of {hash} is still processing")

    def wait_until_ready(self, hash: str) -> dict[str, Any]:
        for wait in waits(2.0, 1.5, times=10):
            collection = self._past_38("collection.getCollection", {"collectionHash": hash})
            if collection.get("collectionStatus") != "processing":
                return collection
            sleep(wait)
        raise FlipsnackError(f"{hash} is still processing")

    def _past_38(self, action: str, params: dict[str, object]) -> dict[str, Any]:
        for wait in waits(2.0, 1.5, times=6):
            try:
                return self._repeat("GET", action, params)
            except FlipsnackError as error:
                if error.code != StatusCode.PROCESSING.value:
                    raise
            sleep(wait)
        return self._repeat("GET", action, params)

    def _repeat(
        self, verb: str, action: str, params: dict[str, Any], document: Any = None
    ) -> dict[str, Any]:
        for wait in waits():
            try:
                return self._request(verb, action, params, document)
            except FlipsnackError as error:
                if error.code not in RETRYABLE:
                    raise
            sleep(wait)
        return self._request(verb, action, params, document)

    def _request(
        self, verb: str, action: str, params: dict[str, Any], document: Any
    ) -> dict[str, Any]:
        fields = self._signed(action, params) | (document or {})
        url = self._api_url if verb == "GET" else self._upload_url
        log = logging.getLogger("urllib3.connectionpool")
        mask = _WithoutQueries()
        log.addFilter(mask)
        try:
            # GET puts fields into the query, POST into a multipart body
            response = self._pool.request(verb, url, fields=fields, redirect=False)
        except (urllib3.exceptions.HTTPError, OSError) as exc:
            raise FlipsnackError(f"{action} was interrupted: {type(exc).__name__}") from None
        finally:
            log.removeFilter(mask)
        try:
            envelope = json.loads(response.data.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = None
        code = envelope.get("code") if isinstance(envelope, dict) else None
        if isinstance(code, bool) or not isinstance(code, int):
            raise FlipsnackError(f"{action}: HTTP {response.status} brought no envelope")
        if code != StatusCode.OK.value:
            raise FlipsnackError(f"{action} was refused", code)
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}

    def _signed(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        api_key, secret = self._credentials
        fields = {"action": action, "apiKey": api_key}
        for name, value in params.items():
            if value is not None:
                fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
        plain = secret + "".join(f"{name}{value}" for name, value in sorted(fields.items()))
        return {**fields, "signature": md5(plain.encode("utf-8")).hexdigest()}


class _WithoutQueries(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackPool:
    api = api_url or "https://api.flipsnack.com/v1"
    return FlipsnackPool(api_key, secret, api, upload_url or "https://upload.flipsnack.com/v1")
