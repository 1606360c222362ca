"""Right clients of one piece each: a way to try again, to keep replies, or to return them."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import IntEnum
from typing import Any, Self

import requests
import urllib3
from requests.adapters import HTTPAdapter

from tests.contract.more_right_clients import API_URL, signed

TEMPORARY = frozenset({22, 31, 32, 50})


class FlipsnackError(Exception):
    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text if code is None else f"{text}: code {code}")
        self.code = code


class CircuitOpenError(FlipsnackError):
    pass


def opened(action: str, body: bytes) -> Any:
    """Return the data of an envelope, or raise its code."""
    try:
        envelope = json.loads(body.decode("utf-8"))
        code = envelope["code"]
    except (ValueError, LookupError, TypeError, RecursionError):
        raise FlipsnackError(f"{action}: no envelope") from None
    if type(code) is not int:
        raise FlipsnackError(f"{action}: no code")
    if code != 20:
        raise FlipsnackError(action, code)
    if not isinstance(envelope.get("data", {}), dict):
        raise FlipsnackError(f"{action}: no data")
    return envelope.get("data", {})


class Client:
    """Sends over requests; other clients send in another way, or try again."""

    error = FlipsnackError

    def __init__(self, key: str, secret: str, url: str = API_URL) -> None:
        self._key, self._secret, self._url = key, secret, url

    def list(self) -> Any:
        return self.call("collection.getList").get("collections") or []

    def download(self, hash: str) -> Any:
        return self.call("collection.downloadHTML", collectionHash=hash)

    def call(self, action: str, **params: str) -> Any:
        return opened(action, self._send(action, signed(self._key, self._secret, action, params)))

    def _send(self, action: str, fields: dict[str, str]) -> bytes:
        try:
            return requests.get(self._url, params=fields, timeout=10).content
        except requests.RequestException as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None


class Retried(Client):
    """Tries again after growing waits, with jitter around each."""

    def call(self, action: str, **params: str) -> Any:
        for wait_s in self._waits():
            try:
                return super().call(action, **params)
            except FlipsnackError as error:
                if error.code not in TEMPORARY:
                    raise
            time.sleep(wait_s)
        return super().call(action, **params)

    def _waits(self) -> Iterator[float]:
        for number in range(3):
            yield 2**number * random.uniform(0.75, 1.25)


class Mounted(Retried):
    """Leaves lost connections to urllib3.Retry, and codes to itself."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._session = requests.Session()
        again = urllib3.Retry(total=2, connect=2, read=1, status=0, backoff_factor=1)
        self._session.mount("https://", HTTPAdapter(max_retries=again))

    def _send(self, action: str, fields: dict[str, str]) -> bytes:
        try:
            return self._session.get(self._url, params=fields, timeout=10).content
        except requests.RequestException as exc:
            raise FlipsnackError(f"{action}: {type(exc).__name__}") from None


class Breaking(Retried):
    """Refuses calls for half a minute after three of them have failed in a row."""

    _failures, _opened_s = 0, 0.0

    def call(self, action: str, **params: str) -> Any:
        if self._failures >= 3 and time.monotonic() < self._opened_s + 30:
            raise CircuitOpenError(f"{action} was not sent: too many calls failed")
        try:
            data = super().call(action, **params)
        except FlipsnackError as error:
            if error.code in {None, 22, 50}:
                self._failures, self._opened_s = self._failures + 1, time.monotonic()
            raise
        self._failures = 0
        return data


class Keeping(Retried):
    """Keeps what it has read for a quarter of a minute, unless it changes a flipbook itself."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._kept: dict[object, tuple[float, str]] = {}

    def call(self, action: str, **params: str) -> Any:
        if action in {"collection.update", "collection.deleteCollection"}:
            self._kept.clear()
            return super().call(action, **params)
        name = action, *sorted(params.items())
        until, text = self._kept.get(name, (0.0, ""))
        if not text or time.monotonic() >= until:
            text = json.dumps(super().call(action, **params))
            self._kept[name] = time.monotonic() + 15, text
        return json.loads(text)


class Timed(Client):
    """Has a deadline in place of a count, cuts the last wait to it and tries once more."""

    lasts = timedelta(seconds=70)

    def call(self, action: str, **params: str) -> Any:
        end = time.monotonic() + self.lasts.total_seconds()
        while True:
            try:
                return super().call(action, **params)
            except FlipsnackError as error:
                left = end - time.monotonic()
                if error.code not in TEMPORARY or left <= 1:
                    raise
            time.sleep(min(15.0, max(left, 1.0)))

    def download(self, hash: str) -> str:
        end = time.monotonic() + 120
        while (data := super().download(hash)).get("status") == "PROCESSING":
            if time.monotonic() + 4 > end:
                raise FlipsnackError(f"the archive of {hash} is not ready")
            time.sleep(4)
        if data.get("status") != "COMPLETE" or not data.get("resourceUrl"):
            raise FlipsnackError(f"there is no archive of {hash}")
        return str(data["resourceUrl"])


class Saving(Timed):
    """Returns the archive in an object that knows its client."""

    def download(self, hash: str) -> Any:
        url = super().download(hash)
        try:
            answer = requests.get(url, timeout=30)
            answer.raise_for_status()
        except requests.RequestException as exc:
            raise FlipsnackError(f"archive of {hash}: {type(exc).__name__}") from None
        return Archive(self, hash, answer.content)


@dataclass
class Archive:
    client: Client = field(repr=False)
    hash: str
    content: bytes = field(repr=False)
    title: str | None = field(default=None, init=False)


class Status(IntEnum):
    """What the pages show, as numbers of our own."""

    UNKNOWN = 0
    PUBLIC = 1
    EDITABLE = 2
    UNLISTED = 3


@dataclass(frozen=True, slots=True)
class Collection:
    hash: str
    title: str
    status: Status

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        try:
            status = Status[str(data.get("collectionStatus")).upper()]
        except KeyError:
            status = Status.UNKNOWN
        return cls(data["collectionHash"], data.get("collectionTitle", ""), status)


class Recorded(Retried):
    """Returns frozen dataclasses with slots, their status as an enumeration."""

    def list(self) -> Any:
        try:
            return tuple(Collection.read(data) for data in super().list())
        except (AttributeError, LookupError, TypeError):
            raise FlipsnackError("a collection without a hash") from None


class Lazy(Retried):
    """Reads page by page, each when the caller comes to it, and no collection twice."""

    page_size = 50

    def pages(self) -> Iterator[dict[str, Any]]:
        seen: set[str] = set()
        while True:
            bounds = {"from": str(len(seen)), "to": str(len(seen) + self.page_size - 1)}
            data = self.call("collection.getList", **(bounds if seen else {}))
            found = data.get("collections") or []
            if not isinstance(found, list):
                raise FlipsnackError("collection.getList: no list")
            new = [one for one in found if one.get("collectionHash") not in seen]
            yield from new
            seen |= {one.get("collectionHash") for one in new}
            if not new or len(seen) >= int(data.get("collectionCount") or 0):
                return

    def list(self) -> Any:
        return [*self.pages()]


@dataclass(frozen=True)
class Outcome:
    """Either a value or an error, never both; chained with `then`."""

    value: Any = None
    error: FlipsnackError | None = None

    def then(self, step: Callable[[Any], Any]) -> Outcome:
        return self if self.error else Outcome(step(self.value))


class Chained(Breaking):
    """Raises nothing: what a call comes to is chained."""

    def list(self) -> Outcome:
        try:
            outcome = Outcome(self.call("collection.getList"))
        except FlipsnackError as error:
            outcome = Outcome(error=error)
        return outcome.then(lambda data: data.get("collections") or [])
