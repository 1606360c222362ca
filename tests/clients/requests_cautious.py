"""requests style: repeats nothing by itself, RetryLater leaves another try to the caller."""

from __future__ import annotations

import json
import logging
import time
from contextlib import ExitStack
from enum import IntEnum
from hashlib import md5
from typing import Any, Final

import requests

API: Final = "https://api.flipsnack.com/v1/"
UPLOAD: Final = "https://upload.flipsnack.com/v1/"


class Code(IntEnum):
    OK = 20
    MAINTENANCE = 22
    PER_SECOND = 31
    PER_MINUTE = 32
    PROCESSING = 38
    FAILED = 50


# what to wait at least before the request is sent again
RETRY_AFTER_S: Final = {
    Code.MAINTENANCE: 300.0,
    Code.PER_SECOND: 1.0,
    Code.PER_MINUTE: 60.0,
    Code.FAILED: 5.0,
}


class FlipsnackProblem(Exception):
    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class Rejected(FlipsnackProblem):
    """The same request would be refused again."""


class RetryLater(FlipsnackProblem):
    def __init__(self, text: str, code: int, after_s: float) -> None:
        super().__init__(f"{text}; try again in {after_s:.0f} s", code)
        self.after_s = after_s


class Unreadable(FlipsnackProblem): ...


class Unreachable(FlipsnackProblem): ...


class TimedOut(FlipsnackProblem): ...


ERROR = FlipsnackProblem


class CautiousClient:
    def __init__(self, key: str, secret: str, api: str = API, upload: str = UPLOAD) -> None:
        self._key, self._secret = key, secret
        self._api, self._upload = api, upload
        self._open = ExitStack()
        self._session = self._open.enter_context(requests.Session())

    def __repr__(self) -> str:
        return f"<CautiousClient of {self._api}>"

    def close(self) -> None:
        self._open.close()

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        fields = self._signed("collection.create", {"title": title})
        return self._post(fields, {"file": (filename, file, "application/pdf")})

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self._post(self._signed("collection.create", {"fileUrl": url}), {})

    def get(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getCollection", collectionHash=hash)

    def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return self._get_ready("collection.update", collectionHash=hash, **settings)

    def delete(self, hash: str) -> dict[str, Any]:
        return self._get("collection.deleteCollection", collectionHash=hash)

    def embed(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getEmbed", collectionHash=hash)

    def stats(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getStats", collectionHash=hash)

    def user_stats(self) -> dict[str, Any]:
        return self._get("user.getStats")

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        collections = self._get("collection.getList", **filters).get("collections")
        return collections if isinstance(collections, list) else []

    def download(self, hash: str, interval_s: float = 5.0, limit: int = 12) -> str:
        for poll in range(limit):
            if poll:
                time.sleep(interval_s)
            answer = self._get_ready("collection.downloadHTML", collectionHash=hash)
            state = answer.get("status")
            if state == "PROCESSING":
                continue
            if state == "COMPLETE" and answer.get("resourceUrl"):
                return str(answer["resourceUrl"])
            raise Rejected(f"downloadHTML of {hash} says {state}")
        raise TimedOut(f"downloadHTML of {hash} says PROCESSING after {limit} requests")

    def wait_until_ready(
        self, hash: str, interval_s: float = 5.0, limit: int = 12
    ) -> dict[str, Any]:
        last: int | None = None
        for poll in range(limit):
            if poll:
                time.sleep(interval_s)
            try:
                collection = self.get(hash)
            except FlipsnackProblem as problem:
                last = problem.code
                if last != Code.PROCESSING:
                    raise
                continue
            if collection.get("collectionStatus") != "processing":
                return collection
            last = None
        raise TimedOut(f"{hash} is processing after {limit} requests, code {last}", last)

    def _get_ready(self, action: str, **params: Any) -> dict[str, Any]:
        """Wait out 38, at most twice, then send the request a last time."""
        for _ in range(2):
            try:
                return self._get(action, **params)
            except Rejected as rejected:
                if rejected.code != Code.PROCESSING:
                    raise
            time.sleep(5)
            self.wait_until_ready(params["collectionHash"])
        return self._get(action, **params)

    def _get(self, action: str, **params: Any) -> dict[str, Any]:
        fields = self._signed(action, params)
        return self._send(fields, "GET", self._api, params=fields)

    def _post(self, fields: dict[str, str], file: dict[str, Any]) -> dict[str, Any]:
        form = {name: (None, value.encode()) for name, value in fields.items()}
        return self._send(fields, "POST", self._upload, files={**form, **file})

    def _signed(self, action: str, params: dict[str, Any]) -> dict[str, str]:
        fields = {"action": action, "apiKey": self._key}
        fields.update((k, self._plain(v)) for k, v in params.items() if v is not None)
        ordered = sorted(fields.items())
        plain = self._secret + "".join(part for pair in ordered for part in pair)
        return {**fields, "signature": md5(plain.encode("utf-8")).hexdigest()}

    @staticmethod
    def _plain(value: object) -> str:
        return ("false", "true")[value] if isinstance(value, bool) else str(value)

    def _send(self, fields: dict[str, str], verb: str, url: str, **payload: Any) -> dict[str, Any]:
        action = fields["action"]
        with ExitStack() as stack:
            log = logging.getLogger("urllib3.connectionpool")
            no_query = _NoQuery()
            log.addFilter(no_query)
            stack.callback(log.removeFilter, no_query)
            try:
                answer = self._session.request(
                    verb, url, timeout=(6.05, 27), allow_redirects=False, **payload
                )
            except requests.Timeout:
                raise Unreachable(f"{action} timed out") from None
            except requests.RequestException as exc:
                raise Unreachable(f"{action} broke off, {type(exc).__name__}") from None
        try:
            envelope = json.loads(answer.content.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = answer.status_code
        if not isinstance(envelope, dict) or type(envelope.get("code")) is not int:
            raise Unreadable(f"{action} has no readable code, HTTP {answer.status_code}")
        code = envelope["code"]
        if code in RETRY_AFTER_S:
            wait = RETRY_AFTER_S[Code(code)]
            raise RetryLater(f"{action} answered {code}", code, wait)
        if code != Code.OK:
            message = str(envelope.get("status"))
            for hidden in filter(None, (self._key, self._secret, fields["signature"])):
                message = message.replace(hidden, "…")
            raise Rejected(f"{action} answered {code} ({message})", code)
        return envelope["data"] if isinstance(envelope.get("data"), dict) else {}


class _NoQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "?" not in record.getMessage()


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> CautiousClient:
    return CautiousClient(api_key, secret, api_url or API, upload_url or UPLOAD)
