"""Live tests stay far below the limits of the API, which all users of a key share."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import NamedTuple


class Limits(NamedTuple):
    """How many requests a minute, and how many requests and uploads in a run.

    The pages name 60 a minute, older ones 30; uploads count against those of a month.
    """

    requests_per_minute: int = 30
    requests: int = 100
    uploads: int = 3


class SpentError(Exception):
    """A run has made all the requests that it may make."""


@dataclass(slots=True)
class _Used:
    requests: int = 0
    uploads: int = 0
    free_at: float = 0.0


class Pace:
    """Spreads requests over time, and counts them. Threads may share it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._used = _Used()
        self._lock = threading.Lock()

    def wait(self, *, upload: bool) -> None:
        """Wait until a request may be sent; raise `SpentError` where none may."""
        with self._lock:
            self._spend("requests", self._limits.requests, "requests of the real API")
            if upload:
                self._spend("uploads", self._limits.uploads, "uploads")
            now = time.monotonic()
            at = max(now, self._used.free_at)
            self._used.free_at = at + 60 / self._limits.requests_per_minute
        time.sleep(at - now)

    def _spend(self, name: str, most: int, what: str) -> None:
        used = getattr(self._used, name)
        if used >= most:
            raise SpentError(
                f"this run has made {most} {what}, which is its bound; flipsnack_live_{name} sets it"
            )
        setattr(self._used, name, used + 1)
