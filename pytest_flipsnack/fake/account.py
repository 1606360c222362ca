"""The account a fake belongs to: credentials, settings, collections, limits."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_flipsnack.fake.collections import Collections
from pytest_flipsnack.fake.downloads import Downloads
from pytest_flipsnack.fake.limits import Limits
from pytest_flipsnack.fake.settings import Settings

API_KEY = "test-api-key-5f2c91d7"
SECRET = "test-secret-8b1e4a06"  # noqa: S105 - made up, opens nothing


@dataclass(slots=True)
class Account:
    """What the checks and the answers need to know of the customer."""

    api_key: str
    secret: str
    collections: Collections
    settings: Settings
    limits: Limits
    downloads: Downloads = field(default_factory=Downloads)

    @property
    def secrets(self) -> tuple[str, str]:
        """What no text may show."""
        return (self.api_key, self.secret)
