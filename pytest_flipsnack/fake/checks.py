"""A request that is checked, what a check makes of it, and the first that it does not pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source
from pytest_flipsnack.fake.account import Account
from pytest_flipsnack.fake.collections import Collection
from pytest_flipsnack.fake.finding import Finding, Refusal
from pytest_flipsnack.fake.masking import is_unmistakable, mask
from pytest_flipsnack.fake.request import Request


@dataclass(slots=True)
class Subject:
    """A request that is checked, with the action it names and the account it comes from.

    `signatures` are those of requests before it.
    """

    request: Request
    action: Action | None
    account: Account
    now: float
    signatures: Iterable[str] = ()

    def refuse(
        self, code: Code, rule: str, expected: str, hint: str = "", source: Source = TABLE
    ) -> Refusal:
        """Return a refusal whose texts are masked."""
        request = self.request
        secrets = self.account.secrets
        upload = f" with {', '.join(map(repr, request.uploads))}" if request.uploads else ""
        sent = f"{request.method} {_short(mask(request.url, secrets))}{mask(upload, secrets)}"
        rule, expected, hint = (
            _short(mask(text, secrets), _LONGEST) for text in (rule, expected, hint)
        )
        return Refusal(code, rule, sent, expected, hint, source)

    @property
    def collection(self) -> Collection | None:
        """The collection the request names, or None if it is known not to exist."""
        return self.account.collections.find(self.request.params["collectionHash"])


Check = Callable[[Subject], Refusal | None]
"""A rule: what it says of a request that breaks it, or None."""


_LONGEST = 3000  # the signed text of a long title is shown whole


def _short(text: str, longest: int = 300) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


def secret_sent(request: Request, secret: str) -> Finding | None:
    """Return the finding on a request that shows the secret, which Flipsnack would not refuse."""
    if secret not in request.params.values() or not is_unmistakable(secret):
        return None
    name = next(name for name, value in request.params.items() if value == secret)
    rule = "the secret signs a request and is never sent with it; documented (API reference)"
    return Finding(
        f"{request.action} was sent with the secret itself, as the parameter {name}",
        (("rule", rule), ("way out", "take it out of the parameters")),
    )


def first_refusal(checks: Mapping[str, Check], subject: Subject) -> Refusal | None:
    """Return what the first check that a request does not pass makes of it, or None."""
    for check in checks.values():
        refusal = check(subject)
        if refusal is not None:
            return refusal
    return None
