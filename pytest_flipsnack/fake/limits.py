"""How often an account may ask and upload."""

from __future__ import annotations

from collections import deque

from pytest_flipsnack.fake.settings import Settings


class Limits:
    """Counts requests in sliding windows; the pages do not say whether they slide (a choice)."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self.uploads = 0

    def over(self, now: float, span_s: float, allowed: int) -> bool:
        """Return whether one more request within `span_s` seconds would exceed `allowed`."""
        return bool(allowed) and sum(now - time < span_s for time in self._times) >= allowed

    def count(self, now: float, settings: Settings) -> None:
        """Remember an accepted request, where a limit asks for it."""
        if settings.requests_per_second or settings.requests_per_minute:
            self._times.append(now)
            while now - self._times[0] >= 60:
                self._times.popleft()

    def uploads_left(self, settings: Settings) -> int:
        """Return what is left of the month's uploads; without a limit, of the documented ones."""
        allowed = settings.uploads_per_month or Settings().uploads_per_month
        return max(0, int(allowed) - self.uploads)
