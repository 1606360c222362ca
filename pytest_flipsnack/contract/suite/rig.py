"""A client's call between a fake and its contract: answers are arranged, the call is tried."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Iterable, Mapping
from inspect import signature
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.actions import SETTABLE_STATUSES
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import with_notes
from pytest_flipsnack.contract.libraries import own_packages
from pytest_flipsnack.contract.suite.cases import Case
from pytest_flipsnack.contract.suite.declarations import Declarations
from pytest_flipsnack.contract.suite.judging import Judging
from pytest_flipsnack.contract.suite.probe import Loop, Outcome, attempt
from pytest_flipsnack.contract.watch import Watch
from pytest_flipsnack.fake.faults import fault_of
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.stubs import Stub, Stubs

if TYPE_CHECKING:
    from pytest_flipsnack.fake.fake import Fake
    from pytest_flipsnack.virtual_time.clock import VirtualClock


class Rig(Judging):
    """A fake, a client's call and what was declared of it: arranges answers and tries."""

    def __init__(
        self, fake: Fake, clock: VirtualClock, resolve: Callable[[str], Any], loop: Loop
    ) -> None:
        self.fake = fake
        self.clock = clock
        self._resolve = resolve
        self._loop = loop
        self._began: dict[str, int] = {}
        self._error: BaseException | None = None

    def check(
        self, contract: Declarations, case: Case, judge: Callable[[Rig, Case], Iterable[Finding]]
    ) -> None:
        """Fail with the first thing that the client did wrong."""
        __tracebackhide__ = True
        self._contract, self._case = contract, case
        # the first answer may be COMPLETE already, and not every client waits for it
        self.fake.configure({"download_s": 0.0})
        problem = next(iter(judge(self, case)), None)
        if problem is not None and not self._is_refused():
            unobserved = self.clock.unobserved_sleep
            found = with_notes(problem, self.clock.real_waits, unobserved_sleep=unobserved)
            failure = AssertionError(self.fake.masked(str(found)))
            failure.finding = failure.args[0].partition("\n")[0]  # type: ignore[attr-defined]
            raise failure from self._cause()

    def _cause(self) -> BaseException | None:
        """Return the client's own error, unless its text shows a secret."""
        error = self._error
        return error if error is not None and self.fake.masked(str(error)) == str(error) else None

    def answer(self, answer: Any, *, action: str = "", forever: bool = False, **how: Any) -> None:
        """Declare an answer, for the call's own action or another: a code, or a fault's name."""
        made = Code(answer) if isinstance(answer, int) else fault_of(answer)
        asked = action or self._case.action.name
        self.fake.stubs.add(Stub(made, asked, where="the contract", forever=forever, **how))

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
            collections.add(name, title=f"{title} {name}".strip(), status=fitting)
        return names

    def take_time(self) -> None:
        """Let a download take as long as it does outside the contract."""
        self.fake.configure({"download_s": type(self.fake.account.settings)().download_s})

    def try_call(self) -> Outcome:
        """Make the call once, on collections that no earlier call has touched."""
        self.fake.account.collections.forget_assumed()
        method = getattr(self._contract, self._case.method)
        given = {name: self._resolve(name) for name in signature(method).parameters}
        for name, value in given.items():
            self._rewind(name, value)
        call = functools.partial(method, **given)
        watch = Watch(self.fake, self.clock, self._contract.max_requests, self._own(given))
        outcome = attempt(call, self._loop, watch)
        self._error = None if outcome.never_stopped else outcome.error
        return outcome

    def _rewind(self, name: str, value: Any) -> None:
        """Let a file object be read by this call as by the first."""
        if (
            hasattr(value, "seek")
            and hasattr(value, "tell")
            and not getattr(value, "closed", False)
        ):
            value.seek(self._began.setdefault(name, value.tell()))

    def _own(self, given: Mapping[str, object]) -> frozenset[str]:
        declared = [self._contract.error, *self._contract.raises.values()]
        errors = [
            one for kinds in declared for one in (kinds if isinstance(kinds, tuple) else [kinds])
        ]
        return own_packages(tuple(errors), *given.values())

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Wait for something on the loop of the calls, as to close an async client."""
        return self._loop.run(awaitable)

    def _is_refused(self) -> bool:
        return bool(self.fake.reported)
