"""A client's call between a fake and its contract: replies are arranged, the call is made."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from pytest_flipsnack.catalogue.action import SETTABLE_STATUSES, Action
from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import with_notes
from pytest_flipsnack.contract.leaks import own_packages
from pytest_flipsnack.contract.observation import Observation
from pytest_flipsnack.contract.suite.attempt import Attempt, Cancellation, Loop, make
from pytest_flipsnack.contract.suite.cause import CAUSE_ATTRIBUTE, Cause, of_refusal
from pytest_flipsnack.contract.suite.declarations import Declarations, calls_of
from pytest_flipsnack.contract.suite.requirements import Requirements
from pytest_flipsnack.fake.faults import FAULTS, Fault
from pytest_flipsnack.fake.finding import Finding, failure, listed
from pytest_flipsnack.fake.stubs import Stub, Stubs

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.virtual_time.clock import VirtualClock

TEXT, HASH, DOCUMENT = OF_ARGUMENTS = ("flipsnack_text", "flipsnack_hash", "flipsnack_document")
"""Fixtures of arguments, in whose place a trial may give other values."""
Bend: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Changes the envelope of a reply before it is sent."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a generated test works with; `resolve` returns the value of a fixture by its name."""

    fake: Fake
    clock: VirtualClock
    resolve: Callable[[str], Any]
    loop: Loop

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Wait for something on the loop of the calls, as to close an async client."""
        return self.loop.run(awaitable)


class Tester:
    """Arranges replies, makes one call of a contract, and checks what came of it."""

    def __init__(
        self, bench: Workbench, contract: Declarations, method: str, action: Action
    ) -> None:
        self.fake = bench.fake
        self.action = action
        self.method = method
        self.require = Requirements(contract, method, action, bench.fake)
        self._bench = bench
        self.contract = contract
        self._bound: Callable[..., Any] = getattr(contract, method)
        self._began: dict[str, int] = {}
        self._error: BaseException | None = None
        self._attempts: list[Attempt] = []
        # before any answer is declared: a client may make a request when it is made
        self._given = {name: bench.resolve(name) for name in signature(self._bound).parameters}
        # the first answer may be COMPLETE already, and not every client waits for it
        self.fake.configure({"download_s": 0.0})

    def check(self, findings: Iterable[Finding], *, every: bool = False) -> None:
        """Fail with the first thing that the client did wrong, or with all that it did."""
        __tracebackhide__ = True
        findings = chain(findings, self._crashes(), self._not_called())
        found = [*dict.fromkeys(findings)] if every else [*islice(findings, 1)]
        slips = self.fake.slips
        if slips:  # they explain whatever the client did afterwards
            also = [self.fake.masked(listed(found))] if every and found else []
            text = "\n".join([*self.fake.reported, *also])
            raise self._failure(slips[0], text) from self._error_shown()
        if found:
            first, clock = found[0].also(found[1:]), self._bench.clock
            first = with_notes(first, clock.real_waits, unobserved_sleep=clock.unobserved_sleep)
            raise self._failure(first, self.fake.masked(str(first))) from self._error_shown()
        self.fake.record.judge(self.require.judged)

    def _crashes(self) -> Iterator[Finding]:
        """Yield what a call raised with its own values; those of a trial may be of another kind."""
        for attempt in self._attempts:
            if not attempt.instead:
                yield from self.require.no_crash(attempt)

    def _not_called(self) -> Iterator[Finding]:
        """Yield a finding where no attempt made a request: what was declared is still waiting."""
        called = any(attempt.calls for attempt in self._attempts)
        if self._attempts and not called and self.fake.undelivered():
            yield self.require.not_called(self._attempts[0])

    def _failure(self, found: Finding, text: str) -> BaseException:
        """Return the exception for a finding, with the cause where that is no one test's alone."""
        made = failure(text)
        instead = any(attempt.instead for attempt in self._attempts)
        general, refusal, headline = not instead, found.refusal, text.partition("\n")[0]
        calls = chain.from_iterable(attempt.calls for attempt in self._attempts)
        refused = [call for call in calls if refusal and call.refusal is refusal]
        if refusal and refused:
            cause = of_refusal(refusal, refused[0].params, general=general)
            setattr(made, CAUSE_ATTRIBUTE, cause)
        elif found.always:
            setattr(made, CAUSE_ATTRIBUTE, Cause(headline, headline, general=general))
        return made

    def _error_shown(self) -> BaseException | None:
        """Return the client's own error, unless its text shows a secret."""
        error = self._error
        return error if error is not None and self.fake.masked(str(error)) == str(error) else None

    def answer(
        self, answer: Code | Fault, *, action: str = "", forever: bool = False, **how: Any
    ) -> None:
        """Declare an answer, for the call's own action or another."""
        asked = action or self.action.name
        self.fake.stubs.add(Stub(answer, asked, where="the contract", forever=forever, **how))

    def forget_answers(self) -> None:
        """Take back what was declared, where it is right not to have asked for it."""
        self.fake.stubs = Stubs()

    def fill(self, total: int, *, title: str = "", status: str = "") -> list[str]:
        """Have the account hold so many collections and no others; return their hashes."""
        collections = self.fake.account.collections
        collections.clear()
        names = [f"page{number:04d}" for number in range(total)]
        for name in names:
            fitting = status if status in SETTABLE_STATUSES else SETTABLE_STATUSES[0]
            collections.add(name, title=title or "Untitled", status=fitting)
        return names

    def take_time(self) -> None:
        """Let a download take as long as it does outside the contract."""
        self.fake.configure({"download_s": type(self.fake.account.settings)().download_s})

    def let_pass(self, seconds: float) -> None:
        """Let time pass between two calls."""
        self._bench.clock.sleep(seconds)

    def unanswered(self) -> Attempt:
        """Return a further call, which gets no answer.

        It is no attempt of the trial's: what it raises is judged by `test_wire`.
        """
        self.answer(FAULTS["timeout"], forever=True)
        attempt = self.call()
        self._attempts.remove(attempt)
        self.forget_answers()
        return attempt

    def fixture(self, name: str) -> Any:
        """Return the value of a fixture that the call asks for."""
        return self._given[name]

    def call(self, instead: Mapping[str, Any] | None = None, *, cancelled: bool = False) -> Attempt:
        """Make the call once, on collections that no earlier call has touched.

        `instead` has values to give in the place of those of fixtures that the call asks for. With
        `cancelled` the task of an async call is cancelled after the first reply.
        """
        self.fake.account.collections.forget_assumed()
        instead = instead or {}
        given = {name: instead.get(name, value) for name, value in self._given.items()}
        for name, value in given.items():
            self._rewind(name, value)
        call = functools.partial(self._bound, **given)
        observation = Observation(
            self.fake, self._bench.clock, self.contract.max_requests, self._own(given), prints=True
        )
        cancellation = Cancellation(self.fake.observers) if cancelled else None
        attempt = make(call, self._bench.loop, observation, cancellation)
        attempt.given, attempt.instead = [*given.values()], bool(instead)
        attempt.last_s = self.fake.now() - attempt.calls[-1].at if attempt.calls else 0.0
        self._error = None if attempt.never_stopped else attempt.error
        self._attempts.append(attempt)
        return attempt

    def others(self) -> Iterator[Tester]:
        """Yield a tester for each other call of the class that needs no fixture besides."""
        for method, name in calls_of(type(self.contract)).items():
            asked = signature(getattr(self.contract, method)).parameters.keys()
            if method != self.method and asked <= {*self._given, *OF_ARGUMENTS}:
                yield Tester(self._bench, self.contract, method, action_of(name))

    def _rewind(self, name: str, value: Any) -> None:
        """Let a file object be read by this call as by the first."""
        if (
            hasattr(value, "seek")
            and hasattr(value, "tell")
            and not getattr(value, "closed", False)
        ):
            value.seek(self._began.setdefault(name, value.tell()))

    def _own(self, given: Mapping[str, object]) -> frozenset[str]:
        declared = [self.contract.error, *self.contract.raises.values()]
        errors = [
            one for kinds in declared for one in (kinds if isinstance(kinds, tuple) else [kinds])
        ]
        return own_packages(tuple(errors), *given.values())
