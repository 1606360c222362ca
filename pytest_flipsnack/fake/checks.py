"""The documented rules as two ordered tables, and the first one that a request breaks."""

from __future__ import annotations

from functools import cache

from pytest_flipsnack.fake.account_checks import ACCOUNT
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.masking import is_unmistakable
from pytest_flipsnack.fake.refusal import Refusal
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.fake.request_checks import REQUEST
from pytest_flipsnack.fake.subject import Check, Subject

__all__ = ["ACCOUNT", "REQUEST", "Subject", "account_refusal", "request_refusal", "secret_sent"]


def request_refusal(subject: Subject) -> Refusal | None:
    """Return why the request itself is refused, or None."""
    return _first(_ordered(subject.account.settings.check_order)[0], subject)


def account_refusal(subject: Subject) -> Refusal | None:
    """Return why the account cannot have what it asks for, or None."""
    return _first(_ordered(subject.account.settings.check_order)[1], subject)


def secret_sent(request: Request, secret: str) -> Finding | None:
    """Return the finding on a request that shows the secret, which Flipsnack would not refuse."""
    if secret not in request.params.values() or not is_unmistakable(secret):
        return None
    name = next(name for name, value in request.params.items() if value == secret)
    rule = "the secret signs a request and is never sent with it; documented (H1, R0, M)"
    return Finding(
        f"{request.action} was sent with the secret itself, as the parameter {name}",
        (("rule", rule), ("way out", "take it out of the parameters")),
    )


def _first(checks: tuple[Check, ...], subject: Subject) -> Refusal | None:
    for check in checks:
        refusal = check(subject)
        if refusal is not None:
            return refusal
    return None


@cache
def _ordered(order: str) -> tuple[tuple[Check, ...], tuple[Check, ...]]:
    names = order.split()
    return (
        tuple(REQUEST[name] for name in names if name in REQUEST),
        tuple(ACCOUNT[name] for name in names if name in ACCOUNT),
    )
