"""Check the outcome of a call against the contract; every finding ends with a way out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.carried_code import carries
from pytest_flipsnack.contract.judge import finding, judge_end, judge_pace, judge_retries, label
from pytest_flipsnack.contract.secrecy import leaks
from pytest_flipsnack.contract.suite.cases import Case
from pytest_flipsnack.contract.suite.declarations import Declarations, rules_of
from pytest_flipsnack.contract.suite.probe import Outcome
from pytest_flipsnack.fake.finding import Finding

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake

_NOT_DECLARED: Any = object()
_CRASHES = (
    KeyError, TypeError, AttributeError, IndexError, NameError, RecursionError, MemoryError,
)  # fmt: skip
_TRANSPORTS = frozenset(
    [
        "aiohttp",
        "asyncio",
        "http",
        "httpcore",
        "httpx",
        "requests",
        "socket",
        "ssl",
        "urllib",
        "urllib3",
    ]
)


class Judging:
    """Checks outcomes of one call against what its contract declares."""

    fake: Fake
    _contract: Declarations
    _case: Case

    def failed(self, outcome: Outcome) -> bool:
        """Return whether the client reported a failure."""
        if outcome.error is not None or self._contract.failed(outcome.value):
            return True
        if outcome.calls and outcome.calls[-1].code == Code.OK:
            return False  # None may be what the client returns for an error, and for a success
        declared = self._contract.returns.values()
        return any(_is_value(outcome.value, value) for value in declared)

    def common(self, outcome: Outcome) -> Iterator[Finding]:
        """Yield the findings that are the same for every reply."""
        calls, rules = outcome.calls, rules_of(type(self._contract))
        if outcome.never_stopped:
            yield from self._blocking(outcome)  # no timeout of its own can stop such a client
            yield from judge_retries(calls, rules, outcome.waits)
            most = self._contract.max_requests
            later = f"raise the limit if it stops by itself later: max_requests = {2 * most}, "
            text = judge_end(str(outcome.error), calls)
            yield from self._sound("bound", text, later if len(calls) >= most else "")
        if not any(call.action in {self._case.action.name, None} for call in calls):
            yield finding(
                f"{self._case.method} did not call {self._case.action.name} ({ending_of(outcome)})",
                f"a request for {self._case.action.name} by the method that is marked @call({self._case.action.name!r})",
                calls,
            )
        if calls[0].timeout_s is not None:  # else test_request reports it, once
            yield from self.must_time_out(outcome)
        yield from judge_retries(calls, rules, outcome.waits, ending_of(outcome))
        for hasty in judge_pace(calls, rules, outcome.waits):
            yield from self._sound("growing_waits", hasty)
        subject = outcome.subject if self.failed(outcome) else None
        for leak in leaks(subject, outcome.logged, self.fake.secrets(), outcome.own):
            text = finding(leak, "no secret outside the request", calls)
            yield from self._sound("secrets", text)
        yield from self._blocking(outcome)

    def _blocking(self, outcome: Outcome) -> Iterator[Finding]:
        for blocking in outcome.blocking:
            text = finding(
                f"the async client blocks the event loop: {blocking}",
                "await asyncio.sleep(...) and an async HTTP library",
                outcome.calls,
            )
            yield from self._sound("async", text)

    def must_succeed(self, outcome: Outcome, why: str) -> Iterator[Finding]:
        """Yield a finding unless the client reported a success."""
        if self.failed(outcome):
            yield finding(
                f"{self._case.action.name} {why}, and the client {ending_of(outcome)}",
                "a success",
                outcome.calls,
            )

    def must_fail(
        self, outcome: Outcome, why: str, *, wire: bool = False, code: int | None = None
    ) -> Iterator[Finding]:
        """Yield a finding unless the client reported a failure, with an error of its own.

        With `code`, the finding says how to declare a value that the client returns for it.
        """
        error = outcome.error
        if not self.failed(outcome):
            yield finding(
                f"{self._case.action.name} {why}, and the client took it for a success: {outcome}",
                "an error" if code is None else f"an error, or returns = {{{code}: ...}} declared",
                outcome.calls,
            )
        elif error is not None and not (outcome.never_stopped or (wire and _is_transport(error))):
            yield from self._clean(error, outcome, why)

    def _clean(self, error: BaseException, outcome: Outcome, why: str) -> Iterator[Finding]:
        base = self._contract.error
        if base is not None and not isinstance(error, base):
            what = f"{self._case.action.name} {why}, and the client {ending_of(outcome)}"
            allowed = f"{_names(base)}, as the class declares"
            yield from self._sound("clean_errors", finding(what, allowed, outcome.calls))
        elif base is None and isinstance(error, _CRASHES):
            what = f"{self._case.action.name} {why}, and the client crashed: {ending_of(outcome)}"
            allowed = "an error that says what happened"
            yield from self._sound("clean_errors", finding(what, allowed, outcome.calls))

    def must_carry(self, outcome: Outcome, code: int) -> Iterator[Finding]:
        """Yield a finding unless the error or value is the declared one, and carries the code."""
        declared = self._contract.raises.get(code)
        returned = self._contract.returns.get(code, _NOT_DECLARED)
        kept: list[bool] = []
        promised: list[str] = []
        if declared is not None:
            kept.append(isinstance(outcome.error, declared))
            promised.append(f"raises {_names(declared)}")
        if returned is not _NOT_DECLARED:
            # where both are declared, one call raises and another returns: either will do
            by_value = declared is None or outcome.error is None
            kept.append(by_value and _is_value(outcome.value, returned))
            promised.append(f"returns {getattr(returned, '__name__', repr(returned))}")
        if kept and not any(kept):
            yield finding(
                f"{self._case.action.name} answered {code} and the client {ending_of(outcome)}",
                f"it {' or '.join(promised)} ({label(code)})",
                outcome.calls,
            )
        if returned is not _NOT_DECLARED or self._tells_by_class(code):
            return
        number = self._contract.code_of(outcome.subject)
        # a number that is no code of Flipsnack's is one of the client's own
        wrong = number != code and number in set(Code)
        if wrong or (number is None and not carries(outcome.subject, code)):
            what = (
                f"{self._case.action.name} answered {code} and the client {ending_of(outcome)}; "
                f"this {f'carries {number}' if wrong else 'does not carry the code'}"
            )
            allowed = f"{code} in an attribute or in the text ({label(code)})"
            yield from self._sound("codes", finding(what, allowed, outcome.calls))

    def per_page(self, action: str) -> int:
        """Return the declared number of records on a page."""
        return self._contract.pages[action]

    def polls(self, action: str) -> bool:
        """Return whether the call of an action is declared to poll until processing ends."""
        return action in set(self._contract.polls)

    def must_time_out(self, outcome: Outcome) -> Iterator[Finding]:
        """Yield a finding where a request has no timeout."""
        if any(call.timeout_s is None for call in outcome.calls):
            allowed = "a timeout on every request"
            text = finding("the client sent a request without a timeout", allowed, outcome.calls)
            yield from self._sound("timeout", text)

    def _sound(self, practice: str, found: Finding, other_way: str = "") -> Iterator[Finding]:
        if practice not in set(self._contract.without):
            way_out = f"fix the client, {other_way}or turn the check off: without = [{practice!r}]"
            yield found.adding("way out", way_out)

    def _tells_by_class(self, code: int) -> bool:
        declared = self._contract.raises.get(code)
        return declared is not None and [*self._contract.raises.values()].count(declared) == 1


def _is_value(value: object, declared: Any) -> bool:
    return bool(declared(value)) if callable(declared) else bool(value == declared)


def _names(kinds: Any) -> str:
    members = kinds if isinstance(kinds, tuple) else (kinds,)
    return " or ".join(kind.__name__ for kind in members)


def ending_of(outcome: Outcome) -> str:
    """Return how a call ended, with the text of its error."""
    if outcome.error is None:
        return str(outcome)
    text = str(outcome.error)
    if outcome.never_stopped:
        return f"did not stop: {text}"
    return f"{outcome}: {text[:200]}" if text else str(outcome)


def _is_transport(error: BaseException) -> bool:
    module = type(error).__module__.partition(".")[0]
    return module in _TRANSPORTS or isinstance(error, OSError | TimeoutError)
