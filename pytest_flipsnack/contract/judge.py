"""Hold what a client did against the rules; every finding is two lines and a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.handling import Again, Retry, rule_for
from pytest_flipsnack.fake.call import Call

LEAST_WAIT_S = 0.001
"""Less than this is no wait at all; jitter may come close to it."""
TOLERANCE_S = 0.05
"""A timer of an event loop is late by what really passed, so declared waits are not exact."""
MOST_REQUESTS = 500
LONGEST_S = 86_400.0
_SHOWN = 8


class ClientDoesNotStopError(BaseException):
    """Raised inside the client; no `except Exception` can swallow it."""


def label(code: int) -> str:
    """Return the code with its message, where it has one."""
    return Code(code).label if code in set(Code) else f"{code} (unknown code)"


def timeline(calls: Sequence[Call]) -> str:
    """Return what the client asked and heard, on one line, the middle left out where it is long."""
    if not calls:
        return "no request"
    if len(calls) > _SHOWN:
        half = _SHOWN // 2
        left = len(calls) - 2 * half
        shown = [
            *_steps(calls, calls[:half]),
            f"... {left} more ...",
            *_steps(calls, calls[-half:]),
        ]
    else:
        shown = _steps(calls, calls)
    return ", ".join(shown)


def finding(what: str, allowed: object, calls: Sequence[Call]) -> str:
    """Return a finding as it is printed."""
    return f"{what}\n    allowed: {allowed}\n    seen:    {timeline(calls)}"


def judge_retries(calls: Sequence[Call], rules: Mapping[int, Retry]) -> list[str]:
    """Return what was wrong with the way the client asked again."""
    found: list[str] = []
    judged: set[tuple[str | None, int]] = set()
    for index, call in enumerate(calls):
        if call.code is None or (call.code == Code.OK and not call.pending):
            continue
        rule = Retry() if call.pending else rule_for(call.code, rules)
        again = next((later for later in calls[index + 1 :] if _same(call, later)), None)
        key = (call.action, call.code)
        if key not in judged:
            judged.add(key)
            found += _judge_count(call, rule, calls)
        if again is None:
            continue
        wait_s = again.at - call.at
        if rule.again is Again.FORBIDDEN:
            found.append(
                finding(
                    f"{call.action} answered {call.code} and the client asked again after {wait_s:.1f} s",
                    f"one request ({label(call.code)})",
                    calls,
                )
            )
        elif wait_s < max(rule.wait_s - TOLERANCE_S, LEAST_WAIT_S):
            answered = "that it is still processing" if call.pending else str(call.code)
            found.append(
                finding(
                    f"{call.action} answered {answered} and the client asked again after {wait_s:.1f} s",
                    f"{rule} ({label(call.code)})",
                    calls,
                )
            )
        if found:
            break
    return found[:1]


def judge_end(why: str, calls: Sequence[Call]) -> str:
    """Return the finding on a client that had to be stopped."""
    last = calls[-1] if calls else None
    heard = f"{last.action} answered {last.outcome}" if last else "nothing was answered"
    return finding(
        f"{heard} and the client did not stop: {why}", "a bounded number of tries", calls
    )


def _judge_count(call: Call, rule: Retry, calls: Sequence[Call]) -> list[str]:
    same = [other for other in calls if _same(call, other)]
    if any(other.code != call.code for other in same[:-1]):
        return []
    again = len(same) - 1
    wrong = (
        (rule.at_most is not None and again > rule.at_most)
        or (rule.exactly is not None and again != rule.exactly and same[-1].code == call.code)
        or (rule.again is Again.REQUIRED and again == 0)
    )
    waits = [late.at - early.at for early, late in pairwise(same)]
    if not wrong and rule.waits_s is not None:
        wrong = any(
            abs(wait - told) > TOLERANCE_S for wait, told in zip(waits, rule.waits_s, strict=False)
        )
    if not wrong and rule.grows:
        wrong = any(late < early - TOLERANCE_S for early, late in pairwise(waits))
    if not wrong:
        return []
    times = "once" if again == 1 else f"{again} times"
    did = f"asked again {times}" if again else "did not ask again"
    text = f"{call.action} answered {call.code} and the client {did}"
    return [finding(text, f"{rule} ({label(call.code or 0)})", calls)]


def _same(call: Call, other: Call) -> bool:
    return call.action == other.action and call.params == other.params


def _steps(calls: Sequence[Call], shown: Sequence[Call]) -> list[str]:
    start = calls[0].at
    several = len({call.action for call in calls}) > 1
    return [
        f"t={call.at - start:.1f} s {f'{call.action} ' if several else ''}{call.outcome}"
        for call in shown
    ]
