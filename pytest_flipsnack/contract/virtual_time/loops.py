"""Event loops: their tasks' sleeps end exactly, and a loop that waits for a timer jumps to it."""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Collection
from time import monotonic  # by name it stays real in our modules
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.contract.virtual_time.turns import GRACE_S

if TYPE_CHECKING:
    from pytest_flipsnack.contract.virtual_time.clock import VirtualClock

_PATIENCE = 100
_STUCK_S = 5.0
_NAMES = ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")
SELECTORS: list[Any] = [getattr(selectors, name) for name in _NAMES if hasattr(selectors, name)]
"""What loops wait with on this machine."""


class Loops:
    """Makes what stands in for `asyncio.sleep` and for the wait of a loop."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._idle = 0
        self._stands_since_s: float | None = None
        self._ends: dict[float, float] = {}
        """When, in virtual time, each timer of a loop ends that is a sleep."""

    def sleep(self, real: list[Any]) -> Any:
        """Return what stands in for `asyncio.sleep`."""

        async def sleep(delay: float, result: Any = None) -> Any:
            if not self._clock.running or delay <= 0:
                return await real[0](delay, result)
            if self._clock.turns.alone and _is_next(delay):
                self._clock.sleep(delay, "asyncio.sleep", blocks=False)
                return await real[0](0, result)
            self._clock.record(delay, "asyncio.sleep")
            return await self._timer(delay, result)

        return sleep

    async def _timer(self, delay: float, result: Any) -> Any:
        """Sleep as one of the loop's timers, that ends after exactly `delay` of virtual time.

        The loop would wait for what is left of it when all tasks have done their work.
        """
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        handle = loop.call_later(delay, _end, ended)
        self._ends[handle.when()] = self._clock.skipped + delay
        try:
            await ended
        finally:
            handle.cancel()
            self._ends.pop(handle.when(), None)
        return result

    def select(self, real: Any) -> Any:
        """Return what stands in for the `select` of a selector."""

        def await_files(this: Any) -> Any:
            return real(this, GRACE_S)

        def select(this: Any, timeout: float | None = None) -> Any:
            loop = asyncio._get_running_loop()
            if not self._clock.running or loop is None or timeout == 0:
                return real(this, timeout)
            timeout = self._left(loop, timeout)
            if timeout is not None and timeout <= GRACE_S:
                return self._clock.count(real(this, timeout), timeout)
            if self._may_come(this.get_map()):
                return await_files(this)  # the loop asks again
            with self._clock.waiting(timeout) as turn:
                ready = turn.until(lambda s: real(this, s), lambda: real(this, 0))
            if ready is None and timeout is None:
                self._note_standstill(len(this.get_map()))
                self._clock.server.unstall()
                return real(this, GRACE_S)
            self._stands_since_s = None
            if threading.get_ident() == self._clock.thread:
                self._clock.watch()  # in another thread an error would end the loop, and no call
            return ready or []

        return select

    def _note_standstill(self, files: int) -> None:
        """Say that a loop is stuck where for long nobody but itself could wake it."""
        if files > 1 or self._clock.server.stalled:
            self._stands_since_s = None
        elif self._stands_since_s is None:
            self._stands_since_s = monotonic()
        elif monotonic() - self._stands_since_s >= _STUCK_S:
            self._stands_since_s = None
            self._clock.stuck()

    def _may_come(self, files: Collection[int]) -> bool:
        """Return whether an answer can come over one of the files that a loop waits for."""
        if len(files) == 1:  # the loop's own wake-up call
            return False
        server = self._clock.server
        if not self._clock.turns.is_asker(threading.get_ident()):
            return False  # a server of the test's own, which waits for ever
        self._idle = self._idle + 1 if server.stalled else 0
        # a connection that nobody uses must not keep the others waiting for ever
        return not (server.all_stalled(files) or self._idle > _PATIENCE)

    def _left(self, loop: Any, timeout: float | None) -> float | None:
        """Return how long a loop must wait, exactly where a sleep is what it waits for."""
        timers = getattr(loop, "_scheduled", ())
        end = self._ends.get(timers[0].when()) if timers else None
        return timeout if end is None else max(0.0, end - self._clock.skipped)


def _end(ended: asyncio.Future[None]) -> None:
    if not ended.done():
        ended.set_result(None)


def _is_next(delay: float) -> bool:
    """Return whether the running loop has nothing else to do before `delay` is over.

    Otherwise the sleep must take its turn among the loop's timers, or a deadline would never fire.
    """
    loop = asyncio.get_running_loop()
    due = loop.time() + delay
    timers = getattr(loop, "_scheduled", ())
    earlier = any(not timer.cancelled() and timer.when() <= due for timer in timers)
    busy = getattr(loop, "_ready", ()) or len(asyncio.all_tasks(loop)) > 1
    return not (earlier or busy)
