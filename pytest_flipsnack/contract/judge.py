"""Check what a client did against the handling rules; a finding is two lines and a timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, known_code
from pytest_flipsnack.contract.retries import Retry, RetryMode, Waits, rule_for
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import fault_of
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.virtual_time.real_waits import RealWait

LEAST_WAIT_S = 1e-6
"""A shorter wait counts as none; full jitter may draw any wait above 0."""
TOLERANCE_S = 0.05
"""Sums of waits, and a clock that is read twice, are not exact."""
MAX_REQUESTS = 500
"""The default limit: a call that makes so many requests is stopped."""
LONGEST_S = 86_400.0
_SHOWN = 8


class ClientDoesNotStopError(BaseException):
    """Raised inside the client; no `except Exception` can swallow it."""


def label(code: int) -> str:
    """Return the code with its message, where it has one."""
    known = known_code(code)
    return known.label if known is not None else f"{code} (unknown code)"


def reply_of(call: Call) -> str:
    """Return the reply to a call, as the beginning of a sentence."""
    did = f"answered {call.outcome}" if call.fault is None else fault_of(call.fault).meaning
    return f"{call.action or 'Flipsnack'} {did}"


def seconds(value: float) -> str:
    """Return seconds as they are shown: to a tenth, or to a millisecond where that tells more."""
    rough = f"{value:.1f}"
    if value >= 1 or abs(value - float(rough)) < LEAST_WAIT_S:
        return rough
    return f"{value:.3f}".rstrip("0") if value >= 0.001 else f"{value:.6f}"


def timeline(calls: Sequence[Call], at: Sequence[int] = ()) -> str:
    """Return requests and replies on one line; a long one is cut, but never the calls in `at`.

    Of several of these the last one is marked: it is the one that should not have come.
    """
    if not calls:
        return "no request"
    half = _SHOWN // 2
    kept = [index in at or not half <= index < len(calls) - half for index in range(len(calls))]
    steps = _steps(calls)
    if len(at) > 1:
        steps[at[-1]] += " <--"
    shown: list[str] = []
    left = 0
    for step, keep in zip([*steps, ""], [*kept, True], strict=True):
        if keep and left:
            shown.append(f"... {left} more ...")
        left = 0 if keep else left + 1
        shown += [step] if keep and step else []
    return ", ".join(shown)


def finding(what: str, allowed: object, calls: Sequence[Call], at: Sequence[int] = ()) -> Finding:
    """Return a finding with a timeline; `at` are the indexes of the calls that it is about."""
    return Finding(what, (("allowed", str(allowed)), ("seen", timeline(calls, at))))


def with_notes(found: Finding, waits: Sequence[RealWait], *, unobserved_sleep: str) -> Finding:
    """Return a finding with the real waits of its test, and with what may have caused them."""
    for wait in waits:
        found = found.adding("real", str(wait))
    if unobserved_sleep:
        found = found.adding("hint", f"{unobserved_sleep}; leave it alone, time is virtual here")
    return found


def judge_retries(
    calls: Sequence[Call], rules: Mapping[int, Retry], waits: Waits, ending: str = ""
) -> list[Finding]:
    """Return what was wrong with the way the client retried.

    `ending` says how the call ended: a client that did not retry may have taken the code for a
    success, or crashed.
    """
    found: list[Finding] = []
    judged: set[tuple[str | None, int]] = set()
    for index, call in enumerate(calls):
        if call.code is None or (call.code == Code.OK and not call.pending):
            continue
        rule = Retry() if call.pending else rule_for(call.code, rules)
        later = next((i for i in range(index + 1, len(calls)) if is_same(call, calls[i])), None)
        key = (call.action, call.code)
        if key not in judged:
            judged.add(key)
            found += _judge_count(call, rule, calls, waits, ending)
        if later is None:
            continue
        wait_s, most_s = waits.between(call, calls[later])
        retried = f"{reply_of(call)} and the client retried after {seconds(wait_s)} s"
        if rule.mode is RetryMode.FORBIDDEN:
            found.append(
                finding(retried, f"one request ({label(call.code)})", calls, (index, later))
            )
        elif wait_s < LEAST_WAIT_S or most_s < rule.wait_s - TOLERANCE_S:
            found.append(
                finding(
                    retried,
                    f"{rule} ({call.outcome if call.pending else label(call.code)})",
                    calls,
                    (index, later),
                )
            )
        if found:
            break
    return found[:1]


def judge_end(why: str, calls: Sequence[Call]) -> Finding:
    """Return the finding on a client that had to be stopped."""
    # the fake succeeds in the end, and a success is no reason to retry
    asked = [call for call in calls if call.code != Code.OK or call.pending] or calls
    last = reply_of(asked[-1]) if asked else "there was no reply"
    return finding(
        f"{last} and the client did not stop: {why}", "a limited number of requests", calls
    )


def _judge_count(
    call: Call, rule: Retry, calls: Sequence[Call], waits: Waits, ending: str
) -> list[Finding]:
    same = [other for other in calls if is_same(call, other)]
    if any(other.code != call.code for other in same[:-1]):
        return []
    again, lasted = len(same) - 1, same[-1].code == call.code
    waited = [waits.between(early, late) for early, late in pairwise(same)]
    shown = ", ".join(seconds(least) for least, _ in waited)
    if _is_wrong_count(rule, again, lasted=lasted):
        did = f"retried {'once' if again == 1 else f'{again} times'}" if again else "did not retry"
    elif _are_wrong_waits(rule, waited):
        did = f"retried after waits of {shown} s"
    elif rule.lasts_s and again and lasted and _sum(waited) < rule.lasts_s - TOLERANCE_S:
        did = f"retried after waits of {shown} s, {seconds(_sum(waited))} s in all"
    else:
        return []
    text = f"{reply_of(call)} and the client {did}" + (f": {ending}" if ending else "")
    return [finding(text, f"{rule} ({label(call.code or 0)})", calls)]


def _is_wrong_count(rule: Retry, again: int, *, lasted: bool) -> bool:
    """Return whether a client retried too often, or gave up too early on a code that `lasted`."""
    most, exactly = rule.at_most, rule.exactly
    if rule.waits_s is not None:
        most = exactly = len(rule.waits_s)
    return (
        (most is not None and again > most)
        or (lasted and exactly is not None and again != exactly)
        or (rule.mode is RetryMode.REQUIRED and again == 0)
    )


def _are_wrong_waits(rule: Retry, waited: Sequence[tuple[float, float]]) -> bool:
    declared = zip(waited, rule.waits_s or (), strict=False)
    return any(
        not least - TOLERANCE_S <= wait_s <= most + TOLERANCE_S
        for (least, most), wait_s in declared
    ) or (rule.grows and any(late[1] < early[0] - TOLERANCE_S for early, late in pairwise(waited)))


def _sum(waited: Sequence[tuple[float, float]]) -> float:
    return sum(most for _, most in waited)


def is_same(call: Call, other: Call) -> bool:
    """Return whether a call is a retry of another one.

    Parameters that no page lists are ignored: a client may send a new number with each request.
    """
    return call.action == other.action and _asked(call) == _asked(other)


def _asked(call: Call) -> dict[str, str]:
    action = ACTIONS.get(call.action or "")
    known = {param.name for param in action.params} if action else call.params.keys()
    return {name: value for name, value in call.params.items() if name in known}


def _steps(calls: Sequence[Call]) -> list[str]:
    start = calls[0].at
    several = len({call.action for call in calls}) > 1
    return [
        f"t={seconds(call.at - start)} s {f'{call.action} ' if several else ''}{call.outcome}"
        for call in calls
    ]
