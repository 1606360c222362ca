"""Threads that a test has left at work: what they still ask belongs to nobody."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType

from pytest_flipsnack.virtual_time.packages import Kind, of_kind
from pytest_flipsnack.virtual_time.thread_state import looking

_WAITING = of_kind(Kind.LOCKS | Kind.TIMED) | {"selectors", "asyncio"}
_LOOPS = frozenset({"queue", "concurrent", "multiprocessing", "selectors", "asyncio"})
_BELOW = of_kind(Kind.POOL) | {"threading"}
_EVENT_WAIT = threading.Event.wait.__code__
_OURS = __name__.partition(".")[0]


def late_line(name: str, what: str) -> str:
    """Name a request that came when no test was there to answer it."""
    when = f"{name}: {what} arrived after the test had ended"
    return when if name else f"{what} arrived before the first test"


class Leftovers:
    """Remembers what each thread was doing when its test ended.

    A thread is told by the function that it was in, and only while it still is: the thread of a
    pool, or one that takes its work from a queue, may work for the next test as well.
    """

    def __init__(self) -> None:
        self._left: dict[threading.Thread, tuple[str, FrameType]] = {}

    def threads(self) -> frozenset[threading.Thread]:
        """Return the threads that run now; forget those that have ended."""
        for thread in [one for one in self._left if not one.is_alive()]:
            del self._left[thread]
        return frozenset(threading.enumerate())

    def note(self, name: str, before: frozenset[threading.Thread]) -> None:
        """Note the threads that the test of that name has begun and left at work."""
        begun = self.threads() - before
        if not begun:
            return
        with looking():
            frames = sys._current_frames()
            for thread in begun:
                frame = frames.get(thread.ident or 0)
                work = None if frame is None or _is_idle(frame) else _work(frame)
                if work is not None:
                    self._left[thread] = (name, work)

    def test_of_this_thread(self) -> str | None:
        """Return the name of the earlier test that this thread still works for, or None."""
        if not self._left:
            return None
        thread = threading.current_thread()
        name, work = self._left.get(thread, ("", None))
        if work is None:
            return None
        if any(frame is work for frame in _outwards(sys._getframe())):
            return name
        del self._left[thread]
        return None


def _outwards(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back


def _package(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0]


def _is_idle(innermost: FrameType) -> bool:
    """Return whether a thread waits for others to give it work; in doubt it does."""
    waits = False
    for frame in _outwards(innermost):
        package = _package(frame)
        if package in _LOOPS:
            return True
        if frame.f_code is _EVENT_WAIT and frame.f_locals.get("timeout") is not None:
            return False  # a sleep that somebody may cut short
        if package not in _WAITING | {_OURS}:
            break
        waits = package != _OURS  # where it is ours, it is the stand-in of a sleep
    return waits


def _work(innermost: FrameType) -> FrameType | None:
    """Return the frame of the function that a thread was given."""
    for frame in reversed([*_outwards(innermost)]):
        if _package(frame) not in _BELOW:
            return frame
    return None
