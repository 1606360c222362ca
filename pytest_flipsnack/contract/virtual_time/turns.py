"""Threads that wait in virtual time take turns: the one whose wait ends first moves the clock."""

from __future__ import annotations

import _thread
import sys
import threading
from collections.abc import Callable, Mapping
from time import monotonic, process_time  # by name they stay real in our modules
from types import FrameType
from typing import Protocol, Self, TypeVar

from pytest_flipsnack.contract.virtual_time.frames import looking
from pytest_flipsnack.contract.virtual_time.standing import (
    SOON_S,
    Place,
    is_asking,
    is_the_clients,
    place_of,
    waits,
)

FOREVER = float("inf")
GRACE_S = 0.01
"""How long a thread stands still before its wait for a lock is taken for one."""
_STILL_S = 0.1
_LONG_S = 1.0
_PATIENCE_OF_A_LISTENER_S = 5.0
_TICK_S = 0.001
_MOST_OVERTAKEN = 50
_BUSY = 0.7
"""A share of CPU time above which who stands still is at work."""
T = TypeVar("T")


class Clock(Protocol):
    """What moves."""

    @property
    def running(self) -> bool: ...

    skipped: float

    def advance_to(self, skipped: float) -> None: ...


class Turns:
    """Who waits in virtual time, and until when."""

    def __init__(self, clock: Clock, stood: dict[int, tuple[Place, float]]) -> None:
        self._clock = clock
        self._stood = stood
        self._lock = _thread.allocate_lock()
        self._turns: list[Turn] = []
        self._askers: set[int] = set()
        self.first: Turn | None = None
        self._latest: Turn | None = None

    @property
    def alone(self) -> bool:
        """Whether only the calling thread is there."""
        with looking():
            return not self._turns and not self.others()

    @property
    def tick_s(self) -> float:
        """How long one listens before it looks whether its turn has come: many take longer."""
        return _TICK_S * (1 + len(self._turns) // 8)

    def asks(self) -> None:
        """Note that the calling thread makes requests, or waits for those that do."""
        self._askers.add(threading.get_ident())

    def is_asker(self, thread: int) -> bool:
        """Return whether a thread is known to make requests; others work in the background."""
        return thread in self._askers

    def waiting(self, seconds: float | None) -> Turn:
        """Return a wait of the calling thread; None waits for another thread alone."""
        return Turn(self, self._clock, FOREVER if seconds is None else seconds)

    def join(self, turn: Turn) -> None:
        """Let a wait begin."""
        with self._lock:
            self._turns.append(turn)
            self._choose()

    def leave(self, turn: Turn) -> None:
        """Let a wait end."""
        with self._lock:
            self._turns.remove(turn)
            self._choose()

    def end(self, turn: Turn) -> bool:
        """Move the clock to the end of the first wait, unless somebody was just woken."""
        with self._lock:
            if self.first is not turn or any(other.hears() for other in self._turns):
                return False
            if turn.end < FOREVER:
                self._clock.advance_to(turn.end)
            if turn.background:
                for other in self._turns:
                    other.overtaken += 1
            return True

    def others(self) -> dict[int, FrameType | None]:
        """Return where the client's other threads stand that do not wait in virtual time.

        None is where a thread stands that was started and has not begun. Call it in a block of
        `looking`.
        """
        known = {threading.get_ident(), *(turn.thread for turn in list(self._turns))}
        threads = threading.enumerate()
        by_ident = {thread.ident: thread for thread in threads}
        found: dict[int, FrameType | None] = {
            ident: frame
            for ident, frame in sys._current_frames().items()
            if ident not in known
            and (self.is_asker(ident) or is_the_clients(by_ident.get(ident), frame))
        }
        found |= {id(thread): None for thread in threads if thread.ident is None}
        return found

    def stand(self, places: Mapping[int, Place]) -> dict[int, float]:
        """Return since when each thread was seen nowhere but at its place."""
        new = monotonic()
        known = {ident: self._stood.get(ident, (place, new)) for ident, place in places.items()}
        stands = {
            ident: known[ident] if known[ident][0] == place else (place, new)
            for ident, place in places.items()
        }
        self._stood.clear()
        self._stood.update(stands)
        return {ident: since for ident, (_, since) in stands.items()}

    def _choose(self) -> None:
        asking = [turn for turn in self._turns if not turn.background]
        # a thread that sleeps very often, or many that do, must not hold up a long wait
        enough = any(turn.overtaken >= _MOST_OVERTAKEN for turn in asking)
        chosen = asking if enough else self._turns
        self.first = min(chosen, key=lambda turn: turn.end, default=None)
        if self.first is None:
            return
        if self.first is not self._latest:
            self.first.start_over()
        self._latest = self.first
        self.first.wake()


class Turn:
    """A wait of a thread in virtual time, as a block; `over` says whether it has ended.

    It may be entered again and goes on. It ends when every other thread of the client's waits
    too, for a lock or for a later time. A thread that never stops working does not hold up a sleep
    for longer than half a second, nor a wait for somebody else for longer than five.
    """

    def __init__(self, turns: Turns, clock: Clock, seconds: float) -> None:
        self._seconds = seconds
        self.end = clock.skipped + seconds
        self.thread = threading.get_ident()
        self.background = not turns.is_asker(self.thread)
        self.overtaken = 0
        self.hears: Callable[[], object] = _nothing
        """Whether what it waits for has come, and its thread has not gone on yet."""
        self._turns = turns
        self._clock = clock
        self._bell = _thread.allocate_lock()
        self._bell.acquire()
        self._began_s = monotonic()
        self.start_over()

    def __enter__(self) -> Self:
        self._turns.join(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self._turns.leave(self)

    def until(self, listen: Callable[[float], T], hears: Callable[[], object]) -> T | None:
        """Return what `listen` hears within so many seconds, or None when the wait has ended.

        `hears` tells another thread whether there is something to hear.
        """
        self.hears = hears
        heard = listen(0)
        while not heard:
            if self.over():
                return None
            heard = listen(self._turns.tick_s)
        return heard

    def over(self) -> bool:
        """Return whether the wait has ended; move the clock where its turn has come."""
        if self._clock.skipped >= self.end or not self._clock.running:
            return True
        if self.background and monotonic() - self._began_s >= self._seconds:
            return True  # others have worked for so long that its time has come by itself
        if self._turns.first is not self:
            return False
        with looking():
            all_wait = self._all_wait()
        return all_wait and self._turns.end(self)

    def pause(self) -> None:
        """Wait for the others: a moment for the first, and for the others until they are it."""
        first = self._turns.first is self
        self._bell.acquire(timeout=_TICK_S if first else _STILL_S)

    def wake(self) -> None:
        """End a pause."""
        if self._bell.locked():
            self._bell.release()

    def start_over(self) -> None:
        """Forget what was seen of the others, for they have gone on since."""
        self._first_s = self._since_s = monotonic()
        self._worked_s = process_time()
        self._seen: dict[int, Place] = {}

    def _all_wait(self) -> bool:
        others = self._turns.others()
        places = {ident: place_of(frame) for ident, frame in others.items()}
        now_s = monotonic()
        if any(self._seen.get(ident) != place for ident, place in places.items()):
            self._seen, self._since_s, self._worked_s = places, now_s, process_time()
        busy = process_time() - self._worked_s > _BUSY * (now_s - self._since_s)
        stands = self._turns.stand(places)
        listens = self.hears is not _nothing
        patience_s = _PATIENCE_OF_A_LISTENER_S if listens else SOON_S
        if now_s - self._first_s >= patience_s and not self.background:
            return not any(map(is_asking, others.values()))

        def unknown_s(ident: int) -> float:
            if busy or (self.background and self._turns.is_asker(ident)):
                return FOREVER
            return patience_s if listens else _STILL_S

        def waits_there(ident: int, frame: FrameType | None) -> bool:
            stood_s = now_s - stands[ident]
            # who has stood there for long and goes on late costs a sleep nothing but its order
            grace_s = _TICK_S if stood_s >= _LONG_S and not listens else GRACE_S
            still = now_s - self._since_s >= grace_s
            return waits(frame, still=still, stood_s=stood_s, unknown_s=unknown_s(ident))

        return all(waits_there(ident, frame) for ident, frame in others.items())


def _nothing() -> bool:
    """Hear nothing."""
    return False
