"""A request that is checked, what a check makes of it, and all the rules that it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source
from pytest_flipsnack.fake.account import Account
from pytest_flipsnack.fake.collections import Collection
from pytest_flipsnack.fake.finding import Finding, Refusal
from pytest_flipsnack.fake.masking import is_unmistakable, mask
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.fake.uploads import Upload


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
    def uploads(self) -> list[Upload]:
        """The files that were sent, none where the body cannot be read."""
        return [] if self.request.malformed else self.request.uploads

    @property
    def collection(self) -> Collection | None:
        """The collection the request names, or None if it is known not to exist."""
        return self.account.collections.find(self.request.params["collectionHash"])


Refusals: TypeAlias = Iterator[Refusal]
Check: TypeAlias = Callable[[Subject], Refusals]
"""A rule: what it says of a request that breaks it.

It says nothing where it cannot judge, as of parameters in a body that nobody can read: there
another rule refuses the request.
"""


_LONGEST = 3000  # the signed text of a long title is shown whole


def _short(text: str, longest: int = 300) -> str:
    return text if len(text) <= longest else f"{text[:longest]}..."


def secret_sent(request: Request, secret: str) -> Iterator[Finding]:
    """Yield the finding on a request that shows the secret, which Flipsnack would not refuse."""
    named = (name for name, value in request.params.items() if value == secret)
    name = next((name for name in named if name != "apiKey"), None)  # as the key it is refused
    if name is None or not is_unmistakable(secret):
        return
    rule = "the secret signs a request and is never sent with it; documented (API reference)"
    yield Finding(
        f"{request.action} was sent with the secret itself, as the parameter {name}",
        (("rule", rule), ("way out", "take it out of the parameters")),
    )


def refusals(checks: Mapping[str, Check], subject: Subject) -> Refusals:
    """Yield what the checks say of a request, the one that decides the code first."""
    for check in checks.values():
        yield from check(subject)


def first_of(found: Refusals) -> Refusal | None:
    """Return the refusal that decides, with all the others, or None."""
    first = next(found, None)
    return None if first is None else replace(first, further=tuple(found))
