"""Find where a client really waits although time is virtual."""

from __future__ import annotations

import linecache
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from types import FrameType
from typing import Any

from pytest_flipsnack.contract.virtual_time.frames import looking

TICK_S = 0.1
LEAST_TICKS = 5
_STUCK_TICKS = 600
"""A minute in one place, as at a lock that nobody will release."""
_BUSY = 0.05
"""A share of CPU time above which who stands still is at work, even on a busy machine."""
_NETWORK = frozenset(
    [
        # a thread in these waits for an answer, or a person
        "_pytest", "aiohttp", "asyncio", "bdb", "cmd", "http", "httpcore", "httpx", "pdb",
        "requests", "selectors", "socket", "ssl", "trio", "urllib", "urllib3",
    ]
)  # fmt: skip
_OURS = __name__.partition(".")[0]


@dataclass(frozen=True, slots=True)
class RealWait:
    """A wait that virtual time did not replace: how long it was at least, and the line."""

    seconds: float
    path: str
    line: int

    def __str__(self) -> str:
        text = linecache.getline(self.path, self.line).strip()
        return f"{self.seconds:.1f} s at {PurePath(self.path).name}:{self.line}: {text}"


class Wake:
    """Interrupts the main thread where it stands, also at a lock, to say that it is stuck there."""

    def __init__(self, stuck: Callable[[], None]) -> None:
        self._stuck = stuck
        self._before: Any = None
        self._thread = 0

    def start(self) -> None:
        """Be ready, in the main thread of a machine that has the signal."""
        main = threading.current_thread() is threading.main_thread()
        if main and hasattr(signal, "SIGURG"):
            # nobody else's, and ignored by default: a late one does no harm
            self._before = signal.signal(signal.SIGURG, lambda number, frame: self._stuck())
            self._thread = threading.get_ident()

    def up(self) -> None:
        """Let the main thread say so."""
        if self._thread:
            signal.pthread_kill(self._thread, signal.SIGURG)

    def stop(self) -> None:
        """Be ready no more."""
        if self._thread:
            signal.signal(signal.SIGURG, self._before)
            self._thread = 0


class Lookout:
    """Looks every tick at where the thread stands that called `start`.

    A wait is half a second or more in one place, without work and without a request under way.
    """

    def __init__(self, pausing: Callable[[], bool], stuck: Callable[[], None]) -> None:
        self.found: list[RealWait] = []
        self._pausing = pausing
        self._wake = Wake(stuck)
        self._thread: threading.Thread | None = None
        self._ended = threading.Lock()

    def start(self) -> None:
        """Begin to look at the calling thread."""
        self._ended.acquire()
        watched = threading.get_ident()
        self._thread = threading.Thread(
            target=self._look, args=(watched,), name="flipsnack-lookout", daemon=True
        )
        self._wake.start()
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        assert self._thread is not None
        self._ended.release()
        self._thread.join()
        self._wake.stop()

    def _look(self, watched: int) -> None:
        place: object = None
        ticks, began_s = 0, 0.0
        # a lock, for the functions of `time` are replaced
        while not self._ended.acquire(timeout=TICK_S):
            with looking():
                frame = sys._current_frames().get(watched)
            here = frame and (id(frame), frame.f_lasti)
            if frame is None or here != place or self._pausing():
                place, ticks, began_s = here, 0, time.process_time()
                continue
            ticks += 1
            if time.process_time() - began_s > ticks * TICK_S * _BUSY:
                place = None
            elif ticks >= LEAST_TICKS:
                waits = self._note(frame, ticks * TICK_S, extends=ticks > LEAST_TICKS)
                if waits and ticks % _STUCK_TICKS == 0:
                    self._wake.up()
        self._ended.release()

    def _note(self, frame: FrameType, seconds: float, *, extends: bool) -> bool:
        """Remember a wait; return whether it is one, and no request."""
        with looking():
            line = line_that_waits(frame)
        if line is not None:
            if extends:
                self.found.pop()
            self.found.append(RealWait(seconds, *line))
        return line is not None


def line_that_waits(innermost: FrameType) -> tuple[str, int] | None:
    """Return the path and line that called the standard library; None for a request."""
    frame: FrameType | None = innermost
    while frame is not None:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package in _NETWORK:
            return None
        if package != _OURS and package not in sys.stdlib_module_names:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None
