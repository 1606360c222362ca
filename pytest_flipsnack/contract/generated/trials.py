"""The trials: what is answered to a call, and what a client must make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import COMMON_PARAMETERS, Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.contract.generated.cases import BENDS, MESSAGES, Case
from pytest_flipsnack.contract.generated.probe import Outcome
from pytest_flipsnack.contract.generated.rig import Rig, told
from pytest_flipsnack.contract.judge import finding, heard, is_same
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import UNKNOWN_CODE, fault_of
from pytest_flipsnack.fake.stubs import Stubs

_FOREVER_S = 1e12
_CALLS_IN_A_ROW = 6  # more than most clients try at once
_HTTP_OK = 200
_PAGES = 3


def request(rig: Rig, case: Case) -> Iterator[str]:
    """The request is valid, as documented, and has a timeout; the call succeeds."""
    outcome = rig.try_call()
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, "answered 20")
    for call in outcome.calls:
        if call.action == case.action.name:
            yield from _unfit(case.action, call.params, outcome)
    yield from rig.must_time_out(outcome)


def code(rig: Rig, case: Case) -> Iterator[str]:
    """A code that stays is an error."""
    wanted = int(case.what)
    rig.answer(wanted, forever=True)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    yield from rig.must_fail(outcome, f"answered {wanted}", code=wanted)
    yield from rig.must_tell(outcome, wanted)


def recovery(rig: Rig, case: Case) -> Iterator[str]:
    """A code that passes: a client that asks again succeeds, another reports the code."""
    wanted = int(case.what)
    rig.answer(wanted)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if _asked_again(outcome, lambda call: call.code == wanted):
        yield from rig.must_succeed(outcome, f"answered {wanted} and then 20")
    else:
        yield from rig.must_fail(outcome, f"answered {wanted}", code=wanted)
        yield from rig.must_tell(outcome, wanted)


def success(rig: Rig, case: Case) -> Iterator[str]:
    """20 with more, less or nothing."""
    rig.answer(Code.OK, forever=True, bend=BENDS[case.what])
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if case.what != "no-data" or not case.action.returns_data:
        yield from rig.must_succeed(outcome, f"answered 20 ({case.what})")
    elif rig.failed(outcome):
        # whether this call can do without data no page says: a clean error is as good
        yield from rig.must_fail(outcome, "answered 20 without data")


def processing(rig: Rig, case: Case) -> Iterator[str]:
    """PROCESSING that ends, that does not end, and that ends in FAILED."""
    collections = rig.fake.account.collections
    if case.what == "ends":
        rig.take_time()
        if case.action.name == "collection.getCollection":
            collections.assumed_s = rig.fake.account.settings.processing_s
        outcome = rig.try_call()
        yield from rig.common(outcome)
        polled = sum(call.pending for call in outcome.calls) > 1
        if polled or rig.polls(case.action.name):
            yield from rig.must_succeed(outcome, "answered PROCESSING for a while")
        if rig.polls(case.action.name) and outcome.calls[-1].pending:
            yield finding(
                f"{heard(outcome.calls[-1])} and the client returned",
                "it polls, as the class declares",
                outcome.calls,
            )
        return
    if case.what == "fails":
        rig.answer(Code.OK, forever=True, data={"status": "FAILED"})
        outcome = rig.try_call()
        yield from rig.common(outcome)
        if sum(call.action == case.action.name for call in outcome.calls) > 1:
            yield finding(
                f"{case.action.name} answered FAILED and the client asked again",
                "FAILED ends the download",
                outcome.calls,
            )
        if rig.polls(case.action.name):
            yield from rig.must_fail(outcome, "answered FAILED")
        return
    rig.fake.configure({"processing_s": _FOREVER_S, "download_s": _FOREVER_S})
    if case.action.name == "collection.getCollection":
        collections.assumed_s = _FOREVER_S
    outcome = rig.try_call()
    yield from rig.common(outcome)
    polled = sum(call.pending for call in outcome.calls) > 1
    if polled or rig.polls(case.action.name):
        yield from rig.must_fail(outcome, "answered PROCESSING for ever")


def pages(rig: Rig, case: Case) -> Iterator[str]:
    """More records than a page holds."""
    per_page = rig.per_page(case.action.name)
    total = 2 * per_page + 1
    for number in range(total):
        rig.fake.account.collections.add(f"page{number:04d}")
    rig.fake.configure({"records_per_page": per_page})
    outcome = rig.try_call()
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, f"holds {total} records in 3 pages")
    got = len(outcome.value) if isinstance(outcome.value, list | tuple) else None
    if got not in {None, total} or len(outcome.calls) < _PAGES:
        yield finding(
            f"the client asked for {len(outcome.calls)} of 3 pages and returned "
            f"{'a value' if got is None else f'{got} records'} of {total}",
            f"all pages of {per_page} records, as the class declares",
            outcome.calls,
        )


def message(rig: Rig, case: Case) -> Iterator[str]:
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
    yield from rig.must_tell(outcome, number)


def fault(rig: Rig, case: Case) -> Iterator[str]:
    """Anything but an envelope."""
    found = fault_of(case.what)
    rig.answer(case.what, forever=True)
    outcome = rig.try_call()
    yield from rig.common(outcome)
    if case.what == "not_utf8" and not rig.failed(outcome):
        return  # the code can be read all the same, by a decoder that forgives
    # a library's own exception is good enough for what the library sees itself
    seen_by_library = found.wire or found.http_status != _HTTP_OK
    yield from rig.must_fail(outcome, found.meaning, wire=seen_by_library)
    if case.what == "unknown_code":
        yield from rig.must_tell(outcome, UNKNOWN_CODE)
        if _asked_again(outcome, lambda call: call.fault == case.what):
            yield finding(
                f"{case.action.name} answered {UNKNOWN_CODE} and the client asked again",
                "one request: an unknown code is an error",
                outcome.calls,
            )
    if case.what == "timeout":
        yield from rig.must_time_out(outcome)


def again(rig: Rig, case: Case) -> Iterator[str]:
    """A failing call, then a good one; and calls that recover, one after the other."""
    if case.what == "50":
        yield from _recovers_again(rig)
        return
    rig.answer(Code.MISSING_PARAMETER if case.what == "error" else case.what)
    first = rig.try_call()
    yield from rig.common(first)
    outcome = rig.try_call()
    if outcome.error is not None and not outcome.calls:
        yield finding(
            f"{case.action.name} cannot be called after a call that failed: the client "
            f"{told(outcome)}, without a request",
            "a new request for a new call",
            first.calls,
        )
    yield from rig.common(outcome)
    yield from rig.must_succeed(outcome, "answered 20 after a call that failed")


def _recovers_again(rig: Rig) -> Iterator[str]:
    for number in range(_CALLS_IN_A_ROW):
        rig.answer(Code.OPERATION_FAILED)
        outcome = rig.try_call()
        if number and not outcome.calls and not rig.failed(outcome):
            rig.fake.stubs = Stubs()  # it keeps what it knows, as the limitations page advises
            return
        yield from rig.common(outcome)
        if number:
            yield from rig.must_succeed(
                outcome, f"answered 50 and then 20, as in call {number} that succeeded"
            )
        elif rig.failed(outcome):
            return  # it does not ask again


def upload(rig: Rig, case: Case) -> Iterator[str]:
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


def _asked_again(outcome: Outcome, failed: Callable[[Call], bool]) -> bool:
    """Return whether the first call that failed was made once more, as it was."""
    first = next(filter(failed, outcome.calls), None)
    return first is not None and sum(is_same(call, first) for call in outcome.calls) > 1


def _bytes(call: Any) -> bytes:
    return b"".join(bytes(file) for file in call.files.values())


def _unfit(action: Action, params: Mapping[str, str], outcome: Outcome) -> Iterator[str]:
    known = {param.name for param in action.params if param.source.basis is Basis.DOCUMENTED}
    sent = {name: value for name, value in params.items() if name in known}
    sent |= dict.fromkeys((*COMMON_PARAMETERS, *action.required, *action.one_of), "x") | sent
    for problem in schemas.problems(schemas.parameter_validator(action.name), sent):
        yield finding(
            f"{action.name} was sent with an unfit parameter: {problem}",
            "what the reference page lists",
            outcome.calls,
        )
