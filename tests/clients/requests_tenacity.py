"""requests style: tenacity retries the busy codes and runs the polls."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from hashlib import md5
from typing import Any, TypeVar

import requests
from tenacity import (
    Retrying,
    before_sleep_log,
    retry,
    retry_if_exception_type,
    stop_after_attempt,
    wait_exponential,
    wait_fixed,
)

logger = logging.getLogger(__name__)
T = TypeVar("T")


class FlipsnackException(Exception):
    def __init__(self, text: str, *, code: int | None = None) -> None:
        super().__init__(text if code is None else f"[{code}] {text}")
        self.code = code


class ServerBusy(FlipsnackException):
    """22, 31, 32 or 50: the same request may succeed a little later."""


class NotReady(FlipsnackException):
    """The flipbook (38) or its download is in processing state."""


ERROR = FlipsnackException
BUSY_CODES = (22, 31, 32, 50)

when_busy = retry(
    retry=retry_if_exception_type(ServerBusy),
    wait=wait_exponential(multiplier=1, min=1, max=30),
    stop=stop_after_attempt(5),
    before_sleep=before_sleep_log(logger, logging.INFO),
    reraise=True,
)


def until_ready(call: Callable[[], T]) -> T:
    """Repeat `call` every three seconds while it raises NotReady; give up after 20 tries."""
    polling = Retrying(
        retry=retry_if_exception_type(NotReady),
        wait=wait_fixed(3),
        stop=stop_after_attempt(20),
        reraise=True,
    )
    return polling(call)


class _DropSignedUrls(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "signature=" not in record.getMessage()


class FlipsnackAPI:
    def __init__(self, key: str, secret: str, api: str, upload: str) -> None:
        self.__key = key
        self.__secret = secret
        self.api = api
        self.upload = upload
        self.session = requests.Session()

    def close(self) -> None:
        self.session.close()

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        options = {} if title is None else {"title": title}
        return self._post("collection.create", options, (filename, file, "application/pdf"))

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self._post("collection.create", {"fileUrl": url})

    def get(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getCollection", collectionHash=hash)

    def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return until_ready(lambda: self._get("collection.update", collectionHash=hash, **settings))

    def delete(self, hash: str) -> None:
        self._get("collection.deleteCollection", collectionHash=hash)

    def embed(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getEmbed", collectionHash=hash)

    def stats(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getStats", collectionHash=hash)

    def user_stats(self) -> dict[str, Any]:
        return self._get("user.getStats")

    def download(self, hash: str) -> str:
        def ask() -> str:
            data = self._get("collection.downloadHTML", collectionHash=hash)
            match data:
                case {"status": "PROCESSING"}:
                    raise NotReady(f"the download of {hash} is processing")
                case {"status": "COMPLETE", "resourceUrl": str(url)}:
                    return url
            raise FlipsnackException(f"the download of {hash} is {data.get('status')}")

        return until_ready(ask)

    def wait_until_ready(self, hash: str) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            collection = self.get(hash)
            if collection.get("collectionStatus") == "processing":
                raise NotReady(f"{hash} is processing")
            return collection

        return until_ready(ask)

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        return self._get("collection.getList", **filters).get("collections") or []

    @when_busy
    def _get(self, action: str, /, **params: Any) -> dict[str, Any]:
        return self._send(action, "GET", self.api, params=self._signed(action, params))

    @when_busy
    def _post(self, action: str, options: dict[str, Any], file: Any = None) -> dict[str, Any]:
        parts: dict[str, Any] = {k: (None, v) for k, v in self._signed(action, options).items()}
        if file is not None:
            parts["file"] = file
        return self._send(action, "POST", self.upload, files=parts)

    def _signed(self, action: str, params: dict[str, Any]) -> dict[str, str]:
        given = {k: v for k, v in params.items() if v is not None}
        out = {k: json.dumps(v) if isinstance(v, bool) else str(v) for k, v in given.items()}
        out["action"] = action
        out["apiKey"] = self.__key
        joined = "".join(k + out[k] for k in sorted(out))
        out["signature"] = md5((self.__secret + joined).encode("utf8")).hexdigest()
        return out

    def _send(self, action: str, verb: str, url: str, **kwargs: Any) -> dict[str, Any]:
        quiet = _DropSignedUrls()
        wire_log = logging.getLogger("urllib3.connectionpool")
        wire_log.addFilter(quiet)
        try:
            reply = self.session.request(verb, url + "/", timeout=(4, 20), **kwargs)
        except requests.RequestException as error:
            cause = type(error).__name__
            raise FlipsnackException(f"{action} did not get through: {cause}") from None
        finally:
            wire_log.removeFilter(quiet)
        return self._read(action, reply)

    @staticmethod
    def _read(action: str, reply: requests.Response) -> dict[str, Any]:
        try:
            body = json.loads(reply.content.decode())
        except (ValueError, RecursionError):
            raise FlipsnackException(f"{action}: HTTP {reply.status_code}, not JSON") from None
        match body:
            case {"code": bool() | float()}:
                raise FlipsnackException(f"{action}: the code is no integer")
            case {"code": 20, "data": dict(data)}:
                return data
            case {"code": 20, "data": [_, *_] | str() | int() | float()}:
                raise FlipsnackException(f"{action}: the data is no object")
            case {"code": 20}:
                return {}
            case {"code": 38}:
                raise NotReady(f"{action}: in processing state", code=38)
            case {"code": int(code)} if code in BUSY_CODES:
                raise ServerBusy(f"{action}: try again later", code=code)
            case {"code": int(code)}:
                raise FlipsnackException(f"{action}: refused", code=code)
        raise FlipsnackException(f"{action}: HTTP {reply.status_code}, no envelope")


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackAPI:
    api = api_url or "https://api.flipsnack.com/v1"
    upload = upload_url or "https://upload.flipsnack.com/v1"
    return FlipsnackAPI(api_key, secret, api.rstrip("/"), upload.rstrip("/"))
