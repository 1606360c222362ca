"""How often an account may ask and upload."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from pytest_flipsnack.fake.settings import Settings


class Limits:
    """Counts requests in sliding windows; the pages do not say whether they slide (a choice).

    `client_clock` returns the seconds that the client's clocks tell: a limiter of the client's
    reckons with them, and must not be refused for what the fake's timeline leaves out.
    """

    def __init__(self, client_clock: Callable[[], float]) -> None:
        self._client_clock = client_clock
        self._times: deque[float] = deque()
        self.uploads = 0

    def over(self, span_s: float, allowed: int) -> bool:
        """Return whether one more request within `span_s` seconds would exceed `allowed`."""
        if not allowed:
            return False
        now = self._client_clock()
        return sum(now - time < span_s for time in self._times) >= allowed

    def count(self, settings: Settings) -> None:
        """Remember an accepted request, where a limit asks for it."""
        if settings.requests_per_second or settings.requests_per_minute:
            now = self._client_clock()
            self._times.append(now)
            while now - self._times[0] >= 60:
                self._times.popleft()

    def uploads_left(self, settings: Settings) -> int:
        """Return what is left of the month's uploads; without a limit, of the documented ones."""
        allowed = settings.uploads_per_month or Settings().uploads_per_month
        return max(0, int(allowed) - self.uploads)
