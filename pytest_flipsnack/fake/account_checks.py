"""Rules that look at what the account holds and has used up; they answer where nothing is stubbed."""

from __future__ import annotations

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.checks import Check, Refusals, Subject
from pytest_flipsnack.fake.finding import nearest


def _second(subject: Subject) -> Refusals:
    return _rate(subject, Code.REQUESTS_PER_SECOND, 1.0, "requests_per_second")


def _minute(subject: Subject) -> Refusals:
    return _rate(subject, Code.REQUESTS_PER_MINUTE, 60.0, "requests_per_minute")


def _rate(subject: Subject, code: Code, span_s: float, setting: str) -> Refusals:
    allowed = getattr(subject.account.settings, setting)
    if subject.account.limits.over(span_s, allowed):
        yield subject.refuse(
            code,
            "requests per API key are limited",
            f"at most {allowed} requests in {span_s:.0f} s (setting {setting})",
        )


def _month(subject: Subject) -> Refusals:
    account = subject.account
    allowed = account.settings.uploads_per_month
    creates = subject.action is not None and subject.action.name == "collection.create"
    if creates and allowed and account.limits.uploads >= allowed:
        yield subject.refuse(
            Code.UPLOADS_PER_MONTH,
            "uploads per month are limited",
            f"at most {allowed} uploads (setting uploads_per_month)",
        )


def _hash(subject: Subject) -> Refusals:
    if subject.action is None or not subject.action.takes_hash or subject.collection is not None:
        return
    sent = subject.request.params["collectionHash"]
    held = [collection.hash for collection in subject.account.collections]
    close = nearest(sent, held)
    yield subject.refuse(
        Code(subject.account.settings.unknown_hash),
        f"there must be a flipbook {sent!r}",
        f"one of flipsnack.collections: {', '.join(held) or '(none)'}",
        f"did you mean {close}?" if close else "",
    )


def _owner(subject: Subject) -> Refusals:
    if subject.action is None or not subject.action.takes_hash:
        return
    collection = subject.collection
    if collection is None or not (collection.deleted or collection.foreign):
        return
    what = "was deleted" if collection.deleted else "belongs to another user"
    yield subject.refuse(
        Code.FORBIDDEN,
        "a flipbook that was deleted or is another user's is forbidden",
        "a flipbook of this account",
        f"{collection.hash} {what}",
    )


def _processing(subject: Subject) -> Refusals:
    if subject.action is None or subject.action.processing is None:
        return
    collection = subject.collection
    if collection is None or not collection.is_processing(subject.now):
        return
    yield subject.refuse(
        Code.PROCESSING,
        f"{subject.action.name} is not available while the flipbook is processing",
        "wait until collection.getCollection no longer says processing",
        source=subject.action.processing,
    )


ACCOUNT: dict[str, Check] = {
    "second": _second,
    "minute": _minute,
    "month": _month,
    "hash": _hash,
    "owner": _owner,
    "processing": _processing,
}
