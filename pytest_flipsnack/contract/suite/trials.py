"""The trials: the reply to a call, and what the client must do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import COMMON_PARAMETERS, Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.contract.judge import finding, is_same
from pytest_flipsnack.contract.suite.cases import BENDS, MESSAGES, Case, processing_of
from pytest_flipsnack.contract.suite.judging import ending_of
from pytest_flipsnack.contract.suite.probe import Outcome
from pytest_flipsnack.contract.suite.rig import Rig
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import fault_of
from pytest_flipsnack.fake.finding import Finding

_CALLS_IN_A_ROW = 6  # more than most clients try at once
_HTTP_OK = 200


def request(rig: Rig, case: Case) -> Iterator[Finding]:
    """The request is valid, as documented, and has a timeout; the call succeeds."""
    outcome = rig.try_call()
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, "answered 20")
    for call in outcome.calls:
        if call.action == case.action.name:
            yield from _unfit(case.action, call.params, outcome)
    yield from rig.must_time_out(outcome)


def code(rig: Rig, case: Case) -> Iterator[Finding]:
    """A code in every reply is an error."""
    wanted = int(case.what)
    rig.answer(wanted, forever=True)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    yield from rig.must_fail(outcome, f"answered {wanted}", code=wanted)
    yield from rig.must_carry(outcome, wanted)


def recovery(rig: Rig, case: Case) -> Iterator[Finding]:
    """A code that passes: a client that retries recovers, another reports the code."""
    wanted = int(case.what)
    rig.answer(wanted)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    # a download is waited for by its own state, and 38 may be the caller's to wait for
    polls = wanted == Code.PROCESSING and not processing_of(case.action)
    if (polls and rig.polls(case.action.name)) or _retried(
        outcome, lambda call: call.code == wanted
    ):
        yield from rig.must_succeed(outcome, f"answered {wanted} and then 20")
    else:
        yield from rig.must_fail(outcome, f"answered {wanted}", code=wanted)
        yield from rig.must_carry(outcome, wanted)


def success(rig: Rig, case: Case) -> Iterator[Finding]:
    """20 with more, less or nothing."""
    rig.answer(Code.OK, forever=True, bend=BENDS[case.what])
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if case.what != "no-data" or not case.action.returns_data:
        yield from rig.must_succeed(outcome, f"answered 20 ({case.what})")
    elif rig.failed(outcome):
        # whether this call can do without data no page says: a clean error is as good
        yield from rig.must_fail(outcome, "answered 20 without data")


def message(rig: Rig, case: Case) -> Iterator[Finding]:
    """Another text for the same code."""
    wanted, _, text = case.what.partition("-")
    number = int(wanted)
    said = MESSAGES[text]
    rig.answer(number, forever=True, bend=lambda envelope: {**envelope, "status": said})
    outcome = rig.try_call()
    yield from rig.common(outcome)
    why = f"answered {number} with the text {said!r}"
    if number == Code.OK:
        yield from rig.must_succeed(outcome, why)
        return
    yield from rig.must_fail(outcome, why)
    yield from rig.must_carry(outcome, number)


def fault(rig: Rig, case: Case) -> Iterator[Finding]:
    """Anything but an envelope."""
    found = fault_of(case.what)
    rig.answer(case.what, forever=True)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if case.what == "not_utf8" and not rig.failed(outcome):
        return  # the code can be read all the same, by a lenient decoder
    # a library's own exception is good enough for what the library sees itself
    seen_by_library = found.wire or found.http_status != _HTTP_OK
    yield from rig.must_fail(outcome, found.meaning, wire=seen_by_library)
    if found.unknown is not None:
        yield from rig.must_carry(outcome, found.unknown)
        if _retried(outcome, lambda call: call.fault == case.what):
            yield finding(
                f"{case.action.name} answered {found.unknown} and the client retried",
                "one request: an unknown code is an error",
                outcome.calls,
            )
    if case.what == "timeout":
        yield from rig.must_time_out(outcome)


def again(rig: Rig, case: Case) -> Iterator[Finding]:
    """A call that fails, then one that succeeds; and calls that recover, one after the other."""
    if case.what == "50":
        yield from _recovers_again(rig)
        return
    if case.what == "success":
        yield from _succeeds_again(rig)
        return
    rig.answer(Code.MISSING_PARAMETER if case.what == "error" else case.what)
    first = rig.try_call()
    yield from rig.common(first)
    outcome = rig.try_call()
    if not outcome.calls:
        yield finding(
            f"{case.action.name} cannot be called after a call that failed: the client "
            f"{ending_of(outcome)}, without a request",
            "a new request for a new call",
            first.calls,
        )
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, "answered 20 after a call that failed")


def _succeeds_again(rig: Rig) -> Iterator[Finding]:
    rig.try_call()
    yield from rig.must_succeed(rig.try_call(), "answered 20 for the second time")
    rig.answer(Code.MISSING_PARAMETER, forever=True)
    last = rig.try_call()
    rig.forget_answers()  # some clients keep replies, as the limitations page advises
    if any(call.code == Code.MISSING_PARAMETER for call in last.calls):
        yield from rig.common(last)
        yield from rig.must_fail(last, "answered 30 after it had answered 20")


def _recovers_again(rig: Rig) -> Iterator[Finding]:
    for number in range(_CALLS_IN_A_ROW):
        rig.answer(Code.OPERATION_FAILED)
        outcome = rig.try_call()
        if number and not outcome.calls and not rig.failed(outcome):
            rig.forget_answers()
            return
        yield from rig.common(outcome)
        if number:
            yield from rig.must_succeed(
                outcome, f"answered 50 and then 20, as in call {number} that succeeded"
            )
        elif rig.failed(outcome):
            return  # it does not retry


def upload(rig: Rig, case: Case) -> Iterator[Finding]:
    """The same bytes on every attempt and in every call."""
    rig.answer(Code.OPERATION_FAILED if case.what == "50" else case.what)
    first = rig.try_call()
    second = rig.try_call()
    calls = [*first.calls, *second.calls]
    sent = [call for call in calls if call.action == case.action.name and call.files]
    whole = max(map(_bytes, sent), key=len, default=b"")
    for call in sent:
        if _bytes(call) != whole:
            yield finding(
                f"an attempt sent {len(_bytes(call))} bytes of a file of {len(whole)}",
                "the whole file on every attempt",
                calls,
            )


def _retried(outcome: Outcome, failed: Callable[[Call], bool]) -> bool:
    """Return whether the first call that failed was made once more, as it was."""
    first = next(filter(failed, outcome.calls), None)
    return first is not None and sum(is_same(call, first) for call in outcome.calls) > 1


def _bytes(call: Any) -> bytes:
    return b"".join(bytes(file) for file in call.files.values())


def _unfit(action: Action, params: Mapping[str, str], outcome: Outcome) -> Iterator[Finding]:
    known = {param.name for param in action.params if param.source.basis is Basis.DOCUMENTED}
    sent = {name: value for name, value in params.items() if name in known}
    sent |= dict.fromkeys((*COMMON_PARAMETERS, *action.required, *action.one_of), "x") | sent
    for problem in schemas.problems(schemas.parameter_validator(action.name), sent):
        yield finding(
            f"{action.name} was sent with a wrong parameter: {problem}",
            "what the reference page lists",
            outcome.calls,
        )
