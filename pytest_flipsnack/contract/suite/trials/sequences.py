"""The trials of several calls, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt, ending_of
from pytest_flipsnack.contract.suite.declarations import calls_of
from pytest_flipsnack.contract.suite.tester import HASH, TEXT, Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial
from pytest_flipsnack.fake.faults import FAULTS, Fault

_BREAK_S = 3600.0
_CALLS_IN_A_ROW = 6  # more than most clients try at once
_First: TypeAlias = Code | Fault


def _next_call(tester: Tester, first: _First) -> Findings:
    """What the first call met has no effect on the second."""
    if first is Code.OK:
        return _succeeds_twice(tester)
    if first is Code.OPERATION_FAILED:
        return _recovers_each_time(tester)
    return _succeeds_after(tester, first)


def _succeeds_after(tester: Tester, failure: _First) -> Findings:
    tester.answer(failure)
    first = tester.call()
    yield from tester.require.usual(first)
    attempt = tester.call()
    if not attempt.calls:
        # a circuit breaker refuses calls for a while; a client that is closed stays closed
        tester.let_pass(_BREAK_S)
        attempt = tester.call()
    if not attempt.calls:
        yield finding(
            f"{tester.action.name} cannot be called after a call that failed: the client "
            f"{ending_of(attempt)}, without a request",
            "a new request for a new call",
            first.calls,
        )
    yield from tester.require.usual(attempt)
    yield from tester.require.success(attempt, "answered 20 after a call that failed")


def _succeeds_twice(tester: Tester) -> Findings:
    tester.call()
    yield from tester.require.success(tester.call(), "answered 20 for the second time")
    tester.answer(Code.MISSING_PARAMETER, forever=True)
    last = tester.call()
    tester.forget_answers()  # some clients keep replies, as the limitations page advises
    if any(call.code == Code.MISSING_PARAMETER for call in last.calls):
        yield from tester.require.usual(last)
        yield from tester.require.failure(last, "answered 30 after it had answered 20")


def _recovers_each_time(tester: Tester) -> Findings:
    for number in range(_CALLS_IN_A_ROW):
        tester.answer(Code.OPERATION_FAILED)
        attempt = tester.call()
        if number and not attempt.calls and not tester.require.failed(attempt):
            tester.forget_answers()
            return
        yield from tester.require.usual(attempt)
        if number:
            yield from tester.require.success(
                attempt, f"answered 50 and then 20, as in call {number} that succeeded"
            )
        elif tester.require.failed(attempt):
            return  # it does not retry


_ELSEWHERE = {TEXT: "of another call", HASH: "0ther99"}


def _other_calls(tester: Tester, _given: None) -> Findings:
    """What the other calls of the class sent has no effect on this one."""
    collections = tester.fake.account.collections
    with collections.unchanged():
        first = tester.call()
    if tester.require.failed(first):
        return  # test_request says so
    given = []
    for other in tester.others():
        with collections.unchanged():
            # where a test has seeded the account, another hash would be an unknown one
            given.append(other.call({} if collections.judging else _ELSEWHERE).calls)
    attempt = tester.call()
    yield from tester.require.usual(attempt) if attempt.calls else ()
    yield from tester.require.success(attempt, "answered 20 after other calls")
    before, after = _params(tester, first), _params(tester, attempt)
    if before is None or after is None:
        return  # it keeps replies, as the limitations page advises
    elsewhere = {
        (name, value) for calls in given for call in calls for name, value in call.params.items()
    }
    # a parameter of the client's own, such as the time of the request, may differ as it likes
    documented = {param.name for param in tester.action.params}
    changed = [
        name
        for name in sorted(before.keys() | after.keys())
        if (name in before) != (name in after)
        or (
            name in documented
            and before[name] != after[name]
            and ((name, after[name]) in elsewhere or after[name] in _ELSEWHERE.values())
        )
    ]
    if changed:
        yield finding(
            f"{tester.action.name} was sent with {_shown(after, changed)} after other calls, and "
            f"with {_shown(before, changed)} before them",
            "a request that depends on its own arguments alone",
            attempt.calls,
        )


def _shown(params: Mapping[str, str], names: Iterable[str]) -> str:
    return ", ".join(
        f"{name}={params[name]!r}" if name in params else f"no {name}" for name in names
    )


def _params(tester: Tester, attempt: Attempt) -> Mapping[str, str] | None:
    """Return the parameters of the first request that the call made, or None."""
    own = (call.params for call in attempt.calls if call.action == tester.action.name)
    return next(own, None)


def _firsts(_action: Action, _declared: Declared) -> Iterator[tuple[str, _First]]:
    yield "success", Code.OK
    yield "error", Code.MISSING_PARAMETER
    yield "html", FAULTS["html"]
    yield "reset", FAULTS["reset"]
    yield "50", Code.OPERATION_FAILED


TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_next_call",
        "A call after one that failed succeeds, and one that fails after a success fails.",
        _firsts,
        _next_call,
    ),
    Trial(
        "test_other_calls",
        "A request does not depend on the other calls that were made before it.",
        lambda action, declared: [("", None)] if len(calls_of(declared)) > 1 else (),
        _other_calls,
    ),
)
