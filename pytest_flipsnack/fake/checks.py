"""The documented rules as two ordered tables, and the first one that a request breaks."""

from __future__ import annotations

from pytest_flipsnack.fake.account_checks import ACCOUNT
from pytest_flipsnack.fake.refusal import Refusal
from pytest_flipsnack.fake.request_checks import REQUEST
from pytest_flipsnack.fake.subject import Check, Subject

__all__ = ["ACCOUNT", "REQUEST", "Subject", "first_refusal"]


def first_refusal(rows: dict[str, Check], subject: Subject) -> Refusal | None:
    """Return what the first broken rule says, in the order of the settings."""
    for name in subject.account.settings.check_order.split():
        check = rows.get(name)
        if check is not None and (refusal := check(subject)) is not None:
            return refusal
    return None
