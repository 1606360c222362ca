"""The functions that stand in for those that wait or tell the time, while a clock is virtual."""

from __future__ import annotations

import asyncio
import functools
import select
import sys
import threading
import time
import types
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.contract.virtual_time import wall_clock
from pytest_flipsnack.contract.virtual_time.loops import SELECTORS, Loops
from pytest_flipsnack.contract.virtual_time.standing import is_pytests
from pytest_flipsnack.contract.virtual_time.trio_sleeps import TrioSleeps
from pytest_flipsnack.contract.virtual_time.turns import GRACE_S

if TYPE_CHECKING:
    from pytest_flipsnack.contract.virtual_time.clock import VirtualClock

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


class Replacements:
    """Makes functions that move a clock while it runs, and do what the real ones do when not.

    They keep the real ones in lists, where a later search for their holders does not find them.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._loops = Loops(clock)
        self._made: dict[Any, Any] = {
            time.sleep: Builtin(self._blocking_sleep([time.sleep]), "sleep"),
            asyncio.sleep: self._loops.sleep([asyncio.sleep]),
            select.select: Builtin(self._select_files([select.select]), "select", select),
        }
        for name in _CLOCKS:
            real, real_ns = getattr(time, name), getattr(time, f"{name}_ns")
            self._made[real] = Builtin(self._reading([real]), name)
            self._made[real_ns] = Builtin(self._reading([real_ns], _NS), f"{name}_ns")
        for name, unit in (("clock_gettime", 1), ("clock_gettime_ns", _NS)):
            if hasattr(time, name):  # pragma: no branch - Windows has none
                real = getattr(time, name)
                self._made[real] = Builtin(self._reading_of([real], unit), name)

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
        for kind in SELECTORS:
            put = functools.partial(setattr, kind, "select")
            yield put, kind.select, self._loops.select(kind.select)
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
                return bool(self._clock.count(real(this, timeout), timeout))
            return self._wait(lambda s: bool(real(this, s)), this.is_set, timeout, this)

        return wait

    def _condition_wait(self, real: Any) -> Any:
        def wait(this: Any, timeout: float | None = None) -> bool:
            ours = timeout is not None and timeout > 0 and this._is_owned()
            if not ours or timeout is None or not self._is_virtual():
                return bool(real(this, timeout))
            if timeout <= GRACE_S:
                return bool(self._clock.count(real(this, timeout), timeout))
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


class Builtin:
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
