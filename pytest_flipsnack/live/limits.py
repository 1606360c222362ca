"""Live tests stay far below the limits of the API, which all users of a key share."""

from __future__ import annotations

import threading
import time
from typing import NamedTuple

_AT_ONCE = 3
"""Requests within a second; the pages name 5, older ones 3."""


class Limits(NamedTuple):
    """How many requests a minute, and how many requests and uploads in a run.

    The pages name 60 a minute, older ones 30; uploads count against those of a month.
    """

    requests_per_minute: int = 30
    requests: int = 100
    uploads: int = 3


class SpentError(Exception):
    """A run has made all the requests that it may make."""


class Pace:
    """Spreads requests over time, and counts them. Threads may share it.

    A few may follow each other at once, because a client's timeout runs while its request waits
    here; a test begins when there is room for some.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._used = {"requests": 0, "uploads": 0}
        self._sent: list[float] = []
        """When requests were sent, as many as the limits look back."""
        self._lock = threading.Lock()

    def rest(self) -> None:
        """Wait until at most half of the requests of a minute have been made in the last one."""
        half = self._limits.requests_per_minute // 2
        with self._lock:
            self._sleep_until(self._free_at(half, 60.0) if half else 0.0)

    def wait(self, *, upload: bool) -> None:
        """Wait until a request may be sent; raise `SpentError` where none may."""
        with self._lock:
            self._spend("requests", self._limits.requests, "requests of the real API")
            if upload:
                self._spend("uploads", self._limits.uploads, "uploads")
            minute = self._free_at(self._limits.requests_per_minute, 60.0)
            self._sleep_until(max(minute, self._free_at(_AT_ONCE, 1.0)))
            self._sent.append(time.monotonic())
            del self._sent[: -max(self._limits.requests_per_minute, _AT_ONCE)]

    def _free_at(self, count: int, span_s: float) -> float:
        """Return from when on there were fewer than so many requests within a span."""
        return self._sent[-count] + span_s if len(self._sent) >= count else 0.0

    def _sleep_until(self, at: float) -> None:
        time.sleep(max(0.0, at - time.monotonic()))

    def _spend(self, name: str, most: int, what: str) -> None:
        if self._used[name] >= most:
            raise SpentError(
                f"this run has made {most} {what}, which is its bound; flipsnack_live_{name} sets it"
            )
        self._used[name] += 1
