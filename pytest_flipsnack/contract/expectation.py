"""One line that asserts everything the contract says about a code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from pytest_flipsnack.catalogue.codes import Code, Handling
from pytest_flipsnack.contract.carried_code import carries
from pytest_flipsnack.contract.exceptions import Raises, apart, name_of, names_of
from pytest_flipsnack.contract.judge import (
    ClientDoesNotStopError,
    finding,
    judge_end,
    judge_retries,
    label,
    with_notes,
)
from pytest_flipsnack.contract.leaks import leaks, own_packages, package_of
from pytest_flipsnack.contract.observation import Observation
from pytest_flipsnack.contract.retries import Retry, read_retry
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.finding import Finding, failure
from pytest_flipsnack.fake.stubs import Stub, Stubs
from pytest_flipsnack.virtual_time.clock import VirtualClock

NOT_SET: Any = object()
_LONGEST = 120


class Expectation:
    """Delivers codes to the client inside the block and checks how it handled the last of them.

    With `raises` or `returns` every further request gets the last code. Without them the last
    code is delivered once, and the client must recover. Time is virtual inside the block. Raises
    `AssertionError` with a timeline for the first finding.
    """

    value: Any
    """What the client returned; set it in the block where `returns` is given.

    After a block with `raises` it is what the client raised, as of `pytest.raises`.
    """

    def __init__(
        self,
        fake: Fake,
        clock: VirtualClock,
        codes: Sequence[Code],
        *,
        raises: Raises | None = None,
        returns: Any = NOT_SET,
        action: str | None = None,
        retries: object = None,
        tells_code: bool = True,
        where: str = "",
    ) -> None:
        self._fake = fake
        self._codes = codes
        self._raises = raises
        self._returns = returns
        self._action = action
        self._tells_code = tells_code
        self._rules: dict[int, Retry] = {}
        if retries is not None:
            self._rules[int(codes[-1])] = read_retry(retries)
        self._own = own_packages(raises)
        self._observation = Observation(fake, clock, own=self._own)
        self._stubs = Stubs(below=fake.stubs)
        self._outer = fake.stubs
        self.value = NOT_SET
        self.judged = self.entered = False
        self._where = where

    def __str__(self) -> str:
        return f"expect({', '.join(str(code.value) for code in self._codes)})"

    def not_entered(self) -> Finding:
        """Return the finding on an expectation that is no block."""
        return Finding(
            f"flipsnack.{self} at {self._where} is not a block, and asserted nothing",
            (("way out", f"write with flipsnack.{self}: and the call below"),),
        )

    def __enter__(self) -> Self:
        self.entered = True
        lasting = self._raises is not None or self._returns is not NOT_SET
        for number, code in enumerate(self._codes, start=1):
            forever = lasting and number == len(self._codes)
            self._stubs.add(Stub(code, self._action, where="flipsnack.expect", forever=forever))
        self._fake.stubs = self._stubs
        self._observation.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        __tracebackhide__ = True
        self._observation.stop()
        self._fake.stubs = self._outer
        error = self._observation.stopped or error
        refused = [call for call in self._observation.calls if call.refusal is not None]
        wanted = self._raises is not None and isinstance(error, self._raises)
        stopped = isinstance(error, ClientDoesNotStopError)
        if not (wanted or stopped or error is None or _is_clients(error)):
            return False
        if refused and not self._was_delivered():
            return wanted  # the refusal explains more, and the fixture reports it
        if error is not None and not (wanted or stopped) and self._raises is None:
            self._check_unexpected(error)
            self._note_judged()
            return False
        problem = next(self._findings(error, wanted=wanted), None)
        if problem is not None:
            self.judged = True
            raise failure(self._shown(problem)) from (None if stopped else error)
        self._note_judged()
        if wanted:
            self.value = error
        return wanted

    def _note_judged(self) -> None:
        """Note by which replies the client was judged, and that nothing was found."""
        self._fake.record.judge(
            call for call in self._observation.calls if call.code in self._codes
        )

    def _check_unexpected(self, error: BaseException) -> None:
        """Raise where a finding explains more than the error, or say how to expect the error."""
        __tracebackhide__ = True
        code, calls = self._codes[-1], self._observation.calls
        found = judge_retries(calls, self._rules, self._observation.waits)
        if not found and code.handling is Handling.ERROR:
            name = type(error).__name__
            what = f"the client raised {name} after {label(code)}"
            allowed = f"a client may raise here; write expect({int(code)}, raises={name})"
            found = [finding(what, allowed, calls)]
        if found and not isinstance(error, AssertionError):
            self.judged = True
            raise failure(self._shown(found[0])) from error

    def _shown(self, problem: Finding) -> str:
        """Return a finding as the test shows it: with its notes, without a secret."""
        observation = self._observation
        found = with_notes(
            problem, observation.real_waits, unobserved_sleep=observation.unobserved_sleep
        )
        return self._fake.masked(str(found))

    def _findings(self, error: BaseException | None, *, wanted: bool) -> Iterator[Finding]:
        calls = self._observation.calls
        if isinstance(error, ClientDoesNotStopError):
            yield from judge_retries(calls, self._rules, self._observation.waits)
            yield judge_end(str(error), calls)
        if not self._was_delivered():
            names = ", ".join(str(code.value) for code in self._codes)
            where = f" for {self._action}" if self._action else ""
            asked = ", ".join(dict.fromkeys(str(call.action) for call in calls))
            instead = f"; the client called {asked}" if asked else ""
            yield finding(
                f"{names} was never delivered{where}{instead}", "a request inside the block", calls
            )
        yield from judge_retries(calls, self._rules, self._observation.waits, self._ending(error))
        if not wanted and self._raises is not None:
            yield self._not_raised(self._raises, error, calls)
        if self._raises is None and self._returns is NOT_SET:
            yield from self._ignored(calls)
        yield from self._wrong_value(calls)
        code = int(self._codes[-1])
        returned = self._returns is not NOT_SET and self.value is not NOT_SET
        # what the test has looked at itself, and accepted, carries the code
        unchecked = not wanted or code == Code.OK or not self._tells_code
        if not (unchecked or carries(error, code)):
            yield finding(
                f"{error!r} does not carry the code {code}",
                f"{code} in an attribute or in the text ({label(code)})",
                calls,
            ).adding("way out", f"where it need not, write expect({code}, ..., tells_code=False)")
        shown = self.value if returned and error is None and code != Code.OK else error
        for leaked in leaks(shown, self._observation.logged, self._fake.secrets(), self._own):
            yield finding(leaked, "no secret outside the request", calls)

    def _ending(self, error: BaseException | None) -> str:
        """Say how the call ended: a count alone hides a crash, or a code taken for a success."""
        if error is not None:
            return f"raised {type(error).__name__}: {error}".partition("\n")[0][:_LONGEST]
        return "" if self.value is NOT_SET else f"returned {self.value!r}"[:_LONGEST]

    def _ignored(self, calls: Sequence[Call]) -> Iterator[Finding]:
        """Yield a finding where the client neither raised nor recovered."""
        code = int(self._codes[-1])
        at = max((index for index, call in enumerate(calls) if call.code == code), default=None)
        if at is None or code == Code.OK:
            return
        later = calls[at + 1 :]
        if not any(call.action == calls[at].action and call.code == Code.OK for call in later):
            yield finding(
                f"{calls[at].action} answered {label(code)} and the client neither "
                "raised an error nor recovered",
                f"a retry that succeeds, or an error: expect({code}, raises=...), "
                f"expect({code}, returns=...)",
                calls,
            )

    def _was_delivered(self) -> bool:
        return next(self._stubs.undelivered(), None) is None

    def _not_raised(
        self, expected: Raises, error: BaseException | None, calls: Sequence[Call]
    ) -> Finding:
        did = f"raised {name_of(error, expected)}" if error is not None else "raised nothing"
        allowed = f"it raises {names_of(expected, error)}"
        found = finding(f"the client {did} after {label(self._codes[-1])}", allowed, calls)
        return apart(found, error, expected)

    def _wrong_value(self, calls: Sequence[Call]) -> Iterator[Finding]:
        if self._returns is NOT_SET:
            return
        if self.value is NOT_SET:
            yield finding(
                "seen.value was not set, so there is no value to check",
                "with flipsnack.expect(..., returns=...) as seen: seen.value = client.call()",
                calls,
            )
        returns, value = self._returns, self.value
        try:
            right = returns(value) if callable(returns) else value == returns
        except Exception as error:
            what = f"the function of returns raised {type(error).__name__}: {error}"
            right, allowed = False, f"a function that takes {value!r}"
        else:
            name = getattr(returns, "__name__", returns)
            allowed = f"a value that satisfies {name}" if callable(returns) else f"{returns!r}"
            what = f"the client returned {value!r} after {label(self._codes[-1])}"
        if not right:
            yield finding(what, allowed, calls)


def _is_clients(error: BaseException) -> bool:
    """Return whether an error is the client's doing: not a skip, an exit, or Ctrl-C."""
    runner = package_of(type(error).__module__) == "_pytest"
    return isinstance(error, Exception) and not runner
