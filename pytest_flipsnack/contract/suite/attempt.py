"""One call of the client, and what came of it."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from pytest_flipsnack.contract.carried_code import named
from pytest_flipsnack.contract.exceptions import Raises, name_of
from pytest_flipsnack.contract.judge import ClientDoesNotStopError, is_same
from pytest_flipsnack.contract.observation import Observation
from pytest_flipsnack.contract.retries import Waits
from pytest_flipsnack.fake.call import Call, Observer


@dataclass(slots=True)
class Attempt:
    """What a call came to: the value it returned, or the error it raised."""

    value: Any = None
    error: BaseException | None = None
    calls: list[Call] = field(default_factory=list)
    logged: Sequence[str] = ()
    printed: Sequence[str] = ()
    blocking: Sequence[str] = ()
    waits: Waits = field(default_factory=Waits)
    awaited: bool = False
    """Whether the client returned a coroutine."""
    last_s: float = 0.0
    """How long after its last request the call ended."""
    cancelled: bool = False
    """Whether the call was cancelled while it still ran."""
    final_wait_s: float = 0.0
    """How long the client waited after the last reply."""
    given: Collection[object] = ()
    """What the fixtures of the call are, the client among them."""
    instead: bool = False
    """Whether the call was given other values in the place of some of these."""
    own: Collection[str] = ()
    """Packages that are known to be the client's."""

    @property
    def subject(self) -> Any:
        """The error, or else the value."""
        return self.value if self.error is None else self.error

    def retried(self, failed: Callable[[Call], bool]) -> bool:
        """Return whether a call that failed was made once more, as it was.

        Calls for several flipbooks are different calls, and no retries of each other.
        """
        return any(
            failed(call) and any(is_same(call, later) for later in self.calls[index:])
            for index, call in enumerate(self.calls, start=1)
        )

    @property
    def never_stopped(self) -> bool:
        """Whether the client had to be stopped."""
        return isinstance(self.error, ClientDoesNotStopError)


class Loop:
    """Runs what async clients return: on the loop of their fixtures, else on one of its own."""

    def __init__(self) -> None:
        self._runner: asyncio.Runner | None = None

    def run(self, awaitable: Awaitable[Any]) -> Any:
        """Wait for the result."""
        theirs = _current_loop()
        if theirs is not None:
            return theirs.run_until_complete(_wait(awaitable))
        if self._runner is None:
            self._runner = asyncio.Runner(loop_factory=asyncio.new_event_loop)
        return self._runner.run(_wait(awaitable))

    def close(self) -> None:
        """Close the loop, if it is one of its own."""
        if self._runner is not None:
            self._runner.close()


async def _wait(awaitable: Awaitable[Any]) -> Any:
    task = asyncio.current_task()
    assert task is not None
    # a call that was stopped ends when its client is closed: asyncio would log its error during
    # some later garbage collection, in a test that has nothing to do with it
    task.add_done_callback(_retrieve_error)
    return await awaitable


def _retrieve_error(task: asyncio.Task[Any]) -> None:
    if not task.cancelled():
        task.exception()


def _current_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop that a plugin has set for the test's fixtures, without making one."""
    if sys.version_info >= (3, 14):  # pragma: no cover - measured on an earlier Python
        try:
            loop = asyncio.get_event_loop()
        except RuntimeError:
            return None
    else:
        # asking the policy would make a loop, and nobody would close it
        policy = asyncio.get_event_loop_policy()
        loop = getattr(getattr(policy, "_local", None), "_loop", None)
    return None if loop is None or loop.is_closed() or loop.is_running() else loop


CANCELLED = object()
"""The value of a call that was cancelled and ended."""


class Cancellation:
    """Observes the first reply to an async call, and cancels the call soon after it."""

    after_s = 0.01
    """In the client's time: a wait before a retry has begun."""

    def __init__(self, observers: list[Observer]) -> None:
        self._observers = observers
        self._cancel: Callable[[], object] = lambda: None
        self.done = False
        """Whether the call still ran, and was cancelled."""

    async def run(self, awaitable: Awaitable[Any]) -> Any:
        """Await the call; return CANCELLED where it lets itself be cancelled."""
        task, loop = asyncio.ensure_future(awaitable), asyncio.get_running_loop()

        def cancel() -> None:
            self.done = task.cancel()

        self._cancel = lambda: loop.call_soon_threadsafe(
            lambda: loop.call_later(self.after_s, cancel)
        )
        self._observers.append(self)
        try:
            return await task
        except asyncio.CancelledError:
            return CANCELLED
        finally:
            self._observers.remove(self)

    def asks(self) -> None:
        """Let the request be answered."""

    def answered(self, call: Call) -> None:
        """Cancel the call, in whatever thread its reply is made."""
        self._cancel()
        self._cancel = lambda: None


def make(
    call: Callable[[], Any],
    loop: Loop,
    observation: Observation,
    cancellation: Cancellation | None = None,
) -> Attempt:
    """Make the call and return the attempt; never raise what the client raises.

    With a `cancellation`, the task of an async call is cancelled.
    """
    attempt = Attempt()
    observation.start()
    try:
        value = call()
        if isawaitable(value):
            attempt.awaited = True
            value = loop.run(value if cancellation is None else cancellation.run(value))
        attempt.value = value
    except (Exception, ClientDoesNotStopError) as error:
        attempt.error = error
    finally:
        observation.stop()
    attempt.error = observation.stopped or attempt.error
    attempt.cancelled = cancellation is not None and cancellation.done
    attempt.calls = observation.calls
    attempt.final_wait_s = observation.final_wait_s
    attempt.logged, attempt.blocking = list(observation.logged), observation.blocking
    attempt.printed = observation.printed
    attempt.own, attempt.waits = observation.own, observation.waits
    return attempt


def ending_of(attempt: Attempt, declared: Raises | None = None) -> str:
    """Return how a call ended, with the text of its error; its class is told from a declared one."""
    if attempt.error is None:
        return f"returned {_ADDRESS.sub('', repr(attempt.value))}"[:120]
    text = str(attempt.error)
    if attempt.never_stopped:
        return f"did not stop: {text}"
    raised = f"raised {name_of(attempt.error, declared)}"
    return f"{raised}: {text[:200]}" if text else raised


LONGEST_TIMEOUT_S = 3600.0
_LEAST_DEADLINE_S = 0.5


def ended_at_a_deadline(attempt: Attempt) -> bool:
    """Return whether an async call ended while its last request was still without an answer."""
    lost = attempt.awaited and attempt.calls and attempt.calls[-1].fault == "timeout"
    return bool(lost) and _LEAST_DEADLINE_S < attempt.last_s <= LONGEST_TIMEOUT_S


def is_result(attempt: Attempt) -> bool:
    """Return whether a call has returned an object of the client's own, and no data."""
    plain = (str, bytes, int, float, list, set, type(None))
    return attempt.error is None and not isinstance(attempt.value, plain) and bool(attempt.value)


_MESSAGES = ("message", "msg", "error_message", "reason", "detail")


def texts_of(attempt: Attempt) -> list[str]:
    """Return the texts of a returned failure that are meant for people, empty ones included."""
    held = named(attempt.value)
    return [str(held[name] or "") for name in _MESSAGES if name in held]


_ADDRESS = re.compile(r" at 0x[0-9a-f]+\b")
"""Where an object is in memory, which is another place in each test."""
