"""Whether the waits of a client can work: what passes after a while must have that while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from pytest_flipsnack.catalogue.codes import Code, Handling, known_code, known_codes
from pytest_flipsnack.contract.judge import finding, is_same, reply_of, seconds
from pytest_flipsnack.contract.retries import Retry, Waits
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.finding import Finding

_LASTING = frozenset({Code.MAINTENANCE_MODE, Code.REQUESTS_PER_MINUTE, Code.OPERATION_FAILED})
"""Codes that the vendor says to retry later, after a minute, after a few seconds."""
_PASSING = _LASTING | {Code.REQUESTS_PER_SECOND}
_HASTY_RETRIES = 3
_HASTY_S = 1.0
_HASTY_POLLS = 5
_BLINK_S = 0.05
"""Three waits within this are milliseconds meant as seconds; jitter up to a second never draws them."""
_EQUAL = 1.1
_SHRINKS = 3
_SHORTER = 0.75
"""A wait of at most this share of the one before is shorter, jitter of some per cent aside."""
_LEAST_S = {
    Code.MAINTENANCE_MODE: 0.95,
    Code.REQUESTS_PER_SECOND: 0.9,
    Code.REQUESTS_PER_MINUTE: 2.5,
    Code.OPERATION_FAILED: 0.95,
}
"""Waits that end sooner, all together, cannot work. The vendor says "later", a second, a minute and
a few seconds; these figures are lower by far (choices), because limits may slide."""


def judge_pace(
    calls: Sequence[Call], rules: Mapping[int, Retry], waits: Waits
) -> Iterator[Finding]:
    """Yield a finding where the waits are used up before what passes slowly can have passed."""
    yield from _judge_polls(calls, rules, waits)
    for code in sorted(_undeclared(rules)):
        first = next((call for call in calls if call.code == code), None)
        same = [call for call in calls if first and is_same(call, first) and call.code == code]
        least = [waits.between(early, late)[0] for early, late in pairwise(same)]
        if len(least) < _HASTY_RETRIES:
            continue
        equal = max(least) <= _EQUAL * min(least) and code in _LASTING and sum(least) < _HASTY_S
        if equal or sum(least[:_HASTY_RETRIES]) < _BLINK_S:
            yield finding(
                f"{same[0].action} answered {code.value} and the client retried {len(least)} "
                f"times within {seconds(sum(least))} s",
                f"waits that grow, or that last a second ({code.label})",
                calls,
            )


def _judge_polls(
    calls: Sequence[Call], rules: Mapping[int, Retry], waits: Waits
) -> Iterator[Finding]:
    """Yield a finding where a client polls many times a second; a page says every few seconds."""
    pending = [call for call in calls if _is_polled(call)]
    if Code.PROCESSING in rules and rules[Code.PROCESSING].sets_waits:
        return
    for first in pending[:1]:
        same = [call for call in pending if is_same(call, first)]
        least = [waits.between(early, late)[0] for early, late in pairwise(same)]
        within_s = sum(least[:_HASTY_POLLS])
        if len(least) >= _HASTY_POLLS and within_s < _HASTY_S:
            yield finding(
                f"{reply_of(first)} and the client polled {_HASTY_POLLS} times within "
                f"{seconds(within_s)} s",
                f"a poll every few seconds ({Code.PROCESSING.label})",
                calls,
            )


def _undeclared(rules: Mapping[int, Retry]) -> frozenset[Code]:
    """Return the codes that pass, less those for which a project has declared the waits."""
    local = {one for one in known_codes() if one.is_local and one.handling is Handling.RETRY}
    return (_PASSING | local) - {code for code, rule in rules.items() if rule.sets_waits}


def _is_polled(call: Call) -> bool:
    """Return whether a reply asks the client to come back later."""
    known = known_code(call.code)
    return call.pending or (known is not None and known.handling is Handling.POLL)


def too_short(
    calls: Sequence[Call], rules: Mapping[int, Retry], waits: Waits
) -> tuple[Call, float] | None:
    """Return the call that was given up before it could succeed, and how long that took, or None.

    One quick retry after 31 may hit the next second. Jitter may draw short waits; only a client
    that always does so is too hasty.
    """
    for call in calls[:1]:
        same = [other for other in calls if is_same(call, other)]
        if call.code not in _undeclared(rules) or any(other.code != call.code for other in same):
            continue
        once = 1 if call.code == Code.REQUESTS_PER_SECOND else 0
        lasted = [waits.between(early, late) for early, late in pairwise(same)]
        most_s = sum(most for _, most in lasted)
        if len(same) - 1 > once and most_s < _LEAST_S.get(Code(call.code), 0.0):
            return call, sum(least for least, _ in lasted)
    return None


def shrinking(
    calls: Sequence[Call], rules: Mapping[int, Retry], waits: Waits
) -> tuple[Call, list[float]] | None:
    """Return the call whose retries came after ever shorter waits, and these waits, or None.

    Jitter may draw such waits once; only a client that always does so has them the wrong way round.
    """
    for call in calls:
        same = [other for other in calls if is_same(call, other)]
        if call.code not in _undeclared(rules) or any(other.code != call.code for other in same):
            continue
        waited = [waits.between(early, late)[1] for early, late in pairwise(same)]
        if len(waited) >= _SHRINKS and all(
            late <= _SHORTER * early for early, late in pairwise(waited)
        ):
            return call, waited
    return None
