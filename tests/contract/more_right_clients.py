"""More right clients, as small as others write them: what they share is only that they behave."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
import queue
import random
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import requests

API_URL = "https://api.flipsnack.com/v1/"


def signed(key: str, secret: str, action: str, params: dict[str, str]) -> dict[str, str]:
    fields = {**params, "action": action, "apiKey": key}
    text = secret + "".join(name + fields[name] for name in sorted(fields))
    return {**fields, "signature": hashlib.md5(text.encode()).hexdigest()}


class Answered(Exception):
    """Carries the number as an enumeration."""

    def __init__(self, code: int) -> None:
        known = code in {member.value for member in Number}
        self.number = Number(code) if known else code
        super().__init__(f"Flipsnack said {code}")


class Number(enum.Enum):
    LATER = 31
    DENIED = 41


class Propagating:
    """Lets the library's errors through and chains its own; full jitter; a call when it is made."""

    error = (Answered, requests.RequestException, ValueError)

    def __init__(self, key: str, secret: str) -> None:
        self._key, self._secret = key, secret

    def list(self) -> Any:
        ceiling = 1.0
        while True:
            try:
                return self._ask("collection.getList")["collections"]
            except Answered as exc:
                if getattr(exc, "number", None) is not Number.LATER or ceiling > 8:
                    raise
                time.sleep(random.uniform(0.01, ceiling))
                ceiling *= 2

    def _ask(self, action: str, **params: str) -> dict[str, Any]:
        fields = signed(self._key, self._secret, action, params)
        answer = requests.get(API_URL, params=fields, timeout=10)
        answer.raise_for_status()
        try:
            envelope = answer.json()
            code = envelope["code"]
        except (KeyError, TypeError) as exc:
            raise ValueError("no envelope") from exc
        if type(code) is not int:
            raise ValueError("no code")
        if code != 20:
            raise Answered(code)
        if "data" not in envelope:
            raise ValueError("no data")
        data: dict[str, Any] = envelope["data"]
        return data


class Eager(Propagating):
    """Asks who it is when it is made, and sends a GET that timed out again at once."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._ask("user.getStats")

    def _ask(self, action: str, **params: str) -> dict[str, Any]:
        for _ in range(2):
            try:
                return super()._ask(action, **params)
            except requests.Timeout:
                continue
        return super()._ask(action, **params)


class Plain:
    """Returns a pair of data and error, and waits as long each time."""

    error = None

    def __init__(self, key: str, secret: str) -> None:
        self._key, self._secret = key, secret

    def list(self) -> tuple[Any, Any]:
        for left in (2, 1, 0):
            answer = self._once()
            if not left or answer[1] is None or answer[1][0] not in (22, 31, 32, 50):
                break
            time.sleep(5)
        return answer

    def _once(self) -> tuple[Any, Any]:
        fields = signed(self._key, self._secret, "collection.getList", {})
        try:
            envelope = requests.get(API_URL, fields, timeout=(3, 9)).json()
            code = envelope["code"]
        except (requests.RequestException, ValueError, LookupError, TypeError) as exc:
            return None, ("unreadable", type(exc).__name__)
        if code is not None and str(code) == "20":
            return envelope.get("data"), None
        return None, (code, envelope.get("status"))


class PlainDict(Plain):
    """Hands the envelope on as a dictionary."""

    def list(self) -> Any:
        data, error = self._once()
        return {"ok": error is None, "data": data, "error": error and {"code": error[0]}}


@dataclasses.dataclass
class Page:
    items: list[Any]
    problem: NamedTuple | None = None


class Problem(NamedTuple):
    number: Any
    text: Any


class Typed(Plain):
    """Returns a dataclass that holds the problem as a tuple."""

    def list(self) -> Any:
        data, error = self._once()
        return Page((data or {}).get("collections") or [], Problem(*error) if error else None)


class Numbered(Propagating):
    """Sends a number that is new with every try, and asks again after 31 and 50."""

    def list(self) -> Any:
        for wait_s in (1, 2, None):
            try:
                tried = self._ask("collection.getList", nonce=str(time.perf_counter_ns()))
                return tried["collections"]
            except Answered as exc:
                code = getattr(exc.number, "value", exc.number)
                if wait_s is None or code not in (31, 50):
                    raise
                time.sleep(wait_s)


class Fetching(Propagating):
    """Waits for an archive and fetches it while its URL lives."""

    def archive(self, hash: str) -> bytes:
        for _ in range(20):
            data = self._ask("collection.downloadHTML", collectionHash=hash)
            if data.get("status") == "COMPLETE" and "resourceUrl" in data:
                found = requests.get(data["resourceUrl"], timeout=30)
                found.raise_for_status()
                return found.content
            if data.get("status") != "PROCESSING":
                break
            time.sleep(3)
        raise ValueError("no archive")


class Refilled(Propagating):
    """Takes from a bucket that a thread of its own fills for as long as it lives."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._left = 5
        self._more = threading.Condition()
        threading.Thread(target=self._fill, args=(weakref.ref(self),), daemon=True).start()

    @staticmethod
    def _fill(whom: weakref.ref[Refilled]) -> None:
        while (client := whom()) is not None:
            with client._more:
                client._left = min(5, client._left + 1)
                client._more.notify()
            del client
            time.sleep(0.2)

    def _ask(self, action: str, **params: str) -> dict[str, Any]:
        with self._more:
            while not self._left:
                self._more.wait(60)
            self._left -= 1
        return super()._ask(action, **params)


class Patient(Propagating):
    """Asks again until a minute is over by the wall clock, as long each time."""

    def list(self) -> Any:
        end = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1)
        while True:
            try:
                return self._ask("collection.getList")["collections"]
            except Answered as exc:
                if (
                    getattr(exc, "number", None) is not Number.LATER
                    or dt.datetime.now(dt.UTC) > end
                ):
                    raise
            time.sleep(4)


class Pooled(Propagating):
    """Asks in a thread, which retries, and gives it half a minute."""

    def list(self) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(super().list).result(timeout=30)


class Queued(Propagating):
    """Has a thread that asks; the waits between the tries end when somebody closes the client."""

    def __init__(self, key: str, secret: str) -> None:
        super().__init__(key, secret)
        self._closing: queue.Queue[None] = queue.Queue()

    def list(self) -> Any:
        answers: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=lambda: answers.put(self._outcome()), daemon=True).start()
        answer = answers.get(timeout=30)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _outcome(self) -> Any:
        for left in (1, 0):
            try:
                return self._ask("collection.getList")["collections"]
            except Answered as exc:
                if not left or getattr(exc, "number", None) is not Number.LATER:
                    return exc
            except Exception as exc:
                return exc
            try:
                self._closing.get(timeout=0.25)
            except queue.Empty:
                continue
