"""requests style: an adapter owns timeout and line faults, a loop on top owns the codes."""

from __future__ import annotations

import json
import logging
import time
from hashlib import md5
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

ENVELOPE_RETRIES = {22, 31, 32, 50}
MAX_REQUESTS = 4


class FlipsnackApiException(RuntimeError):
    def __init__(self, reason: str, code: int | None = None) -> None:
        self.code = code
        super().__init__(f"Flipsnack: {reason}" + ("" if code is None else f", code={code}"))


class InProcessingState(FlipsnackApiException):
    pass


ERROR = FlipsnackApiException


class PatientRetry(Retry):
    """urllib3 repeats the first time without a pause; this one waits 1 s, then 2 s."""

    def get_backoff_time(self) -> float:
        return 2.0 ** (len(self.history) - 1) if self.history else 0.0


class FlipsnackAdapter(HTTPAdapter):
    def __init__(self, timeout: float = 20.0) -> None:
        self.default_timeout = timeout
        super().__init__(
            max_retries=PatientRetry(
                total=2,
                connect=2,
                read=0,
                other=0,
                status=2,
                # gateways' own errors; 500 may come with an envelope that forbids another try
                status_forcelist=(502, 503, 504),
                allowed_methods=("GET",),
                raise_on_status=False,
                respect_retry_after_header=False,
            )
        )

    def send(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self.default_timeout
        # urllib3 warns of each retry with the path, and that holds the signature
        log = logging.getLogger("urllib3")
        targets = (log.getChild("connectionpool"), log.getChild("util.retry"))
        mask = _NoQuery()
        for target in targets:
            target.addFilter(mask)
        try:
            return super().send(request, *args, **kwargs)
        finally:
            for target in targets:
                target.removeFilter(mask)


class _NoQuery(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = record.getMessage().split("?", 1)[0]
        record.args = None
        return True


class FlipsnackSession(requests.Session):
    """A session that signs, sends and opens the envelope."""

    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        super().__init__()
        self.api_key, self.secret = api_key, secret
        self.api_url, self.upload_url = api_url, upload_url
        self.mount("https://", FlipsnackAdapter())
        self.mount("http://", FlipsnackAdapter())

    def signed(self, action: str, settings: dict[str, Any]) -> dict[str, str]:
        fields = {"action": action, "apiKey": self.api_key}
        for name, value in settings.items():
            if value is not None:
                fields[name] = str(value).lower() if isinstance(value, bool) else str(value)
        message = self.secret + "".join(f"{n}{fields[n]}" for n in sorted(fields))
        return fields | {"signature": md5(message.encode()).hexdigest()}

    def call(self, action: str, settings: dict[str, Any], parts: Any = None) -> dict[str, Any]:
        fields = self.signed(action, settings)
        sent = 0
        while True:
            try:
                if parts is None:
                    response = self.get(self.api_url, params=fields)
                else:
                    form = {name: (None, value) for name, value in fields.items()} | parts
                    response = self.post(self.upload_url, files=form)
            except requests.RequestException as exc:
                fault = type(exc).__name__
                raise FlipsnackApiException(f"{action} was not answered, {fault}") from None
            sent += 1
            # an HTTP 503 may carry a code, too; what the adapter has repeated is not repeated again
            history = getattr(getattr(response.raw, "retries", None), "history", None) or ()
            given_up = sent >= MAX_REQUESTS or any(entry.status for entry in history)
            envelope = self.opened(action, response)
            code = envelope["code"]
            if code == 20:
                data = envelope.get("data")
                return data if isinstance(data, dict) else {}
            if code == 38:
                raise InProcessingState(f"{action} has to wait for the conversion", code)
            if code not in ENVELOPE_RETRIES or given_up:
                raise FlipsnackApiException(f"{action} failed", code)
            time.sleep(2 ** (sent - 1))

    @staticmethod
    def opened(action: str, response: requests.Response) -> dict[str, Any]:
        try:
            envelope = json.loads(response.content.decode("utf-8"))
        except (ValueError, RecursionError):
            envelope = None
        if isinstance(envelope, dict) and type(envelope.get("code")) is int:
            return envelope
        status = f"HTTP {response.status_code}"
        raise FlipsnackApiException(f"{action} got {status} and no readable envelope")


class FlipsnackService:
    def __init__(self, session: FlipsnackSession, pause: float = 3.0, rounds: int = 10) -> None:
        self.session = session
        self.pause = pause
        self.rounds = rounds

    def create(
        self, file: bytes, *, filename: str = "book.pdf", title: str | None = None
    ) -> dict[str, Any]:
        pdf = (filename, file, "application/pdf")
        return self.session.call("collection.create", {"title": title}, {"file": pdf})

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self.session.call("collection.create", {"fileUrl": url}, {})

    def get(self, hash: str) -> dict[str, Any]:
        return self.session.call("collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return self._retrying_38("collection.update", {"collectionHash": hash, **settings})

    def delete(self, hash: str) -> None:
        self.session.call("collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> dict[str, Any]:
        return self.session.call("collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> dict[str, Any]:
        return self.session.call("collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> dict[str, Any]:
        return self.session.call("user.getStats", {})

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        return self.session.call("collection.getList", filters).get("collections") or []

    def download(self, hash: str) -> str:
        rounds = self.rounds
        while rounds:
            data = self._retrying_38("collection.downloadHTML", {"collectionHash": hash})
            state = data.get("status")
            if state == "COMPLETE" and isinstance(data.get("resourceUrl"), str):
                return str(data["resourceUrl"])
            if state != "PROCESSING":
                raise FlipsnackApiException(f"the download of {hash} ended in {state}")
            time.sleep(self.pause)
            rounds -= 1
        raise FlipsnackApiException(f"the download of {hash} took too long")

    def wait_until_ready(self, hash: str) -> dict[str, Any]:
        for round_ in range(1, self.rounds + 1):
            try:
                collection = self.get(hash)
                if collection.get("collectionStatus") != "processing":
                    return collection
            except InProcessingState:
                if round_ == self.rounds:
                    raise
            time.sleep(self.pause)
        raise FlipsnackApiException(f"{hash} took too long to process")

    def close(self) -> None:
        self.session.close()

    def _retrying_38(self, action: str, settings: dict[str, Any]) -> dict[str, Any]:
        for _ in range(3):
            try:
                return self.session.call(action, settings)
            except InProcessingState:
                time.sleep(self.pause)
                self.wait_until_ready(settings["collectionHash"])
        return self.session.call(action, settings)


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackService:
    api = (api_url or "https://api.flipsnack.com/v1").rstrip("/") + "/"
    upload = (upload_url or "https://upload.flipsnack.com/v1").rstrip("/") + "/"
    return FlipsnackService(FlipsnackSession(api_key, secret, api, upload))
