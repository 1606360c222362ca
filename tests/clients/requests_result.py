"""requests style: every call returns a Result, neither codes nor broken lines raise."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from hashlib import md5
from time import sleep
from typing import Any

import requests

ERROR = None
API_URL = "https://api.flipsnack.com/v1"
UPLOAD_URL = "https://upload.flipsnack.com/v1"
OK, PROCESSING = 20, 38
WORTH_ANOTHER_TRY = frozenset({22, 31, 32, 50})
WAITS_S = (1.0, 2.0, 4.0)


@dataclass(frozen=True)
class Result:
    ok: bool
    code: int | None
    message: str
    data: Any = None


def failure(message: str, code: int | None = None) -> Result:
    return Result(False, code, message if code is None else f"{message} (code {code})")


class _Unsigned(logging.Filter):
    """Keep signed URLs out of urllib3's debug log while a request runs."""

    def __enter__(self) -> None:
        logging.getLogger("urllib3.connectionpool").addFilter(self)

    def __exit__(self, *exc_info: object) -> None:
        logging.getLogger("urllib3.connectionpool").removeFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()


class FlipsnackClient:
    def __init__(
        self,
        api_key: str,
        secret: str,
        api_url: str = API_URL,
        upload_url: str = UPLOAD_URL,
        poll_interval: float = 2.5,
        max_polls: int = 15,
    ) -> None:
        self.api_url = api_url
        self.upload_url = upload_url
        self.poll_interval = poll_interval
        self.max_polls = max_polls
        self._key = api_key
        self._secret = secret
        self._http = requests.Session()
        self._http.headers["Accept"] = "application/json"

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> Result:
        upload = {"file": (filename, file, "application/pdf")}
        return self._call("POST", "collection.create", {"title": title}, upload)

    def create_from_url(self, url: str) -> Result:
        return self._call("POST", "collection.create", {"fileUrl": url})

    def get(self, hash: str) -> Result:
        return self._call("GET", "collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: Any) -> Result:
        return self._patiently("collection.update", {**settings, "collectionHash": hash})

    def delete(self, hash: str) -> Result:
        return self._call("GET", "collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> Result:
        return self._call("GET", "collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> Result:
        return self._call("GET", "collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> Result:
        return self._call("GET", "user.getStats", {})

    def list(self, **filters: Any) -> Result:
        result = self._call("GET", "collection.getList", filters)
        return replace(result, data=result.data.get("collections") or []) if result.ok else result

    def download(self, hash: str) -> Result:
        for _ in range(self.max_polls):
            result = self._patiently("collection.downloadHTML", {"collectionHash": hash})
            if not result.ok:
                return result
            state, link = result.data.get("status"), result.data.get("resourceUrl")
            if state == "COMPLETE" and link:
                return replace(result, data=link)
            if state != "PROCESSING":
                return failure(f"the download ended as {state}")
            sleep(self.poll_interval)
        return failure("the download did not complete in time")

    def wait_until_ready(self, hash: str) -> Result:
        result = failure("never asked")
        for _ in range(self.max_polls):
            result = self.get(hash)
            if result.ok and result.data.get("collectionStatus") != "processing":
                return result
            if not result.ok and result.code != PROCESSING:
                return result
            sleep(self.poll_interval)
        return failure("the flipbook is still processing", None if result.ok else result.code)

    def close(self) -> None:
        self._http.close()

    def _patiently(self, action: str, params: dict[str, Any]) -> Result:
        """Repeat a call that is refused with 38, with a wait, a limited number of times."""
        result = self._call("GET", action, params)
        for _ in range(self.max_polls):
            if result.code != PROCESSING:
                break
            sleep(self.poll_interval)
            result = self._call("GET", action, params)
        return result

    def _call(self, verb: str, action: str, params: dict[str, Any], upload: Any = None) -> Result:
        result = self._send(verb, action, params, upload)
        for wait in WAITS_S:
            if result.code not in WORTH_ANOTHER_TRY:
                break
            sleep(wait)
            result = self._send(verb, action, params, upload)
        return result

    def _send(self, verb: str, action: str, params: dict[str, Any], upload: Any) -> Result:
        signed = self._sign({**params, "action": action, "apiKey": self._key})
        try:
            with _Unsigned():
                if verb == "GET":
                    response = self._http.get(self.api_url, params=signed, timeout=15)
                else:
                    form = {name: (None, value) for name, value in signed.items()}
                    response = self._http.post(
                        self.upload_url, files={**form, **(upload or {})}, timeout=60
                    )
        except requests.exceptions.RequestException as exc:
            return failure(f"{action} got no answer: {exc.__class__.__name__}")
        try:
            envelope = json.loads(str(response.content, "utf-8"))
            code, message = envelope["code"], str(envelope.get("status"))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return failure(f"{action} got no envelope, HTTP {response.status_code}")
        if not isinstance(code, int) or isinstance(code, bool):
            return failure(f"{action} got a code that is no integer")
        if code != OK:
            for hidden in (self._key, self._secret, signed["signature"]):
                message = message.replace(hidden, "***") if hidden else message
            return failure(f"{action} failed: {message}", code)
        data = envelope.get("data") or {}
        if not isinstance(data, dict):
            return failure(f"{action} got data that is no object")
        return Result(True, OK, message, data)

    def _sign(self, params: dict[str, Any]) -> dict[str, str]:
        flat = {
            name: ("true" if value else "false") if isinstance(value, bool) else str(value)
            for name, value in params.items()
            if value is not None
        }
        text = "".join(f"{name}{value}" for name, value in sorted(flat.items()))
        return {**flat, "signature": md5(f"{self._secret}{text}".encode()).hexdigest()}


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackClient:
    return FlipsnackClient(api_key, secret, api_url or API_URL, upload_url or UPLOAD_URL)
