"""The trials of what a call returns: it is what the reply said, also where calls differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.carried_code import members, named
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.declarations import gives_of
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial

Data: TypeAlias = dict[str, Any]
_LIST = "collection.getList"
_DOWNLOAD = "collection.downloadHTML"
_RECORDS = 2
_TELLING = 8
_AFTER_EXPIRY_S = 120.0  # a resourceUrl lives for one minute
_URL = re.compile(r"https?://[^\s'\"]+\.zip")
_SHORT = re.compile(r"^collection(?=hash$|title$|description$)")
_AMBIGUOUS = {"status", "page"}
"""Names that results use for other things too: the envelope's status, a number of a page."""
_OF_A_RECORD = {"collectionCount", "collectionHash", "collectionTitle"}
_OF_REPLIES = {
    "collectionHash", "collectionTitle", "collectionDescription", "collectionStatus",
    "impressions", "views", "time_spent", "downloads", "api_uploads_left",
}  # fmt: skip
_DOCUMENTED = ("collection.getCollection", "collection.getStats", _LIST, "user.getStats")
"""Actions whose fields a page or a public client shows."""


def _result(tester: Tester, _given: None) -> Findings:
    if tester.action.name == _LIST:
        tester.fill(_RECORDS)
    sent: list[Data] = []
    tester.answer(Code.OK, forever=True, bend=lambda envelope: _described(envelope, sent))
    attempt = tester.call()
    if tester.require.failed(attempt) or not sent:
        return  # test_request says so
    gives = gives_of(tester.contract, tester.method)
    problem = gives.problem(attempt.value, sent[-1]) if gives else ""
    if problem:
        yield finding(
            f"{tester.action.name} answered {sent[-1]}, and the client returned what its call does "
            f"not give: {problem}",
            f"what @call({tester.action.name!r}, gives={gives}) says",
            attempt.calls,
        )
    elif gives is None and tester.action.name in _DOCUMENTED:
        yield from _misread(tester, attempt, sent)
    elif gives is None and tester.action.name == _DOWNLOAD:
        yield from _lost_archive(tester, attempt, sent[-1])


def _lost_archive(tester: Tester, attempt: Attempt, data: Data) -> Findings:
    """Yield a finding where a download neither returns its URL nor fetches what is there."""
    value, url = attempt.value, str(data.get("resourceUrl", ""))
    shown = f"{value} {value!r} {[item for _, item in members(value, without=attempt.given)]}"
    if value in (None, True, False) or not url or url in shown:
        return
    if not tester.fake.account.downloads.fetched:
        yield from _not_returned(
            tester, attempt, "COMPLETE with a resourceUrl", "the resourceUrl, or the archive"
        )


def _described(envelope: Data, sent: list[Data]) -> Data:
    """Give each collection a description, and note the data of the reply."""

    def described(value: Any) -> Any:
        if isinstance(value, list):
            return [described(item) for item in value]
        if not isinstance(value, dict):
            return value
        filled = {key: described(item) for key, item in value.items()}
        if "collectionDescription" in filled:
            filled["collectionDescription"] = f"About {filled['collectionHash']}"
        return filled

    data = described(envelope.get("data", {}))
    sent.append(data)
    return {**envelope, "data": data} if "data" in envelope else envelope


def _misread(tester: Tester, attempt: Attempt, sent: list[Data]) -> Findings:
    """Yield a finding for a part of the result that has a field's name, and not its value."""
    values: dict[str, set[str]] = {}
    full: dict[str, str] = {}
    known = _OF_A_RECORD if tester.action.name == _LIST else _OF_REPLIES
    for name, value in _leaves(sent):
        if name in known:
            values.setdefault(_short(name), set()).add(str(value))
            full[_short(name)] = name
    held = [value for data in sent for value in data.values()]
    if attempt.value in ([], {}, "") and any(held):
        yield from _not_returned(tester, attempt, "with data", "what the reply holds")
    for name, value in members(attempt.value, without=attempt.given):
        field = _field(name, values)
        meant = values.get(field, set())
        if not meant or _short(name) in _AMBIGUOUS or _text(value) in meant:
            continue
        others = [other for other, known in values.items() if _text(value) in known]
        if value in (None, "", 0) or (others and not isinstance(value, bool)):
            said = next(iter(sorted(meant)))
            text = finding(
                f"{tester.action.name} answered {full[field]} {said!r}, and the client returned "
                f"{name} {value!r}" + (f", which is {full[others[0]]}" if others and value else ""),
                "the value of the field, under whatever name",
                attempt.calls,
            )
            yield from tester.require.sound("fields", text)


def _not_returned(tester: Tester, attempt: Attempt, had: str, allowed: str) -> Findings:
    text = finding(
        f"{tester.action.name} answered {had}, and the client returned {attempt.value!r}",
        allowed,
        attempt.calls,
    )
    yield from tester.require.sound("fields", text)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name)
    else:
        yield name, value


def _short(name: str) -> str:
    """Return a name as snake case, camel case and a missing prefix leave it."""
    return _SHORT.sub("", name.replace("_", "").lower())


def _field(name: str, known: Iterable[str]) -> str:
    """Return the field that a name stands for, as `uploads_left` does for `api_uploads_left`."""
    short = _short(name)
    ends = [field for field in known if field.endswith(short) and len(short) >= _TELLING]
    return ends[0] if len(ends) == 1 else short


def _text(value: object) -> str:
    return str(getattr(value, "value", value))


def _differs(tester: Tester, _given: None) -> Findings:
    """The same reply twice: the same number of records."""
    if tester.action.name == _LIST:
        tester.fill(_RECORDS)
    had = _length(tester, tester.call())
    attempt = tester.call()
    got = _length(tester, attempt)
    if attempt.calls and None not in (had, got) and had != got:
        yield finding(
            f"{tester.action.name} answered the same to two calls, and the client returned {had} "
            f"records and then {got}",
            "a result of its own for each call, as in records = [] inside of the function",
            attempt.calls,
        )


def _length(tester: Tester, attempt: Attempt) -> int | None:
    """Return how many records a call returned, in a list or in an object that has one, or None."""
    value = attempt.value
    if any(value is one for one in attempt.given):
        return None
    held = [value] if isinstance(value, list | tuple) else [*named(value).values()]
    lists = [item for item in held if isinstance(item, list | tuple)]
    return len(lists[0]) if len(lists) == 1 and not tester.require.failed(attempt) else None


def _expires(tester: Tester, _given: None) -> Findings:
    """A `resourceUrl` that was given out two minutes ago is of no use."""
    tester.call()
    tester.let_pass(_AFTER_EXPIRY_S)
    attempt = tester.call()
    asked = any(call.action == _DOWNLOAD for call in attempt.calls)
    if not asked and not tester.require.failed(attempt) and _URL.search(repr(attempt.value)):
        yield finding(
            f"the client returned the resourceUrl of a call {_AFTER_EXPIRY_S:g} s ago, without a "
            "request",
            "a new request: a resourceUrl expires after one minute",
            attempt.calls,
        )


def _cases(action: Action, _declared: Declared) -> Iterator[tuple[str, None]]:
    if schemas.data_schema(action).get("properties") and action.returns_data:
        yield "", None


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_result",
        "What the reply says is what the call returns, under its own name.",
        _cases,
        _result,
    ),
    Trial(
        "test_result_twice",
        "Two calls that are answered alike return as much.",
        lambda action, declared: [("", None)] if action.name == _LIST else (),
        _differs,
    ),
    Trial(
        "test_expiry",
        "A resourceUrl is not returned after it has expired.",
        lambda action, declared: [("", None)] if action.name == _DOWNLOAD else (),
        _expires,
    ),
)
