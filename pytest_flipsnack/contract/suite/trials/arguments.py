"""The trials of what the caller gives to a call: it arrives, in a documented parameter, as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import HASH, TEXT, Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.finding import Finding

_TEXTS = {
    "accents": "Été à Łódź: 東京",
    "spaces": "two  spaces inside",
    "blanks": " at both ends ",
    "symbols": "a+b & c=d, 100 % e#f?g/h",
    "empty": "",
    "long": "long " * 200 + "end",
}
_HASHES = {"mixed-case": "fXh4K89", "digits": "1234567890"}
_UPDATE = "collection.update"  # there an empty text clears what was; elsewhere it says nothing
_SHOWN = 60


def _text(tester: Tester, text: str) -> Findings:
    attempt = tester.call({TEXT: text})
    yield from tester.require.usual(attempt) if attempt.calls else ()
    carriers = _carriers(tester) if not text else set[str]()
    for call in own_calls(tester, attempt):
        sent = _documented(tester, call)
        arrived = {text, text.strip()} & set(sent.values())  # a client may strip what it is given
        lost = not arrived if text else any(sent.get(name) for name in carriers)
        dropped = tester.action.name == _UPDATE and not carriers <= sent.keys()
        if lost or dropped:
            yield _lost(tester, call, attempt, text)


def _carriers(tester: Tester) -> set[str]:
    """Return the parameters that carry the text; an empty one is looked for by their names."""
    text = tester.fixture(TEXT)
    calls = own_calls(tester, tester.call())
    return {name for call in calls for name, value in call.params.items() if value == text}


def _hash(tester: Tester, name: str) -> Findings:
    tester.call()  # what it was given has no effect on the next
    attempt = tester.call({HASH: name})
    if not attempt.calls and not tester.require.failed(attempt):
        yield finding(
            f"{tester.action.name} was given {name!r}, and the client returned what it kept of "
            f"{tester.fixture(HASH)!r}",
            "a request for another hash, or a reply that is kept under its own",
            attempt.calls,
        )
    yield from tester.require.usual(attempt)
    for call in own_calls(tester, attempt):
        if call.params.get("collectionHash") != name:
            yield _lost(tester, call, attempt, name)


def own_calls(tester: Tester, attempt: Attempt) -> Iterator[Call]:
    """Yield the requests for the action of the call."""
    return (call for call in attempt.calls if call.action == tester.action.name)


def _documented(tester: Tester, call: Call) -> dict[str, str]:
    known = {param.name for param in tester.action.params if param.source.basis is not Basis.CHOICE}
    return {name: value for name, value in call.params.items() if name in known}


def _lost(tester: Tester, call: Call, attempt: Attempt, given: str) -> Finding:
    sent = ", ".join(f"{name}={value!r}"[:_SHOWN] for name, value in call.params.items())
    return finding(
        f"{tester.action.name} was given {given[:_SHOWN]!r}, and the client sent {sent or 'nothing'}",
        "the text as it was given, in a parameter that the reference page lists",
        attempt.calls,
    )


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_text",
        "A text that the caller gives arrives as it is, whatever letters it has.",
        lambda action, declared: _TEXTS.items(),
        _text,
        asks=TEXT,
    ),
    Trial(
        "test_hash",
        "The hash that the caller gives is the one that the request names.",
        lambda action, declared: _HASHES.items() if action.takes_hash else (),
        _hash,
        asks=HASH,
    ),
)
