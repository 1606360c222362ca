"""A request under judgement, and what a check makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pytest_flipsnack.catalogue.actions import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source
from pytest_flipsnack.fake.account import Account
from pytest_flipsnack.fake.collections import Collection
from pytest_flipsnack.fake.masking import mask
from pytest_flipsnack.fake.refusal import Refusal
from pytest_flipsnack.fake.request import Request


@dataclass(slots=True)
class Subject:
    """A request under judgement, with the action it names and the account it comes from."""

    request: Request
    action: Action | None
    account: Account
    now: float

    def refuse(
        self, code: Code, rule: str, expected: str, hint: str = "", source: Source = TABLE
    ) -> Refusal:
        """Return a refusal whose texts are masked."""
        request = self.request
        secrets = self.account.secrets
        upload = f" with {', '.join(map(repr, request.uploads))}" if request.uploads else ""
        sent = f"{request.method} {_short(mask(request.url, secrets))}{mask(upload, secrets)}"
        rule, expected, hint = (mask(text, secrets) for text in (rule, expected, hint))
        return Refusal(code, rule, sent, expected, hint, source)

    @property
    def collection(self) -> Collection | None:
        """The collection the request names, or None if it is known not to exist."""
        return self.account.collections.find(self.request.params["collectionHash"])


Check = Callable[[Subject], Refusal | None]
"""A rule: what it says of a request that breaks it, or None."""


def _short(text: str) -> str:
    return text if len(text) <= 300 else f"{text[:300]}..."
