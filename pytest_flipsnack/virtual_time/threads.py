"""Threads that wait in virtual time: which wait ends first, and when the clock may move to it."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from weakref import WeakKeyDictionary

from pytest_flipsnack.virtual_time.thread_state import (
    WITHOUT_END,
    Place,
    outside_ours,
    runs_for_a_client,
)
from pytest_flipsnack.virtual_time.timeline import Timeline, monotonic
from pytest_flipsnack.virtual_time.waits import TICK_S, Wait

_MOST_OVERTAKEN = 50


class Threads:
    """Who waits in virtual time, and until when."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.moving = False
        """Whether time is virtual now; waits end where it is not."""
        self.awaiting_answers: set[int] = set()
        """Threads whose request is on its way: nothing is skipped meanwhile."""
        self._lock = _thread.allocate_lock()
        self._waits: list[Wait] = []
        self._requesting: set[int] = set()
        self._main = 0
        self._stood: WeakKeyDictionary[threading.Thread, tuple[Place, float]] = WeakKeyDictionary()
        self.first: Wait | None = None
        self._latest: Wait | None = None

    @property
    def tick_s(self) -> float:
        """How long a wait listens before it looks again whether it is first."""
        return TICK_S * (1 + len(self._waits) // 8)

    def makes_requests(self) -> None:
        """Note that the calling thread makes requests; threads that never do are background."""
        self._requesting.add(threading.get_ident())

    def is_requesting(self, thread: int) -> bool:
        """Return whether a thread is known to make requests."""
        return thread in self._requesting

    def begin(self) -> None:
        """Note the calling thread as the client's; the numbers of earlier ones are used again."""
        self._requesting = {threading.get_ident()}
        self._main = threading.get_ident()

    def is_main(self) -> bool:
        """Return whether the calling thread is the one in which time was made virtual."""
        return threading.get_ident() == self._main

    def wait(self, seconds: float | None) -> Wait:
        """Return a wait of the calling thread, as a block; None waits for other threads alone."""
        return Wait(self, WITHOUT_END if seconds is None else seconds)

    @contextmanager
    def awaiting_answer(self) -> Iterator[None]:
        """Let no time be skipped while the calling thread waits for an answer that is due."""
        ident = threading.get_ident()
        self.awaiting_answers.add(ident)
        try:
            yield
        finally:
            self.awaiting_answers.discard(ident)

    def join(self, wait: Wait) -> None:
        """Let a wait begin."""
        with self._lock:
            self._waits.append(wait)
            self._choose()

    def leave(self, wait: Wait) -> None:
        """Let a wait end."""
        with self._lock:
            self._waits.remove(wait)
            self._choose()

    def end(self, wait: Wait) -> bool:
        """Move the clock to the end of the first wait, unless another one was just woken."""
        with self._lock:
            # one that was just woken goes on first, in the time in which it was woken
            if self.first is not wait or any(other.woken() for other in self._waits):
                return False
            if wait.end < WITHOUT_END:
                self.timeline.advance_to(wait.end)
                wait.skipped = True
            if wait.background:  # a heartbeat: how often it has come before the others is counted
                for other in self._waits:
                    other.overtaken += 1
            return True

    def others(self) -> dict[int, FrameType | None]:
        """Return the client's other threads that do not wait in virtual time, with their frames.

        None is the frame of a thread that was started and has not begun. Call it in a block of
        `looking`.
        """
        known = {threading.get_ident(), *(wait.thread for wait in list(self._waits))}
        threads = threading.enumerate()
        # a frame knows no thread: what the thread was started for tells whose it is
        by_ident = {thread.ident: thread for thread in threads}
        found: dict[int, FrameType | None] = {
            ident: outside_ours(frame)
            for ident, frame in sys._current_frames().items()
            if ident not in known
            and (self.is_requesting(ident) or runs_for_a_client(by_ident.get(ident), frame))
        }
        found |= {id(thread): None for thread in threads if thread.ident is None}
        return found

    def standing_since(self, places: Mapping[int, Place]) -> dict[int, float]:
        """Return since when each thread was seen nowhere but at its place, by whoever looked."""
        new = monotonic()
        threads = {thread.ident: thread for thread in threading.enumerate()}
        since = dict.fromkeys(places, new)
        alive = [(ident, threads[ident]) for ident in places if ident in threads]
        for ident, thread in alive:
            place = places[ident]
            known = self._stood.get(thread, (place, new))
            self._stood[thread] = stands = known if known[0] == place else (place, new)
            since[ident] = stands[1]
        return since

    def _choose(self) -> None:
        requesting = [wait for wait in self._waits if not wait.background]
        # a thread that sleeps very often, or many that do, must not hold up a long wait
        enough = any(wait.overtaken >= _MOST_OVERTAKEN for wait in requesting)
        chosen = requesting if enough else self._waits
        self.first = min(chosen, key=lambda wait: wait.end, default=None)
        if self.first is None:
            return
        if self.first is not self._latest:  # what the last one saw may be long out of date
            self.first.start_over()
        self._latest = self.first
        self.first.wake()
