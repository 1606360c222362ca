"""The trials of a call whose answer may be that it is still processing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding, reply_of
from pytest_flipsnack.contract.suite.cases import Case
from pytest_flipsnack.contract.suite.rig import Rig
from pytest_flipsnack.fake.finding import Finding

_FOREVER_S = 1e12
_CREATE = "collection.create"
_GET = "collection.getCollection"
_DOWNLOAD = "collection.downloadHTML"


def processing(rig: Rig, case: Case) -> Iterator[Finding]:
    """PROCESSING that ends, that does not end, and that ends in FAILED or in an error."""
    yield from _TRIALS[case.what](rig, case.action.name)


def _ends(rig: Rig, action: str) -> Iterator[Finding]:
    rig.take_time()
    if action == _GET:
        account = rig.fake.account
        account.collections.assume_processing(account.settings.processing_s)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    polled = sum(call.pending for call in outcome.calls) > 1
    if polled or rig.polls(action):
        yield from rig.must_succeed(outcome, "answered PROCESSING for a while")
    if rig.polls(action) and outcome.calls[-1].pending:
        yield finding(
            f"{reply_of(outcome.calls[-1])} and the client returned",
            "it polls, as the class declares",
            outcome.calls,
        )


def _fails(rig: Rig, action: str) -> Iterator[Finding]:
    rig.answer(Code.OK, forever=True, data={"status": "FAILED"})
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if sum(call.action == action for call in outcome.calls) > 1:
        yield finding(
            f"{action} answered FAILED and the client retried",
            "FAILED ends the download",
            outcome.calls,
        )
    if rig.polls(action):
        yield from rig.must_fail(outcome, "answered FAILED")


def _breaks(rig: Rig, action: str) -> Iterator[Finding]:
    polled = action
    if action == _CREATE:
        polled = _GET
    else:
        rig.answer(Code.OK, bend=_pending)
    rig.answer(Code.FORBIDDEN, action=polled, forever=True)
    outcome = rig.try_call()
    rig.forget_answers()  # of one that leaves the polling to its caller
    yield from rig.common(outcome)
    if any(call.code == Code.FORBIDDEN for call in outcome.calls):
        again = "" if polled == action else f"{polled} answered "
        yield from rig.must_fail(outcome, f"answered PROCESSING and then {again}43")


def _stays(rig: Rig, action: str) -> Iterator[Finding]:
    rig.fake.configure({"processing_s": _FOREVER_S, "download_s": _FOREVER_S})
    if action == _GET:
        rig.fake.account.collections.assume_processing(_FOREVER_S)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    polled = sum(call.pending for call in outcome.calls) > 1
    if polled or rig.polls(action):
        yield from rig.must_fail(outcome, "answered PROCESSING without end")


def _pending(envelope: Mapping[str, Any]) -> dict[str, Any]:
    data = envelope["data"]
    if "collectionStatus" in data:
        return {**envelope, "data": {**data, "collectionStatus": "processing"}}
    return {**envelope, "data": {"status": "PROCESSING"}}


_TRIALS: dict[str, Callable[[Rig, str], Iterator[Finding]]] = {
    "ends": _ends,
    "fails": _fails,
    "breaks": _breaks,
    "stays": _stays,
}
