"""The account a fake belongs to: credentials, settings, collections, limits, downloads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from pytest_flipsnack.fake.collections import Collections
from pytest_flipsnack.fake.downloads import Downloads
from pytest_flipsnack.fake.masking import Secrets
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


class Credentials(NamedTuple):
    """The API key and the secret of an account; their text shows neither."""

    api_key: str
    secret: str

    def __repr__(self) -> str:
        return "Credentials(api_key='***', secret='***')"


API_KEY = "test-api-key-5f2c91d7"
SECRET = "test-secret-8b1e4a06"  # noqa: S105 - made up, opens nothing


@dataclass(slots=True)
class Account:
    """What the checks and the answers need to know of the customer."""

    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    collections: Collections
    settings: Settings
    limits: Limits
    downloads: Downloads = field(default_factory=Downloads)

    @property
    def secrets(self) -> tuple[str, str]:
        """What no text may show."""
        return (self.api_key, self.secret)

    @property
    def hidden(self) -> Secrets:
        """What hides them in a text."""
        return Secrets(*self.secrets)
