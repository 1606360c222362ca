"""The trials of what comes with a code, or in the place of an envelope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code, known_code
from pytest_flipsnack.contract.exceptions import is_transport
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt, ending_of
from pytest_flipsnack.contract.suite.tester import Bend, Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial
from pytest_flipsnack.fake.faults import FAULTS, Fault

_HTTP_OK = 200
_MAY_HAVE_ARRIVED = {"timeout", "reset"}
_LETTERS = "Été à Łódź: 東京"
_NOT_LISTED = {"collectionWidth", "collectionHeight"}  # parameters; a guide speaks of both
_ANOTHER = "Une erreur s'est présentée"


def _success(tester: Tester, given: tuple[str, Bend]) -> Findings:
    name, bend = given
    if bend is _with_letters and tester.action.name == "collection.getList":
        tester.fill(1)
    tester.answer(Code.OK, forever=True, bend=bend)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    yield from _no_mojibake(tester, attempt, _LETTERS)
    if bend is not _without_data or not tester.action.returns_data:
        yield from tester.require.success(attempt, f"answered 20 ({name})")
    elif tester.require.failed(attempt):
        # whether this call can do without data no page says: a clean error is as good
        yield from tester.require.failure(attempt, "answered 20 without data")


def _without_data(envelope: dict[str, Any]) -> dict[str, Any]:
    return {key: envelope[key] for key in ("code", "status")}


def _with_more_fields(envelope: dict[str, Any]) -> dict[str, Any]:
    data = {"data": {**envelope["data"], "added": [1]}} if "data" in envelope else {}
    return {**envelope, "requestId": "r-1", **data}


def _with_known_fields(envelope: dict[str, Any]) -> dict[str, Any]:
    """Leave out what no page lists among the fields of a reply."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: known(item) for key, item in value.items() if key not in _NOT_LISTED}
        return [known(item) for item in value] if isinstance(value, list) else value

    return {key: known(value) for key, value in envelope.items()}


def _with_an_empty_list(envelope: dict[str, Any]) -> dict[str, Any]:
    return {**envelope, "data": {"collectionCount": 0, "collections": []}}


def _with_letters(envelope: dict[str, Any]) -> dict[str, Any]:
    """Give every title letters beyond ASCII; the body is UTF-8, as JSON is."""

    def titled(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: titled(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [titled(item) for item in value]
        return _LETTERS if name == "collectionTitle" else value

    return {key: titled(value) for key, value in envelope.items()}


def _contents(action: Action, _declared: Declared) -> Iterator[tuple[str, tuple[str, Bend]]]:
    rows: list[tuple[str, Bend]] = [("no-data", _without_data), ("more-fields", _with_more_fields)]
    if action.name in _OF_A_FLIPBOOK:
        rows.append(("known-fields", _with_known_fields))
    if action.name == "collection.getList":
        rows.append(("empty-list", _with_an_empty_list))
    if action.name in {"collection.getList", "collection.getCollection"}:
        rows.append(("letters", _with_letters))
    yield from ((row[0], row) for row in rows)


_OF_A_FLIPBOOK = {
    "collection.create", "collection.getCollection", "collection.update", "collection.getList",
}  # fmt: skip


def _message(tester: Tester, given: tuple[Code, str]) -> Findings:
    code, text = given
    tester.answer(code, forever=True, bend=lambda envelope: {**envelope, "status": text})
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    yield from _no_mojibake(tester, attempt, text)
    why = f"answered {code.value} with the text {text!r}"
    if code is Code.OK:
        yield from tester.require.success(attempt, why)
        return
    yield from tester.require.failure(attempt, why)
    yield from tester.require.carried(attempt, code)


_MESSAGES = {
    "20-other": (Code.OK, _ANOTHER),
    "41-other": (Code.INVALID_CREDENTIALS, _ANOTHER),
    "41-ok": (Code.INVALID_CREDENTIALS, "OK"),
    "41-empty": (Code.INVALID_CREDENTIALS, ""),
    "50-other": (Code.OPERATION_FAILED, _ANOTHER),
}


def _fault(tester: Tester, fault: Fault) -> Findings:
    tester.answer(fault, forever=True)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    if fault.name == "not_utf8" and not tester.require.failed(attempt):
        return  # the code can be read all the same, by a lenient decoder
    # a library's own exception is good enough for what the library sees itself
    seen_by_library = fault.wire or fault.http_status != _HTTP_OK
    yield from tester.require.failure(attempt, fault.meaning, wire=seen_by_library)
    if fault.wire:
        yield from _no_code(tester, attempt, fault.meaning)
    if fault.unknown is not None:
        yield from tester.require.carried(attempt, fault.unknown)
        if attempt.retried(lambda call: call.fault == fault.name):
            yield finding(
                f"{tester.action.name} answered {fault.unknown} and the client retried",
                "one request: an unknown code is an error",
                attempt.calls,
            )
    if tester.action.upload and fault.name in _MAY_HAVE_ARRIVED:
        yield from _one_upload(tester, attempt, fault.name)
    if fault.name == "timeout":
        yield from tester.require.timeout(attempt)


def _one_upload(tester: Tester, attempt: Attempt, fault: str) -> Findings:
    """Yield a finding where an upload was repeated after a fault that says nothing of it."""
    if attempt.retried(lambda call: call.fault == fault):
        text = finding(
            f"{tester.action.name} {FAULTS[fault].meaning} and the client uploaded the file again",
            "an error, because the first upload may have arrived",
            attempt.calls,
        )
        yield from tester.require.sound("single_upload", text)


def _no_code(tester: Tester, attempt: Attempt, why: str) -> Findings:
    """Yield a finding where an error carries a code that no reply had."""
    if isinstance(attempt.subject, OSError) or is_transport(attempt.subject):
        return  # their numbers are those of the system
    number = tester.contract.code_of(attempt.subject) if tester.require.failed(attempt) else None
    if known_code(number) is not None:
        text = finding(
            f"{tester.action.name} {why}, and the client {ending_of(attempt)}; this carries {number}, "
            "which no reply had",
            "an error without a code",
            attempt.calls,
        )
        yield from tester.require.sound("codes", text)


def _no_mojibake(tester: Tester, attempt: Attempt, sent: str) -> Findings:
    """Yield a finding where text came in UTF-8 and was read as something else."""
    shown = f"{attempt.subject} {attempt.subject!r}"
    read = {name: sent.encode().decode(name, "replace") for name in ("latin-1", "cp1252", "ascii")}
    for encoding, wrong in read.items():
        if wrong != sent and (wrong in shown or repr(wrong)[1:-1] in shown):
            yield finding(
                f"{tester.action.name} answered with the text {sent!r} in UTF-8, and the client "
                f"read it as {encoding}: {wrong!r}",
                "UTF-8, which JSON is written in",
                attempt.calls,
            )


TRIALS = (
    Trial(
        "test_success",
        "20 is a success, whatever comes with it or is missing.",
        _contents,
        _success,
    ),
    Trial(
        "test_message",
        "The code decides, not the text that comes with it.",
        lambda action, declared: _MESSAGES.items(),
        _message,
    ),
    Trial(
        "test_body",
        "A body that is no envelope, or an unknown code, is a clean error.",
        lambda action, declared: [
            (name, fault) for name, fault in FAULTS.items() if not fault.wire
        ],
        _fault,
    ),
    Trial(
        "test_wire",
        "A connection that fails is an error, and the client ends.",
        lambda action, declared: [(name, fault) for name, fault in FAULTS.items() if fault.wire],
        _fault,
    ),
)
