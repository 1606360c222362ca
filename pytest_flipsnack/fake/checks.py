"""The documented rules as two ordered tables, and the first one that a request breaks."""

from __future__ import annotations

from functools import cache

from pytest_flipsnack.fake.account_checks import ACCOUNT
from pytest_flipsnack.fake.refusal import Refusal
from pytest_flipsnack.fake.request_checks import REQUEST
from pytest_flipsnack.fake.subject import Check, Subject

__all__ = ["ACCOUNT", "REQUEST", "Subject", "account_refusal", "request_refusal"]


def request_refusal(subject: Subject) -> Refusal | None:
    """Return why the request itself is refused, or None."""
    return _first(_ordered(subject.account.settings.check_order)[0], subject)


def account_refusal(subject: Subject) -> Refusal | None:
    """Return why the account cannot have what it asks for, or None."""
    return _first(_ordered(subject.account.settings.check_order)[1], subject)


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
