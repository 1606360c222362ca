"""The functions that stand in for those that wait or tell the time, while a clock is virtual."""

from __future__ import annotations

import asyncio
import functools
import select
import selectors
import sys
import threading
import time
import types
from collections.abc import Callable, Collection, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_flipsnack.contract import wall_clock
from pytest_flipsnack.contract.trio_sleeps import TrioSleeps
from pytest_flipsnack.contract.turns import GRACE_S, is_pytests

if TYPE_CHECKING:
    from pytest_flipsnack.contract.clock import VirtualClock

T = TypeVar("T")

_PATIENCE = 100
_NS = 1_000_000_000
_CLOCKS = ("monotonic", "time", "perf_counter")
_OF_WORK = frozenset(
    getattr(time, name)
    for name in ("CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "CLOCK_PROF")
    if hasattr(time, name)
)
"""Clocks of the operating system that do not go on while somebody sleeps."""
_WITH_DEADLINES = ("hypothesis",)
"""Who measures how long a test really takes."""
_OF_PROCESSES = ("multiprocessing", "subprocess")
_SELECTORS = ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")


class Replacements:
    """Makes functions that move a clock while it runs, and do what the real ones do when not.

    They keep the real ones in lists, where a later search for their holders does not find them.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._idle = 0
        self._ends: dict[float, float] = {}
        """When, in virtual time, each timer of a loop ends that is a sleep."""
        self._made: dict[Any, Any] = {
            time.sleep: _Builtin(self._blocking_sleep([time.sleep]), "sleep"),
            asyncio.sleep: self._async_sleep([asyncio.sleep]),
            select.select: _Builtin(self._select_files([select.select]), "select", select),
        }
        for name in _CLOCKS:
            real, real_ns = getattr(time, name), getattr(time, f"{name}_ns")
            self._made[real] = _Builtin(self._reading([real]), name)
            self._made[real_ns] = _Builtin(self._reading([real_ns], _NS), f"{name}_ns")
        for name, unit in (("clock_gettime", 1), ("clock_gettime_ns", _NS)):
            if hasattr(time, name):  # pragma: no branch - Windows has none
                real = getattr(time, name)
                self._made[real] = _Builtin(self._reading_of([real], unit), name)

    def functions(self) -> dict[Any, Any]:
        """Return what stands in for each function that is replaced wherever it is held."""
        trio = sys.modules.get("trio")
        if trio is not None and trio.sleep not in self._made.values():
            sleeps = TrioSleeps(self._clock, trio)
            self._made |= {trio.sleep: sleeps.sleep, trio.sleep_until: sleeps.sleep_until}
        return self._made

    def methods(self) -> Iterator[tuple[Callable[[Any], None], Any, Any]]:
        """Yield for each attribute that is replaced how to put it, the real one, the stand-in."""
        for owner, make in (
            (threading.Event, self._event_wait),
            (threading.Condition, self._condition_wait),
        ):
            yield functools.partial(setattr, owner, "wait"), owner.wait, make(owner.wait)
        for name in _SELECTORS:
            kind = getattr(selectors, name, None)
            if kind is not None:
                put = functools.partial(setattr, kind, "select")
                yield put, kind.select, self._select(kind.select)
        yield from wall_clock.places()

    def _blocking_sleep(self, real: list[Callable[[float], None]]) -> Callable[[float], None]:
        def sleep(seconds: float, /) -> None:
            if not self._clock.running or seconds < 0 or _waits_for_a_process():
                return real[0](seconds)
            return self._clock.sleep(seconds)

        return sleep

    def _select_files(self, real: list[Callable[..., Any]]) -> Callable[..., Any]:
        def select(reads: Any, writes: Any, errors: Any, timeout: float | None = None, /) -> Any:
            files = reads or writes or errors
            if not self._clock.running or files or timeout is None or timeout < 0:
                return real[0](reads, writes, errors, timeout)
            self._clock.sleep(timeout, "select.select")
            return [], [], []

        return select

    def _async_sleep(self, real: list[Any]) -> Any:
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

    def _reading(self, real: list[Callable[[], Any]], unit: int = 1) -> Callable[[], Any]:
        def reading() -> Any:
            ahead = 0.0 if _package(sys._getframe(2)) in _WITH_DEADLINES else self._clock.ahead
            return real[0]() + _shift(ahead, unit)

        return reading

    def _reading_of(self, real: list[Callable[[int], Any]], unit: int) -> Callable[[int], Any]:
        def clock_gettime(clock: int, /) -> Any:
            ahead = 0.0 if clock in _OF_WORK else self._clock.ahead
            return real[0](clock) + _shift(ahead, unit)

        return clock_gettime

    def _event_wait(self, real: Any) -> Any:
        def wait(this: threading.Event, timeout: float | None = None) -> bool:
            if timeout is None or timeout <= 0 or not self._is_virtual():
                return bool(real(this, timeout))
            if timeout <= GRACE_S:
                return bool(self._brief(real(this, timeout), timeout))
            return self._wait(lambda s: bool(real(this, s)), this.is_set, timeout, this)

        return wait

    def _condition_wait(self, real: Any) -> Any:
        def wait(this: Any, timeout: float | None = None) -> bool:
            ours = timeout is not None and timeout > 0 and this._is_owned()
            if not ours or timeout is None or not self._is_virtual():
                return bool(real(this, timeout))
            if timeout <= GRACE_S:
                return bool(self._brief(real(this, timeout), timeout))
            # as the real one does it: who waits again and again misses a notification in between
            waiter = threading.Lock()
            waiter.acquire()
            this._waiters.append(waiter)
            state = this._release_save()
            come = False
            try:
                come = self._wait(
                    lambda s: waiter.acquire(timeout=s),
                    lambda: waiter not in this._waiters,
                    timeout,
                    this,
                )
            finally:
                this._acquire_restore(state)
                if not come and waiter in this._waiters:
                    this._waiters.remove(waiter)
            return come

        return wait

    def _wait(
        self,
        listen: Callable[[float], bool],
        hears: Callable[[], bool],
        timeout: float,
        on: object,
    ) -> bool:
        with self._clock.waiting(timeout) as turn:
            come = bool(turn.until(listen, hears))
        if not come:
            by = f"threading.{type(on).__name__}.wait"
            self._clock.record(timeout, by, blocked=asyncio._get_running_loop() is not None)
            self._clock.watch()
        return come

    def _brief(self, come: T, seconds: float) -> T:
        """Let a wait that was real, for it is shorter than any turn, count as time of a client."""
        if not come and self._clock.turns.is_asker(threading.get_ident()):
            self._clock.advance_to(self._clock.skipped + seconds)
        return come

    def _left(self, loop: Any, timeout: float | None) -> float | None:
        """Return how long a loop must wait, exactly where a sleep is what it waits for."""
        timers = getattr(loop, "_scheduled", ())
        end = self._ends.get(timers[0].when()) if timers else None
        return timeout if end is None else max(0.0, end - self._clock.skipped)

    def _is_virtual(self) -> bool:
        """Return whether a wait of the caller's caller is the client's, in virtual time.

        What the standard library waits for is its own business, but for a future, which a thread
        of the client's completes, and for a timer, which is one.
        """
        caller = sys._getframe(2)
        package = _package(caller)
        if caller.f_code is threading.Timer.run.__code__:
            theirs = caller.f_locals["self"].function
            return self._clock.running and not is_pytests(str(getattr(theirs, "__module__", "")))
        ours = package == "concurrent" or package not in sys.stdlib_module_names
        return ours and self._clock.running

    def _select(self, real: Any) -> Any:
        def await_files(this: Any) -> Any:
            return real(this, GRACE_S)

        def select(this: Any, timeout: float | None = None) -> Any:
            loop = asyncio._get_running_loop()
            if not self._clock.running or loop is None or timeout == 0:
                return real(this, timeout)
            timeout = self._left(loop, timeout)
            if timeout is not None and timeout <= GRACE_S:
                return self._brief(real(this, timeout), timeout)
            if self._may_come(this.get_map()):
                return await_files(this)  # the loop asks again
            with self._clock.waiting(timeout) as turn:
                ready = turn.until(lambda s: real(this, s), lambda: real(this, 0))
            if ready is None and timeout is None:
                self._clock.server.unstall()
                return real(this, GRACE_S)
            if threading.get_ident() == self._clock.thread:
                self._clock.watch()  # in another thread an error would end the loop, and no call
            return ready or []

        return select

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


class _Builtin:
    """A function that, like those of `time`, does not become a method as a class attribute."""

    __slots__ = ("_function", "_home", "_name")

    def __init__(
        self, function: Callable[..., Any], name: str, home: types.ModuleType = time
    ) -> None:
        self._function = function
        self._name = name
        self._home = home.__name__

    def __reduce__(self) -> tuple[Any, ...]:
        return _named, (self._home, self._name)  # as the real one, for another process

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)


def _named(module: str, name: str) -> Any:
    return getattr(sys.modules[module], name)


def _waits_for_a_process() -> bool:
    """Return whether the caller of `time.sleep` looks from time to time whether a process ended."""
    return _package(sys._getframe(3)) in _OF_PROCESSES


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]


def _shift(seconds: float, unit: int) -> float:
    return seconds if unit == 1 else int(seconds * unit)


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
