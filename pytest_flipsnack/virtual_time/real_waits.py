"""Find where a client really waits although time is virtual."""

from __future__ import annotations

import linecache
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from types import FrameType

from pytest_flipsnack.virtual_time.packages import Kind, of_kind
from pytest_flipsnack.virtual_time.thread_state import looking
from pytest_flipsnack.virtual_time.timeline import process_time

TICK_S = 0.1
LEAST_TICKS = 5
_BUSY = 0.05
"""A share of CPU time above which a thread that does not move is at work, on a busy machine too."""
_LISTENING = of_kind(Kind.LISTENS)
_OURS = __name__.partition(".")[0]


@dataclass(frozen=True, slots=True)
class RealWait:
    """A wait that virtual time did not skip: how long it was at least, the line, and perhaps why."""

    seconds: float
    path: str
    line: int
    why: str = ""

    def __str__(self) -> str:
        text = linecache.getline(self.path, self.line).strip()
        why = f" ({self.why})" if self.why else ""
        return f"{self.seconds:.1f} s at {PurePath(self.path).name}:{self.line}: {text}{why}"


class Lookout:
    """Looks every tick at where the thread stands that called `start`.

    A wait is half a second or more in one place, without work and without a request under way.
    `note` is given each wait, and the shorter one that it extends.
    """

    def __init__(
        self, note: Callable[[RealWait, RealWait | None], None], pausing: Callable[[], bool]
    ) -> None:
        self._note = note
        self._pausing = pausing
        self._thread: threading.Thread | None = None
        self._ended = threading.Lock()

    def start(self) -> None:
        """Begin to look at the calling thread."""
        self._ended.acquire()
        watched = threading.get_ident()
        self._thread = threading.Thread(
            target=self._look, args=(watched,), name="flipsnack-lookout", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        assert self._thread is not None
        self._ended.release()
        self._thread.join()

    def _look(self, watched: int) -> None:
        place: object = None
        ticks, began_s = 0, 0.0
        found: RealWait | None = None
        while not self._ended.acquire(timeout=TICK_S):
            with looking():
                frame = sys._current_frames().get(watched)
            # the same frame at the same instruction: it has not moved since the last tick
            here = frame and (id(frame), frame.f_lasti)
            if frame is None or here != place or self._pausing():
                place, ticks, began_s, found = here, 0, process_time(), None
                continue
            ticks += 1
            # a calculation in C stands at one instruction as well, but takes CPU time
            if process_time() - began_s > ticks * TICK_S * _BUSY:
                place = None
            elif ticks >= LEAST_TICKS:
                wait = _wait_at(frame, ticks * TICK_S)
                if wait is not None:
                    self._note(wait, found)
                    found = wait
        self._ended.release()


def _wait_at(frame: FrameType, seconds: float) -> RealWait | None:
    with looking():
        line = line_that_waits(frame)
    return None if line is None else RealWait(seconds, *line)


def line_that_waits(innermost: FrameType | None) -> tuple[str, int] | None:
    """Return the path and line that called the standard library; None for a request."""
    frame = innermost
    while frame is not None:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if package in _LISTENING:
            return None
        if package != _OURS and package not in sys.stdlib_module_names:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None
