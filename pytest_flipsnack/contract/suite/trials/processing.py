"""The trials of a call whose answer may be that it is still processing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from pytest_flipsnack.catalogue.action import SETTABLE_STATUSES, Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding, reply_of
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import Bend, Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial

_POLLS = 3
_MORE_CALLS = 9  # with the first they poll more often than a single call may
_FOREVER_S = 1e12
_PUBLISHING_S = 4.0  # "may take a few seconds", and polls are "every few seconds" (SEED)
_LATER_S = 7200.0
_CREATE = "collection.create"
_GET = "collection.getCollection"
_DOWNLOAD = "collection.downloadHTML"
_Run: TypeAlias = Callable[[Tester], Findings]


def _ends(tester: Tester) -> Findings:
    tester.take_time()
    if tester.action.name == _GET:
        account = tester.fake.account
        account.collections.assume_processing(account.settings.processing_s)
    yield from _polls_on(tester, tester.call(), "answered PROCESSING for a while")


def _lasts(tester: Tester) -> Findings:
    """Processing that outlasts several polls, however far apart they are."""
    attempt = _pend(tester)
    yield from _polls_on(tester, attempt, f"answered PROCESSING {_POLLS} times, then success")


def _again(tester: Tester) -> Findings:
    """Processing that lasts as long in later calls, long after the first."""
    first = _pend(tester)
    if tester.require.failed(first) or not first.retried(lambda call: call.pending):
        return
    for _ in range(_MORE_CALLS):
        tester.let_pass(_LATER_S)
        attempt = _pend(tester)
        yield from tester.require.usual(attempt) if attempt.calls else ()
        why = f"answered PROCESSING {_POLLS} times, then success, as in an earlier call"
        yield from tester.require.success(attempt, why)


def _pend(tester: Tester) -> Attempt:
    for _ in range(_POLLS):
        tester.answer(Code.OK, action=_polled(tester), bend=_pending)
    attempt = tester.call()
    tester.forget_answers()  # of one that leaves the polling to its caller
    return attempt


def _ends_in(status: str) -> _Run:
    """Processing that ends in another of the documented statuses."""

    def ends(tester: Tester) -> Findings:
        tester.answer(Code.OK, action=_GET, bend=_pending)
        tester.answer(Code.OK, action=_GET, bend=_with_status(status), forever=True)
        attempt = tester.call()
        tester.forget_answers()
        yield from tester.require.usual(attempt)
        if attempt.retried(lambda call: call.action == _GET):
            yield from tester.require.success(attempt, f"answered {status} after processing")

    return ends


def _polls_on(tester: Tester, attempt: Attempt, why: str) -> Findings:
    yield from tester.require.usual(attempt)
    polled = attempt.retried(lambda call: call.pending)
    if polled or tester.require.polls:
        yield from tester.require.success(attempt, why)
    if (polled or tester.require.polls) and attempt.calls[-1].pending:
        yield finding(
            f"{reply_of(attempt.calls[-1])} and the client returned",
            f"more requests until it is ready, as in polls = [{tester.action.name!r}]",
            attempt.calls,
        )


def _fails(tester: Tester) -> Findings:
    tester.answer(Code.OK, forever=True, data={"status": "FAILED"})
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    if attempt.retried(lambda call: call.action == tester.action.name):
        yield finding(
            f"{tester.action.name} answered FAILED and the client retried",
            "FAILED ends the download",
            attempt.calls,
        )
    if tester.require.polls:
        yield from tester.require.failure(attempt, "answered FAILED")


def _breaks(tester: Tester) -> Findings:
    polled = _polled(tester)
    if polled == tester.action.name:
        tester.answer(Code.OK, bend=_pending)
    tester.answer(Code.FORBIDDEN, action=polled, forever=True)
    attempt = tester.call()
    tester.forget_answers()  # of one that leaves the polling to its caller
    yield from tester.require.usual(attempt)
    if any(call.code == Code.FORBIDDEN for call in attempt.calls):
        again = "" if polled == tester.action.name else f"{polled} answered "
        yield from tester.require.failure(attempt, f"answered PROCESSING and then {again}43")


def _stays(tester: Tester) -> Findings:
    tester.fake.configure({"processing_s": _FOREVER_S, "download_s": _FOREVER_S})
    if tester.action.name == _GET:
        tester.fake.account.collections.assume_processing(_FOREVER_S)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    polled = attempt.retried(lambda call: call.pending)
    if polled or tester.require.polls:
        yield from tester.require.failure(attempt, "answered PROCESSING without end")


def _pending(envelope: Mapping[str, Any]) -> dict[str, Any]:
    data = envelope["data"]
    if "collectionStatus" in data:
        return {**envelope, "data": {**data, "collectionStatus": "processing"}}
    return {**envelope, "data": {"status": "PROCESSING"}}


def _with_status(status: str) -> Bend:
    return lambda envelope: {
        **envelope,
        "data": {**envelope["data"], "collectionStatus": status},
    }


def _polled(tester: Tester) -> str:
    """Return the action whose replies say when processing ends."""
    return _GET if tester.action.name == _CREATE else tester.action.name


_TRIED: dict[str, _Run] = {
    "ends": _ends,
    "lasts": _lasts,
    "again": _again,
    "fails": _fails,
    "breaks": _breaks,
    "stays": _stays,
}
_STATUSES = {status: _ends_in(status) for status in SETTABLE_STATUSES[1:]}


def _cases(action: Action, _declared: Declared) -> Iterator[tuple[str, _Run]]:
    if action.answers_processing:
        for name, tried in _TRIED.items():
            if tried is not _fails or action.name == _DOWNLOAD:
                yield name, tried
        if action.name != _DOWNLOAD:
            yield from _STATUSES.items()


def _while_refused(tester: Tester, _given: None) -> Findings:
    """A refusal with 38 that lasts as long as publishing does, for a client that waits it out."""
    tester.answer(Code.PROCESSING)
    once = tester.call()
    tester.forget_answers()
    if tester.require.failed(once):
        return  # that is the caller's to wait for
    tester.fake.account.collections.assume_processing(_PUBLISHING_S)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    if any(call.code == Code.PROCESSING for call in attempt.calls):
        why = f"was refused with 38 for {_PUBLISHING_S:g} s"
        yield from tester.require.success(attempt, why)


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_publishing",
        "A client that waits out 38 does so for as long as publishing may take.",
        lambda action, declared: [("", None)] if Code.PROCESSING in action.codes else (),
        _while_refused,
    ),
    Trial(
        "test_processing",
        "A client that polls waits between its requests, ends, and sees a failure.",
        _cases,
        lambda tester, tried: tried(tester),
    ),
)
