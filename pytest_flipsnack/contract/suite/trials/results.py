"""The trials of what a call returns: it is what the reply said, also where calls differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, TypeAlias

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.carried_code import members
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.declarations import gives_of
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial

Data: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[str, Any], Any]
"""Returns the value of a field as a reply is to have it, given its name and its usual value."""
_LIST = "collection.getList"
_DOWNLOAD = "collection.downloadHTML"
_RECORDS = 2
_FINAL_HASH = "f1nal77"
_TELLING = 8
_TIME_SPENT = 12345678  # stays a number when it is converted, even to weeks
_NOTHING = {"None", "", "0"}
_SHORT = re.compile(r"^collection(?=hash$|title$|description$)")
_AMBIGUOUS = {"status", "page"}
"""Names that results use for other things too: the envelope's status, a number of a page."""
_COUNTS = {"impressions", "views", "timespent", "downloads", "apiuploadsleft", "uploadsleft"}
_OF_A_RECORD = {"collectionCount", "collectionHash", "collectionTitle"}
_OF_REPLIES = {
    "collectionHash", "collectionTitle", "collectionDescription", "collectionStatus",
    "impressions", "views", "clicks", "time_spent", "downloads", "api_uploads_left",
}  # fmt: skip
_DOCUMENTED = ("collection.getCollection", "collection.getStats", _LIST, "user.getStats")
"""Actions whose fields a page or a public client shows."""


def _result(tester: Tester, change: Change) -> Findings:
    if tester.action.name == _LIST:
        tester.fill(_RECORDS)
    if change is _final and tester.fake.account.collections.judging:
        return  # the test has seeded its flipbooks, and this one would be unknown
    sent: list[Data] = []
    tester.answer(Code.OK, forever=True, bend=lambda envelope: _changed(envelope, change, sent))
    attempt = tester.call()
    if tester.require.failed(attempt) or not sent:
        return  # test_request says so
    gives = gives_of(tester.contract, tester.method)
    if change is _zero:
        yield from _dropped(tester, attempt)
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
    if value is None or isinstance(value, bool) or not url or _fetches_later(value):
        return
    if url in f"{value} {value!r} {[item for _, item in members(value, without=attempt.given)]}":
        return
    if not tester.fake.account.downloads.fetched:
        yield from _not_returned(
            tester, attempt, "COMPLETE with a resourceUrl", "the resourceUrl, or the archive"
        )


def _fetches_later(value: object) -> bool:
    return callable(value) or any(
        hasattr(type(value), name) for name in ("__next__", "__anext__", "__enter__", "__aenter__")
    )


def _changed(envelope: Data, change: Change, sent: list[Data]) -> Data:
    """Change each field of the data that `change` knows, and note the data of the reply."""

    def changed(value: Any) -> Any:
        if isinstance(value, list):
            return [changed(item) for item in value]
        if isinstance(value, dict):
            return {key: change(key, changed(item)) for key, item in value.items()}
        return value

    data = changed(envelope.get("data", {}))
    sent.append(data)
    return {**envelope, "data": data} if "data" in envelope else envelope


def _described(name: str, value: Any) -> Any:
    """Every flipbook has a description, and was looked at for long."""
    usual = {"collectionDescription": "About it", "time_spent": _TIME_SPENT}
    return usual.get(name, value)


def _zero(name: str, value: Any) -> Any:
    """Nobody has looked, and no upload is left."""
    return 0 if isinstance(value, int | float) and name != "page" else value


def _final(name: str, value: Any) -> Any:
    """A flipbook gets its final hash on publishing (R0)."""
    return _FINAL_HASH if name == "collectionHash" else value


def _misread(tester: Tester, attempt: Attempt, sent: list[Data]) -> Findings:
    """Yield a finding for a part of the result that has a field's name, and not its value."""
    values: dict[str, set[str]] = {}
    full: dict[str, str] = {}
    known = _OF_A_RECORD if tester.action.name == _LIST else _OF_REPLIES
    for name, value in _leaves(sent):
        if name in known:
            values.setdefault(_short(name), set()).add(str(value))
            full[_short(name)] = name
    asked = {call.params.get("collectionHash", "") for call in attempt.calls}
    held = [value for data in sent for value in data.values()]
    if isinstance(attempt.value, list | tuple | dict | str) and not attempt.value and any(held):
        yield from _not_returned(tester, attempt, "with data", "what the reply holds")
    for name, value in members(attempt.value, without=attempt.given):
        field = _field(name, values)
        meant = values.get(field, set())
        if not meant or _short(name) in _AMBIGUOUS or isinstance(value, bool):
            continue
        if _text(value) in meant:
            continue
        others = [other for other, known in values.items() if _text(value) in known]
        # a name of its own may hold nothing until somebody asks for it
        nothing = _text(value) in _NOTHING and not name.startswith("_")
        if str(value) in asked and field == "hash":
            yield from _kept_hash(tester, attempt, str(value))
        elif nothing or others:
            said = next(iter(sorted(meant)))
            text = finding(
                f"{tester.action.name} answered {full[field]} {said!r}, and the client returned "
                f"{name} {value!r}" + (f", which is {full[others[0]]}" if others and value else ""),
                "the value of the field, under whatever name",
                attempt.calls,
            )
            yield from tester.require.sound("fields", text)


def _dropped(tester: Tester, attempt: Attempt) -> Findings:
    """Yield a finding where a part of the result is there only if its number is not 0."""
    tester.forget_answers()
    usual = [name for name, _ in members(tester.call().value, without=attempt.given)]
    names = [name for name, _ in members(attempt.value, without=attempt.given)]
    lost = [name for name in usual if name not in names and _short(name) in _COUNTS]
    if lost:
        text = finding(
            f"{tester.action.name} answered {lost[0]} 0, and the client left it out",
            "0, which is a number like any other",
            attempt.calls,
        )
        yield from tester.require.sound("fields", text)


def _kept_hash(tester: Tester, attempt: Attempt, asked: str) -> Findings:
    text = finding(
        f"{tester.action.name} answered with the final hash {_FINAL_HASH!r}, and the client returned "
        f"{asked!r}, the one it asked with",
        "the hash of the reply: publishing replaces the temporary one",
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
    plain = value.value if isinstance(value, Enum) else value
    whole = isinstance(plain, float) and plain.is_integer()
    return f"{plain:.0f}" if whole else str(plain)


def _cases(action: Action, _declared: Declared) -> Iterator[tuple[str, Change]]:
    if schemas.data_schema(action).get("properties") and action.returns_data:
        yield "", _described
    if action.name in {"collection.getStats", "user.getStats"}:
        yield "zeros", _zero
    if action.name == "collection.getCollection":
        yield "final-hash", _final


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_result",
        "What the reply says is what the call returns, under its own name.",
        _cases,
        _result,
    ),
)
