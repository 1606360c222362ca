"""The trials of what a client keeps between calls: records, a URL that expires, a reply."""

from __future__ import annotations

import re
from typing import Any

from pytest_flipsnack.contract.carried_code import named
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt, ending_of
from pytest_flipsnack.contract.suite.declarations import calls_of
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial

_LIST, _GET = "collection.getList", "collection.getCollection"
_DOWNLOAD = "collection.downloadHTML"
_RECORDS = 2
_AFTER_EXPIRY_S = 120.0  # a resourceUrl lives for one minute
_URL = re.compile(r"https?://[^\s'\"]+\.zip")
_WRITES = {"collection.update", "collection.deleteCollection"}


def _differs(tester: Tester, _given: None) -> Findings:
    """The same reply twice: the same number of records."""
    tester.fill(_RECORDS)
    had = _length(tester, tester.call())
    attempt = tester.call()
    got = _length(tester, attempt)
    if attempt.calls and None not in (had, got) and had != got:
        yield finding(
            f"{tester.action.name} gave the same answer to two calls, and the client returned {had} "
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
    once = tester.call()
    tester.let_pass(_AFTER_EXPIRY_S)
    attempt = tester.call()
    if not tester.require.failed(once):
        why = f"answered 20 to a second call, {_AFTER_EXPIRY_S:g} s after the first"
        yield from tester.require.success(attempt, why)
    asked = any(call.action == _DOWNLOAD for call in attempt.calls)
    if not asked and not tester.require.failed(attempt) and _URL.search(repr(attempt.value)):
        yield finding(
            f"the client returned the resourceUrl of a call {_AFTER_EXPIRY_S:g} s ago, without a "
            "request",
            "a new request: a resourceUrl expires after one minute",
            attempt.calls,
        )


def _gone(tester: Tester, _given: None) -> Findings:
    """An archive that is not there, for a client that fetches it."""
    downloads = tester.fake.account.downloads
    downloads.life_s = 0.0
    attempt = tester.call()
    # a client may leave the archive to its caller, or have it already
    if downloads.expired and not tester.require.failed(attempt):
        yield finding(
            f"the archive of {_DOWNLOAD} was answered with HTTP 404, and the client took it for a "
            f"success: {ending_of(attempt)}",
            "an error, as in response.raise_for_status()",
            attempt.calls,
        )


def _stale(tester: Tester, _given: None) -> Findings:
    """A reply that the client keeps is dropped when a call of its own changes the flipbook."""
    collections = tester.fake.account.collections
    kept = tester.call()
    if tester.call().calls or tester.require.failed(kept):
        return  # it keeps nothing
    for other in tester.others():
        if other.action.name not in _WRITES:
            continue
        with collections.unchanged():
            written = other.call()
        attempt = tester.call()
        if written.calls and _hash(written) == _hash(kept) and not attempt.calls:
            text = finding(
                f"the client returned the kept reply of {tester.action.name} after its own "
                f"{other.action.name}",
                "a new request once the flipbook has changed",
                written.calls,
            )
            yield from tester.require.sound("stale", text)


def _hash(attempt: Attempt) -> str:
    return attempt.calls[0].params.get("collectionHash", "")


TRIALS: tuple[Trial[Any], ...] = (
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
    Trial(
        "test_archive",
        "A client that fetches the archive reports one that is not there.",
        lambda action, declared: [("", None)] if action.name == _DOWNLOAD else (),
        _gone,
    ),
    Trial(
        "test_stale",
        "A reply that the client keeps is dropped when the client changes the flipbook.",
        lambda action, declared: (
            [("", None)] if action.name == _GET and _WRITES & {*calls_of(declared).values()} else ()
        ),
        _stale,
    ),
)
