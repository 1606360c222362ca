"""What a contract requires of an attempt; every finding ends with a way out."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, known_code
from pytest_flipsnack.contract.carried_code import carries
from pytest_flipsnack.contract.exceptions import apart, is_transport, names_of
from pytest_flipsnack.contract.judge import finding, judge_end, judge_retries, label, reply_of
from pytest_flipsnack.contract.leaks import leaks, shown_at_rest
from pytest_flipsnack.contract.pace import judge_pace
from pytest_flipsnack.contract.suite.attempt import (
    LONGEST_TIMEOUT_S,
    Attempt,
    ended_at_a_deadline,
    ending_of,
    is_result,
    texts_of,
)
from pytest_flipsnack.contract.suite.declarations import Declarations, PracticeName, rules_of
from pytest_flipsnack.fake.finding import Finding

if TYPE_CHECKING:
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.fake.fake import Fake

_NOT_DECLARED: Any = object()
_CRASHES = (
    KeyError, TypeError, AttributeError, IndexError, NameError, RecursionError, MemoryError,
)  # fmt: skip
_LAZY = (Iterator, AsyncIterator)
_UNREAD = "what it returned is read later; read all of it, as in return list(client.pages())"


_RESULT = "a client that returns its errors declares failed(self, result) and code_of(self, result)"


class Requirements:
    """Checks attempts of one call against what its contract declares."""

    def __init__(self, contract: Declarations, method: str, action: Action, fake: Fake) -> None:
        self._contract = contract
        self._method = method
        self._action = action.name
        self._fake = fake
        self.judged: list[Call] = []
        """The calls that something was required of."""

    def failed(self, attempt: Attempt) -> bool:
        """Return whether the client reported a failure."""
        if attempt.error is not None or self._contract.failed(attempt.value):
            return True
        if attempt.calls and attempt.calls[-1].code == Code.OK:
            return False  # None may be what the client returns for an error, and for a success
        declared = self._contract.returns.values()
        return any(_is_value(attempt.value, value) for value in declared)

    def usual(self, attempt: Attempt) -> Iterator[Finding]:
        """Yield the findings that are the same for every reply."""
        calls, rules = attempt.calls, rules_of(type(self._contract))
        self.judged += calls
        if attempt.never_stopped:
            yield from self._blocking(attempt)  # no timeout of its own can stop such a client
            yield from judge_retries(calls, rules, attempt.waits)
            most = self._contract.max_requests
            later = f"raise the limit if it stops by itself later: max_requests = {2 * most}, "
            text = judge_end(str(attempt.error), calls)
            yield from self.sound("bound", text, later if len(calls) >= most else "")
        if not any(call.action in {self._action, None} for call in calls):
            yield self.not_called(attempt)
        if calls and calls[0].timeout_s is not None:  # else test_request reports it, once
            yield from self.timeout(attempt)
        yield from judge_retries(calls, rules, attempt.waits, ending_of(attempt))
        for hasty in judge_pace(calls, rules, attempt.waits):
            yield from self.sound("growing_waits", hasty)
        subject = attempt.subject if self.failed(attempt) else None
        secrets = self._fake.secrets()
        leaking = leaks(subject, attempt.logged, secrets, attempt.own, attempt.printed)
        at_rest = shown_at_rest([*attempt.given, attempt.value], secrets, attempt.own)
        for leak in [*leaking, *at_rest]:
            text = finding(leak, "no secret outside the request", calls)
            yield from self.sound("secrets", replace(text, always=leak in at_rest))
        yield from self._blocking(attempt)

    def not_called(self, attempt: Attempt) -> Finding:
        """Return the finding on a method that did not make its call."""
        what = f"{self._method} did not call {self._action} ({ending_of(attempt)})"
        allowed = (
            f"a request for {self._action} by the method that is marked @call({self._action!r})"
        )
        found = replace(finding(what, allowed, attempt.calls), always=True)
        return found.adding("hint", _UNREAD) if isinstance(attempt.value, _LAZY) else found

    def _blocking(self, attempt: Attempt) -> Iterator[Finding]:
        for blocking in attempt.blocking:
            text = finding(
                f"the async client blocks the event loop: {blocking}",
                "await asyncio.sleep(...) and an async HTTP library",
                attempt.calls,
            )
            yield from self.sound("async", text)

    def success(self, attempt: Attempt, why: str) -> Iterator[Finding]:
        """Yield a finding unless the client reported a success."""
        self.judged += attempt.calls
        if self.failed(attempt):
            yield finding(
                f"{self._action} {why}, and the client {ending_of(attempt)}",
                "a success",
                attempt.calls,
            )

    def failure(
        self, attempt: Attempt, why: str, *, wire: bool = False, code: int | None = None
    ) -> Iterator[Finding]:
        """Yield a finding unless the client reported a failure, with an error of its own.

        With `code`, the finding says how to declare a value that the client returns for it.
        """
        error = attempt.error
        self.judged += attempt.calls
        if not self.failed(attempt):
            what = (
                f"{self._action} {why}, and the client took it for a success: {ending_of(attempt)}"
            )
            or_else = "" if code is None else f" ({label(code)}), or returns = {{{code}: ...}}"
            found = finding(what, f"an error{or_else}", attempt.calls)
            returns = type(self._contract).failed is Declarations.failed and is_result(attempt)
            yield found.adding("hint", _RESULT) if returns else found
        # a class that declares its errors is held to them, whatever its library raises
        elif not (wire and self._contract.error is None and is_transport(error)):
            yield from self._clean(attempt, why)

    def no_crash(self, attempt: Attempt) -> Iterator[Finding]:
        """Yield a finding where the client raised what no call may, whatever was answered."""
        last = attempt.calls[-1] if attempt.calls else None
        # one that asked for nothing refuses what it was given
        if last is not None and not (last.fault and is_transport(attempt.error)):
            yield from self._clean(attempt, reply_of(last).removeprefix(f"{self._action} "))

    def _clean(self, attempt: Attempt, why: str) -> Iterator[Finding]:
        base, error = self._contract.error, attempt.error
        if not isinstance(error, Exception) or attempt.never_stopped:
            return
        if base is not None and not isinstance(error, base):
            what = f"{self._action} {why}, and the client {ending_of(attempt, base)}"
            allowed = f"{names_of(base, error)}, as in error = {names_of(base)}"
            found = apart(finding(what, allowed, attempt.calls), error, base)
            alone = isinstance(error, _CRASHES) or found.lines[-1][0] == "hint"
            other_way = "" if alone else f"name {type(error).__name__} in error as well, "
            yield from self.sound("clean_errors", found, other_way)
        elif base is None and isinstance(error, _CRASHES):
            what = f"{self._action} {why}, and the client crashed: {ending_of(attempt)}"
            allowed = "an error that says what happened"
            yield from self.sound("clean_errors", finding(what, allowed, attempt.calls))

    def readable(self, attempt: Attempt, code: int) -> Iterator[Finding]:
        """Yield a finding where an error has nothing to say for itself."""
        error = attempt.error
        if attempt.never_stopped or is_transport(error):
            return
        texts = [str(error)] if error is not None else texts_of(attempt)
        if texts and not any(re.search(r"\w", text) for text in texts):
            what = (
                f"{self._action} answered {code} and the client {ending_of(attempt)} without a text"
            )
            allowed = f"a text with the code or its message ({label(code)})"
            yield from self.sound("readable", finding(what, allowed, attempt.calls))

    def carried(self, attempt: Attempt, code: int) -> Iterator[Finding]:
        """Yield a finding unless the error or value is the declared one, and carries the code."""
        declared = self._contract.raises.get(code)
        returned = self._contract.returns.get(code, _NOT_DECLARED)
        kept: list[bool] = []
        promised: list[str] = []
        if declared is not None:
            kept.append(isinstance(attempt.error, declared))
            promised.append(f"raises {names_of(declared, attempt.error)}")
        if returned is not _NOT_DECLARED:
            # where both are declared, one call raises and another returns: either will do
            by_value = declared is None or attempt.error is None
            kept.append(by_value and _is_value(attempt.value, returned))
            promised.append(f"returns {getattr(returned, '__name__', repr(returned))}")
        if kept and not any(kept):
            what = f"{self._action} answered {code} and the client {ending_of(attempt, declared)}"
            allowed = f"it {' or '.join(promised)} ({label(code)})"
            yield apart(finding(what, allowed, attempt.calls), attempt.error, declared)
        if returned is not _NOT_DECLARED or self._tells_by_class(code):
            return
        number = self._contract.code_of(attempt.subject)
        # a number that is no code of Flipsnack's is one of the client's own
        wrong = number != code and known_code(number) is not None
        if wrong or (number is None and not carries(attempt.subject, code)):
            what = (
                f"{self._action} answered {code} and the client {ending_of(attempt)}; "
                f"this {f'carries {number}' if wrong else 'does not carry the code'}"
            )
            allowed = f"{code} in an attribute or in the text ({label(code)})"
            yield from self.sound("codes", finding(what, allowed, attempt.calls))

    @property
    def polls(self) -> bool:
        """Whether the call is declared to poll until processing ends."""
        return self._action in set(self._contract.polls)

    @property
    def waits_out_38(self) -> bool:
        """Whether the call is declared to wait until it is no longer refused with 38."""
        # one that never answers that it is processing has nothing else to poll for
        return self._action in set(self._contract.waits_out_38) or (
            self.polls and not ACTIONS[self._action].answers_processing
        )

    def timeout(
        self, attempt: Attempt, has_deadline: Callable[[], bool] = lambda: False
    ) -> Iterator[Finding]:
        """Yield a finding where a request has no timeout, or one that is as good as none."""
        longest_s = max((call.timeout_s or 0.0 for call in attempt.calls), default=0.0)
        if longest_s > LONGEST_TIMEOUT_S:
            what = f"the client sent a request with a timeout of {longest_s:g} s"
            allowed = f"a timeout in seconds, at most {LONGEST_TIMEOUT_S:g}"
            found = replace(finding(what, allowed, attempt.calls), always=True)
            yield from self.sound("timeout", found)
        bare = any(call.timeout_s is None for call in attempt.calls)
        if bare and not (ended_at_a_deadline(attempt) or has_deadline()):
            allowed = "a timeout on every request, or a deadline of asyncio around the call"
            text = finding("the client sent a request without a timeout", allowed, attempt.calls)
            yield from self.sound("timeout", text)

    def sound(
        self, practice: PracticeName, found: Finding, other_way: str = ""
    ) -> Iterator[Finding]:
        """Yield the finding on a sound practice, with its way out, unless it is turned off."""
        if practice not in set(self._contract.without):
            way_out = f"fix the client, {other_way}or turn the check off: without = [{practice!r}]"
            yield found.adding("way out", way_out)

    def _tells_by_class(self, code: int) -> bool:
        declared = self._contract.raises.get(code)
        return declared is not None and [*self._contract.raises.values()].count(declared) == 1


def _is_value(value: object, declared: Any) -> bool:
    return bool(declared(value)) if callable(declared) else bool(value == declared)
