"""Event loops of asyncio: a loop that waits for nothing but its next timer jumps to it."""

from __future__ import annotations

import asyncio
import sys
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_flipsnack.virtual_time.real_waits import RealWait
from pytest_flipsnack.virtual_time.thread_state import SOON_S, WITHOUT_END
from pytest_flipsnack.virtual_time.timeline import monotonic

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.process import Process

_ANSWER_S = 5.0
"""How long a loop listens for the answer of a server of this process, which is on its way."""
_STUCK_S = 5.0
_LISTEN_S = 0.01
_FROZEN_STEP_S = 1e-6
_LONGEST_SELECT_S = 24 * 3600.0
"""Loops of asyncio ask for no longer wait, however late their next timer is."""


class _Quiet:
    """How long a loop has listened to each open connection without hearing anything."""

    def __init__(self) -> None:
        self._heard_s: dict[int, tuple[Any, float]] = {}

    def listen(self, files: dict[int, Any], within_s: float) -> None:
        """Count so many seconds of listening to all files."""
        known = self._heard_s
        self._heard_s = {
            file: (key, (known[file][1] if known.get(file, (None,))[0] is key else 0.0) + within_s)
            for file, key in files.items()
        }

    def hear(self, files: list[int]) -> None:
        """Start over with files that something has come from."""
        for file in files:
            self._heard_s.pop(file, None)

    def seconds(self, file: int) -> float:
        """Return for how long a file has been quiet."""
        return self._heard_s.get(file, (None, 0.0))[1]


def waits_at_a_selector(loop: Any) -> bool:
    """Return whether the wait of a loop is one that can be virtual.

    The timers of uvloop are out of reach, and so is the completion port at which the default loop
    of Windows waits: it has the name of a selector, and no files.
    """
    return hasattr(getattr(loop, "_selector", None), "get_map")


class Loops:
    """Makes the stand-ins for `asyncio.sleep` and for the wait of a loop."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._quiet: WeakKeyDictionary[Any, _Quiet] = WeakKeyDictionary()
        self._stands_since_s: float | None = None
        self._ends: list[float] = []
        """What `slept` will be when each sleep of a task has ended; a timer of the loop, which
        its work has made late, must not bring it further than that."""

    def sleep(self, real: Any) -> Any:
        """Return the stand-in for `asyncio.sleep`, which leaves the waiting to the loop."""

        async def sleep(delay: Any, result: Any = None) -> Any:
            process = self._process
            if not process.threads.moving or not delay > 0:
                return await real(delay, result)
            loop = asyncio.get_running_loop()
            if not waits_at_a_selector(loop):
                began_s = monotonic()
                try:
                    return await real(delay, result)
                finally:
                    self._note_foreign_loop(loop, monotonic() - began_s)
            process.record(delay, "asyncio.sleep")
            end = process.timeline.slept + float(delay)
            self._ends.append(end)
            try:
                given = await real(delay, result)
            finally:
                self._ends.remove(end)
            if process.threads.moving:
                process.timeline.finish(end)
            return given

        return sleep

    def select(self, real: Any) -> Any:
        """Return the stand-in for the `select` of a selector."""

        def select(this: Any, timeout: float | None = None) -> Any:
            loop = asyncio._get_running_loop()
            threads = self._process.threads
            if not threads.moving or getattr(loop, "_selector", None) is not this:
                return real(this, timeout)
            if timeout == 0:
                self._move_frozen_clock(loop, 0.0)
                return real(this, timeout)
            timeout = _until_the_next_timer(loop, timeout)
            ready = threads.wait(timeout).until(
                lambda s: real(this, s),
                lambda: real(this, 0),
                self._held(this),
                by_pools=True,
                most_slept=min(self._ends, default=WITHOUT_END),
            )
            if ready is None and timeout is None:  # all others wait too: nothing may ever come
                self._note_standstill(this)
                return real(this, _LISTEN_S)
            self._stands_since_s = None
            if ready is None:
                self._move_frozen_clock(loop, timeout or 0.0)
            if ready:
                self._quiet.get(this, _Quiet()).hear([key.fd for key, _ in ready])
            if threads.is_main():
                self._process.notify_slept()  # an error in another thread would end only the loop
            return ready or []

        return select

    def _move_frozen_clock(self, loop: Any, waited_s: float) -> None:
        """Let a loop whose time freezegun has frozen see that its next timer is due.

        It takes a timer for due once its time is *later*, and waits for nothing until then.
        """
        for timer in getattr(loop, "_scheduled", ())[:1]:
            left_s = timer.when() - loop.time()
            if 0 <= left_s <= waited_s:
                self._process.timeline.move_frozen_clock(left_s + _FROZEN_STEP_S)

    def _held(self, selector: Any) -> Any:
        """Return a function that says whether something may still come over a connection.

        An answer of a server in this process is on its way; whether a database or a broker will
        say something nobody knows, so a loop listens to it for half a second, and only once.
        """
        files = {key.fd: key for key in selector.get_map().values()}
        own = getattr(asyncio._get_running_loop(), "_ssock", None)  # the loop's own wake-up call
        files.pop(own.fileno() if own is not None else -1, None)
        if not files:
            return None
        quiet = self._quiet.setdefault(selector, _Quiet())
        heard_s = monotonic()

        def held() -> bool:
            nonlocal heard_s
            now_s = monotonic()
            quiet.listen(files, now_s - heard_s)
            heard_s = now_s
            return any(quiet.seconds(file) < self._patience_s(file) for file in files)

        return held

    def _patience_s(self, file: int) -> float:
        # an answer that will never come, as the test has asked, is not worth any patience
        for server in self._process.servers():
            port = server.client_ports([file]).get(file)
            if port is not None:
                return 0.0 if port in server.stalled else _ANSWER_S
        return SOON_S

    def _note_standstill(self, selector: Any) -> None:
        """Say that a loop is stuck where for long nothing but itself could wake it."""
        stalling = [server for server in self._process.servers() if server.stalled]
        for server in stalling:  # the client has no timeout: let it see a reset, not hang
            server.unstall()
        if len(selector.get_map()) > 1 or stalling:
            self._stands_since_s = None
        elif self._stands_since_s is None:
            self._stands_since_s = monotonic()
        elif monotonic() - self._stands_since_s >= _STUCK_S:
            self._stands_since_s = None
            self._process.notify_stuck()

    def _note_foreign_loop(self, loop: Any, seconds: float) -> None:
        frame = sys._getframe(2)
        while frame.f_back is not None and _is_of_the_library(frame):
            frame = frame.f_back
        kind = type(loop)
        why = f"{kind.__module__}.{kind.__qualname__} keeps its own time"
        wait = RealWait(seconds, frame.f_code.co_filename, frame.f_lineno, why)
        self._process.note_real_wait(wait)


def _is_of_the_library(frame: FrameType) -> bool:
    package = str(frame.f_globals.get("__name__")).partition(".")[0]
    return package in sys.stdlib_module_names


def _until_the_next_timer(loop: Any, timeout: float | None) -> float | None:
    timers = getattr(loop, "_scheduled", ())
    if timeout is None or timeout < _LONGEST_SELECT_S or not timers:
        return timeout
    return max(0.0, float(timers[0].when() - loop.time()))
