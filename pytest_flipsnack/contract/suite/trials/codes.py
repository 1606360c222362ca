"""The trials of a code, in every reply or in the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.codes import Code, Handling, known_codes
from pytest_flipsnack.contract.judge import finding, is_same, reply_of, seconds
from pytest_flipsnack.contract.pace import shrinking, too_short
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.declarations import rules_of
from pytest_flipsnack.contract.suite.tester import Tester
from pytest_flipsnack.contract.suite.trials.trial import Declared, Findings, Trial
from pytest_flipsnack.fake.call import Call

_T = TypeVar("_T")
_CONFIRMED = 3
"""So many calls with ever shorter waits are no jitter."""
_DRAWN = 5
"""So many calls with short waits alone are no jitter."""
_MIN_FINAL_WAIT_S = 0.1


def _every_reply(tester: Tester, code: Code) -> Findings:
    tester.answer(code, forever=True)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    yield from tester.require.failure(attempt, f"answered {code.value}", code=code)
    yield from tester.require.carried(attempt, code)
    yield from tester.require.readable(attempt, code)
    yield from _shrinks(tester, attempt)
    yield from _gives_up_early(tester, attempt)
    yield from _final_wait(tester, attempt, code)


def _shrinks(tester: Tester, attempt: Attempt) -> Findings:
    """Ever shorter waits, in this call and in each of two more."""
    for last, found in _in_each(_CONFIRMED, tester, attempt, shrinking):
        yield from _growing(tester, last, *found)


def _gives_up_early(tester: Tester, attempt: Attempt) -> Findings:
    """All waits together shorter than what they wait for, in this call and in some more."""
    for last, (call, lasted_s) in _in_each(_DRAWN, tester, attempt, too_short):
        count = len(last.calls) - 1
        again = "1 retry" if count == 1 else f"{count} retries"
        text = finding(
            f"{reply_of(call)} and the client gave up after {again} within {seconds(lasted_s)} s",
            f"waits in which it can pass ({Code(call.code or 0).label}), or no retry",
            last.calls,
        )
        yield from tester.require.sound("lasting_waits", text)


def _in_each(
    times: int, tester: Tester, attempt: Attempt, judge: Callable[..., tuple[Call, _T] | None]
) -> Iterator[tuple[Attempt, tuple[Call, _T]]]:
    """Yield the last attempt and what `judge` saw in it, if it sees that in so many calls."""
    rules = rules_of(type(tester.contract))
    for left in reversed(range(times)):
        found = judge(attempt.calls, rules, attempt.waits)
        if found is None:
            return
        if left:
            attempt = tester.call()
        else:
            yield attempt, found


def _final_wait(tester: Tester, attempt: Attempt, code: Code) -> Findings:
    """A wait after the last reply, which none follows that succeeds."""
    same = [call for call in attempt.calls if is_same(call, attempt.calls[-1])]
    if len(same) < 2 or attempt.never_stopped or code.handling is not Handling.RETRY:
        return  # a poll often waits at the end of each turn
    least_s = same[-1].at - same[-2].at
    if attempt.final_wait_s < max(least_s, _MIN_FINAL_WAIT_S):
        return
    tester.forget_answers()
    success = tester.call()  # a client that waits after every reply keeps a limit by it
    if success.calls and success.final_wait_s < attempt.final_wait_s / 2:
        yield from _no_final_wait(tester, attempt, code)


def _in_turn(tester: Tester, codes: tuple[Code, ...]) -> Findings:
    """Codes that pass, one after the other: a bound for each alone is none."""
    for _ in range(tester.contract.max_requests):
        for code in codes:
            tester.answer(code)
    attempt = tester.call()
    tester.forget_answers()
    yield from tester.require.usual(attempt)
    names = " and ".join(str(code.value) for code in codes)
    yield from tester.require.failure(attempt, f"answered {names} in turn, without end")


def _first_reply(tester: Tester, code: Code) -> Findings:
    """A client that retries recovers, another reports the code."""
    tester.answer(code)
    attempt = tester.call()
    yield from tester.require.usual(attempt)
    # a download is waited for by its own state, and 38 may be the caller's to wait for
    if (code is Code.PROCESSING and tester.require.waits_out_38) or attempt.retried(
        lambda call: call.code == code
    ):
        yield from tester.require.success(attempt, f"answered {code.value} and then 20")
        yield from _lost(tester, attempt, code)
    else:
        yield from tester.require.failure(attempt, f"answered {code.value}", code=code)
        yield from tester.require.carried(attempt, code)


def _lost(tester: Tester, attempt: Attempt, code: Code) -> Findings:
    """A success after a retry gives what it gives without one."""
    if attempt.value is not None or tester.require.failed(attempt):
        return
    plain = tester.call()
    if plain.value is not None and not tester.require.failed(plain):
        yield finding(
            f"{tester.action.name} answered {code.value} and then 20, and the client returned None",
            f"what it returns without the {code.value}, {type(plain.value).__name__}",
            attempt.calls,
        )


def _errors(_action: Action, _declared: Declared) -> Iterator[tuple[str, Code]]:
    # the table lists codes for the API and not by method: any call may meet any of them
    yield from ((str(code.value), code) for code in known_codes() if code is not Code.OK)


def _passing(action: Action, declared: Declared) -> Iterator[tuple[str, Code]]:
    for name, code in _errors(action, declared):
        if code.handling in {Handling.RETRY, Handling.POLL}:
            yield name, code


def _growing(tester: Tester, attempt: Attempt, call: Call, waited: Sequence[float]) -> Findings:
    """Yield the finding on waits that get shorter and shorter."""
    shown = ", ".join(f"{seconds(wait_s)} s" for wait_s in waited)
    text = finding(
        f"{reply_of(call)} and the client retried after ever shorter waits: {shown}",
        "waits that grow, or that stay the same",
        attempt.calls,
    )
    yield from tester.require.sound("growing_waits", text)


def _no_final_wait(tester: Tester, attempt: Attempt, code: Code) -> Findings:
    """Yield the finding on a wait that no request follows."""
    text = finding(
        f"{tester.action.name} answered {code.value} and the client waited "
        f"{seconds(attempt.final_wait_s)} s after its last attempt, only to give up",
        "the error right after the last reply",
        attempt.calls,
    )
    yield from tester.require.sound("final_wait", text)


_TURNS = {"31-50": (Code.REQUESTS_PER_SECOND, Code.OPERATION_FAILED)}
TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_code",
        "A code in every reply is an error that carries the code; retries wait and end.",
        _errors,
        _every_reply,
    ),
    Trial(
        "test_recovery",
        "A client that retries recovers from a code that passes.",
        _passing,
        _first_reply,
    ),
    Trial(
        "test_alternation",
        "Different codes that pass, in turn, are given up on like a single one.",
        lambda action, declared: _TURNS.items(),
        _in_turn,
    ),
)
