"""requests style: a session, one exception class per code and a hand-written retry loop."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import requests

Collection = dict[str, Any]
Document = bytes | Path | IO[bytes]


class FlipsnackError(Exception):
    """Anything that went wrong; `code` is None when no status code came back."""

    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


# fmt: off
class TransportError(FlipsnackError): ...
class BadAnswer(FlipsnackError): ...
class ConversionFailed(FlipsnackError): ...
class ApiError(FlipsnackError): ...
class TemporaryError(ApiError): ...
class Maintenance(TemporaryError): ...
class SecondLimit(TemporaryError): ...
class MinuteLimit(TemporaryError): ...
class OperationFailed(TemporaryError): ...
class MissingParameter(ApiError): ...
class UploadQuota(ApiError): ...
class FileRefused(ApiError): ...
class StillProcessing(ApiError): ...
class BadRequest(ApiError): ...
class AccessDenied(ApiError): ...
class UnknownHash(ApiError): ...


ERROR = FlipsnackError
BY_CODE: dict[int, type[ApiError]] = {
    22: Maintenance, 30: MissingParameter, 31: SecondLimit, 32: MinuteLimit, 33: UploadQuota,
    34: FileRefused, 35: FileRefused, 36: FileRefused, 38: StillProcessing, 40: BadRequest,
    41: AccessDenied, 42: BadRequest, 43: AccessDenied, 44: AccessDenied, 45: FileRefused,
    46: UnknownHash, 47: UnknownHash, 50: OperationFailed,
}
# fmt: on


@contextmanager
def _signed_urls_unlogged() -> Iterator[None]:
    """Drop urllib3's log lines that show the signed query for the length of one request."""
    log = logging.getLogger("urllib3.connectionpool")

    def unsigned(record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()

    log.addFilter(unsigned)
    try:
        yield
    finally:
        log.removeFilter(unsigned)


class Flipsnack:
    tries = 4
    poll_s = 3.0
    polls = 20
    timeout_s = (5.0, 15.0)

    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        self._api_key, self._secret = api_key, secret
        self._api_url, self._upload_url = api_url, upload_url
        self._session = requests.Session()

    def create(
        self, document: Document, *, filename: str = "book.pdf", title: str | None = None
    ) -> Collection:
        file = _content(document)
        part = {"file": (filename, file, "application/pdf")}
        return self._call("collection.create", {"title": title}, files=part)

    def create_from_url(self, url: str) -> Collection:
        return self._call("collection.create", {"fileUrl": url}, files={})

    def get(self, hash: str) -> Collection:
        return self._call("collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: object) -> Collection:
        return self._once_ready("collection.update", hash, settings)

    def delete(self, hash: str) -> None:
        self._call("collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> Collection:
        return self._call("collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> Collection:
        return self._call("collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> Collection:
        return self._call("user.getStats", {})

    def download(self, hash: str) -> str:
        for _ in range(self.polls):
            data = self._once_ready("collection.downloadHTML", hash, {})
            if data.get("status") == "COMPLETE" and data.get("resourceUrl"):
                return str(data["resourceUrl"])
            if data.get("status") != "PROCESSING":
                raise ConversionFailed(f"no download for {hash}: {data.get('status')!r}")
            time.sleep(self.poll_s)
        raise ConversionFailed(f"download of {hash} is still in PROCESSING, gave up")

    def wait_until_ready(self, hash: str) -> Collection:
        code = None
        for _ in range(self.polls):
            try:
                collection = self.get(hash)
            except StillProcessing as busy:
                code = busy.code
            else:
                code = None
                if collection.get("collectionStatus") != "processing":
                    return collection
            time.sleep(self.poll_s)
        raise FlipsnackError(f"{hash} is still processing, gave up (code {code})", code)

    def list(self, **filters: object) -> list[Collection]:
        return self._call("collection.getList", filters).get("collections") or []

    def close(self) -> None:
        self._session.close()

    def _once_ready(self, action: str, hash: str, settings: dict[str, object]) -> Collection:
        for _ in range(self.tries - 1):
            try:
                return self._call(action, {**settings, "collectionHash": hash})
            except StillProcessing:
                time.sleep(self.poll_s)
                self.wait_until_ready(hash)
        return self._call(action, {**settings, "collectionHash": hash})

    def _call(self, action: str, params: dict[str, Any], files: Any = None) -> Collection:
        for attempt in range(self.tries - 1):
            try:
                return self._request(action, params, files)
            except TemporaryError:
                time.sleep(2.0**attempt)
        return self._request(action, params, files)

    def _request(self, action: str, params: dict[str, Any], files: Any) -> Collection:
        fields = {name: _text(value) for name, value in params.items() if value is not None}
        fields |= {"action": action, "apiKey": self._api_key}
        base = self._secret + "".join(name + fields[name] for name in sorted(fields))
        fields["signature"] = hashlib.md5(base.encode("utf-8")).hexdigest()
        try:
            with _signed_urls_unlogged():
                if files is None:
                    url = self._api_url + "/"
                    answer = self._session.get(url, params=fields, timeout=self.timeout_s)
                else:
                    # (None, value) keeps a request without a file multipart as well
                    parts = {**{k: (None, v) for k, v in fields.items()}, **files}
                    url = self._upload_url + "/"
                    answer = self._session.post(url, files=parts, timeout=self.timeout_s)
        except requests.RequestException as exc:
            # the text of exc holds the signed URL
            raise TransportError(f"{action}: {type(exc).__name__}") from None
        return self._open(action, answer)

    def _open(self, action: str, answer: requests.Response) -> Collection:
        try:
            envelope = json.loads(answer.content.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = None
        code = envelope.get("code") if isinstance(envelope, dict) else None
        if type(code) is not int:
            raise BadAnswer(f"{action}: HTTP {answer.status_code} without a Flipsnack envelope")
        if code != 20:
            kind = BY_CODE.get(code, ApiError)
            raise kind(f"{action}: code {code} ({kind.__name__})", code)
        data = envelope.get("data") or {}
        if not isinstance(data, dict):
            raise BadAnswer(f"{action}: data is a {type(data).__name__}")
        return data


def _content(document: Document) -> bytes:
    if isinstance(document, Path):
        return document.read_bytes()
    return document if isinstance(document, bytes) else document.read()


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> Flipsnack:
    return Flipsnack(
        api_key,
        secret,
        (api_url or "https://api.flipsnack.com/v1").rstrip("/"),
        (upload_url or "https://upload.flipsnack.com/v1").rstrip("/"),
    )
