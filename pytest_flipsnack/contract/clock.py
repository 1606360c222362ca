"""Virtual time: sleeping moves a clock instead of waiting."""

from __future__ import annotations

import asyncio
import selectors
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from pytest_flipsnack.contract.holders import Holder, Holders

_GRACE_S = 0.01
_REAL_WAIT_S = 0.5
_NS = 1_000_000_000
_SELECTORS = ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")


@dataclass(frozen=True, slots=True)
class Sleep:
    """One virtual sleep: its length, when it began, and what was called.

    `blocked_loop` says that a running event loop stood still for it.
    """

    seconds: float
    at: float
    by: str
    blocked_loop: bool = False


class VirtualClock:
    """Seconds that pass when somebody sleeps, on top of the little that really passes.

    Between `start` and `stop`, `time.sleep`, `asyncio.sleep`, `trio.sleep`,
    `threading.Event.wait` with a timeout and the clocks of `time` are replaced wherever they are
    held, also where they were imported by name before. An event loop that waits for a timer alone
    jumps to it. `sleeps` records every sleep exactly. Code that keeps a replaced function beyond
    `stop` gets the real one through it.
    """

    def __init__(self, holders: Holders | None = None) -> None:
        self.skipped = 0.0
        self.sleeps: list[Sleep] = []
        self.watch: Callable[[], None] = _nothing
        self.stalled: Callable[[], bool] = _never
        self.unstall: Callable[[], None] = _nothing
        self.really_waited_s = 0.0
        self._base = self._last = 0.0
        self._holders = holders or Holders()
        self._depth = 0
        self._lock = threading.Lock()
        self._undo: list[tuple[Callable[[Any], None], Any]] = []

    @property
    def running(self) -> bool:
        """Whether time is virtual now."""
        return self._depth > 0

    def reading(self) -> float:
        """Return the seconds of this clock, for the fake.

        While time is virtual only sleeps count, so that timelines are exact; a real wait of half
        a second or more is counted as well, and remembered in `really_waited_s`.
        """
        real = time.monotonic()
        if not self.running:
            return real + self.skipped
        passed = real - self.skipped - self._last
        self._last += passed
        if passed >= _REAL_WAIT_S:
            self._base += passed
            self.really_waited_s += passed
        return self._base + self.skipped

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self.skipped += max(0.0, seconds)

    def sleep(self, seconds: float, by: str = "time.sleep", *, blocks: bool = True) -> None:
        """Record a sleep and move the clock."""
        blocked = blocks and asyncio._get_running_loop() is not None
        self.sleeps.append(Sleep(float(seconds), time.monotonic(), by, blocked))
        self.advance(seconds)
        self.watch()

    def start(self, *, instances: bool = True) -> Self:
        """Make time virtual; blocks may be nested.

        `instances` also finds functions that existing objects hold, which takes 20 ms.
        """
        self._depth += 1
        if self._depth == 1:
            self._base = self._last = time.monotonic()
            self._install(instances)
        return self

    def stop(self) -> None:
        """Put every function back where it was found."""
        self._depth -= 1
        if self._depth == 0:
            while self._undo:
                put, original = self._undo.pop()
                put(original)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _install(self, instances: bool) -> None:
        held: list[Holder] = self._holders.find(_originals(), instances=instances)
        # made only now, or the search would find the originals in these closures as well
        by_id = {id(original): replacement for original, replacement in self._functions()}
        for holder in held:
            holder.put(by_id[id(holder.original)])
            self._undo.append((holder.put, holder.original))
        self._set(threading.Event, "wait", self._event_wait(threading.Event.wait))
        for name in _SELECTORS:
            kind = getattr(selectors, name, None)
            if kind is not None:
                self._set(kind, "select", self._select(kind.select))

    def _set(self, owner: type, name: str, value: Any) -> None:
        def put(function: Any) -> None:
            setattr(owner, name, function)

        self._undo.append((put, getattr(owner, name)))
        put(value)

    def _functions(self) -> list[tuple[Any, Any]]:
        pairs: list[tuple[Any, Any]] = [
            (time.sleep, _Builtin(self._blocking_sleep(time.sleep))),
            (asyncio.sleep, self._async_sleep(asyncio.sleep)),
        ]
        for name in ("monotonic", "time", "perf_counter"):
            real, real_ns = getattr(time, name), getattr(time, f"{name}_ns")
            pairs += [(real, _Builtin(self._reading(real)))]
            pairs.append((real_ns, _Builtin(self._reading_ns(real_ns))))
        trio = sys.modules.get("trio")
        if trio is not None:
            pairs.append((trio.sleep, self._trio_sleep(trio)))
        return pairs

    def _blocking_sleep(self, real: Callable[[float], None]) -> Callable[[float], None]:
        def sleep(seconds: float, /) -> None:
            if not self.running or seconds < 0:
                return real(seconds)
            return self.sleep(seconds)

        return sleep

    def _async_sleep(self, real: Any) -> Any:
        async def sleep(delay: float, result: Any = None) -> Any:
            if self.running and delay > 0:
                if _is_due_later(delay):
                    self.sleeps.append(Sleep(float(delay), time.monotonic(), "asyncio.sleep"))
                else:
                    self.sleep(delay, "asyncio.sleep", blocks=False)
                    delay = 0
            return await real(delay, result)

        return sleep

    def _trio_sleep(self, trio: Any) -> Any:
        real = trio.sleep

        async def sleep(seconds: float) -> None:
            if self.running and seconds > 0:
                self.sleep(seconds, "trio.sleep", blocks=False)
                seconds = 0
            await real(seconds)

        return sleep

    def _reading(self, real: Callable[[], float]) -> Callable[[], float]:
        return lambda: real() + self.skipped if self.running else real()

    def _reading_ns(self, real: Callable[[], int]) -> Callable[[], int]:
        return lambda: real() + int(self.skipped * _NS) if self.running else real()

    def _event_wait(self, real: Any) -> Any:
        def wait(event: threading.Event, timeout: float | None = None) -> bool:
            if not self.running or timeout is None or timeout <= _GRACE_S or not _from_client():
                return bool(real(event, timeout))
            if real(event, _GRACE_S):
                return True
            self.sleep(timeout, "threading.Event.wait")
            return bool(event.is_set())

        return wait

    def _select(self, real: Any) -> Any:
        def select(this: Any, timeout: float | None = None) -> Any:
            brief = timeout is not None and timeout <= _GRACE_S
            if not self.running or brief or not asyncio._get_running_loop():
                return real(this, timeout)
            ready = real(this, _GRACE_S)
            waits_for_io = len(this.get_map()) > 1  # beside the loop's own wake-up call
            if ready or not (self.stalled() if waits_for_io else _alone()):
                return ready  # the loop asks again
            if timeout is None:
                self.unstall()
                return real(this, _GRACE_S)
            # nothing but a timer can wake the loop, so the wait is a sleep
            self.advance(timeout)
            self.watch()
            return ready

        return select


class _Builtin:
    """A function that, like those of `time`, does not become a method as a class attribute."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *args: Any) -> Any:
        return self._function(*args)


def _originals() -> list[Any]:
    names = ("sleep", "monotonic", "time", "perf_counter")
    found = [getattr(time, name) for name in names]
    found += [getattr(time, f"{name}_ns") for name in names[1:]]
    found.append(asyncio.sleep)
    if "trio" in sys.modules:
        found.append(sys.modules["trio"].sleep)
    return found


def _nothing() -> None:
    """Do nothing."""


def _never() -> bool:
    """Return that no server holds a connection without an answer."""
    return False


def _alone() -> bool:
    """Return whether no other thread of the client's could still wake the loop."""
    return all(
        thread is threading.current_thread() or thread.daemon for thread in threading.enumerate()
    )


def _is_due_later(delay: float) -> bool:
    """Return whether the running loop has anything else to do before `delay` is over.

    Then the sleep must take its turn among the loop's timers, or a deadline would never fire.
    """
    loop = asyncio.get_running_loop()
    due = loop.time() + delay
    timers = getattr(loop, "_scheduled", ())
    earlier = any(not timer.cancelled() and timer.when() <= due for timer in timers)
    return earlier or bool(getattr(loop, "_ready", ()))


def _from_client() -> bool:
    """Return whether the caller of `Event.wait` is not the standard library itself."""
    module = sys._getframe(2).f_globals.get("__name__", "")
    return module.partition(".")[0] not in sys.stdlib_module_names
