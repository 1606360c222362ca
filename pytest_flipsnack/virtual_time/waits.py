"""A wait of a thread in virtual time."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Callable
from types import FrameType
from typing import TYPE_CHECKING, Self, TypeVar

from pytest_flipsnack.virtual_time.thread_state import (
    SOON_S,
    WITHOUT_END,
    Place,
    listens_to_files,
    looking,
    place_of,
    waits_for_another,
    works_for_a_loop,
)
from pytest_flipsnack.virtual_time.timeline import monotonic, process_time

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.threads import Threads

T = TypeVar("T")
TICK_S = 0.001
GRACE_S = 0.01
"""How long a thread does not move before it counts as waiting at its lock."""
_STILL_S = 0.1
"""How long a thread does not move, nobody knows why, before a sleep takes no notice of it."""
_LONG_S = 1.0
_PATIENCE_S = 1.5
"""As `_STILL_S`, for a wait that the other thread may end."""
_PATIENCE_WITH_WORK_S = 5.0
"""How long such a wait lasts while another thread works."""
_BUSY = 0.3
"""A share of CPU time above which a thread that does not move counts as working."""


class Wait:
    """A wait of a thread in virtual time, as a block; `over` says whether it has ended.

    It ends when its time has come: by real time that passes, or skipped where every other thread
    of the client's waits too. Threads that do not, hold up a sleep for half a second.
    """

    def __init__(self, threads: Threads, seconds: float) -> None:
        self._threads = threads
        self._timeline = threads.timeline
        self._seconds = seconds
        self._slept_before = self._timeline.slept
        self.end = self._timeline.now() + seconds
        self.thread = threading.get_ident()
        self.background = not threads.is_requesting(self.thread)
        self.overtaken = 0
        self.skipped = False
        self.woken: Callable[[], object] = _never
        """Whether what it waits for has come, and its thread has not gone on yet."""
        self.held: Callable[[], object] = _never
        """Whether an answer may still come that only real time brings."""
        self._by_pools = False
        self._most_slept = WITHOUT_END
        self._bell = _thread.allocate_lock()
        self._bell.acquire()
        self.start_over()

    def __enter__(self) -> Self:
        self._threads.join(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self._threads.leave(self)

    def sleep(self) -> None:
        """Return when the time has come."""
        with self:
            while not self.over():
                self.pause()

    def skip(self) -> None:
        """Let the time come at once, whatever other threads do."""
        self._timeline.advance_to(self.end)
        self.skipped = True
        self._count()

    def until(
        self,
        listen: Callable[[float], T],
        woken: Callable[[], object],
        held: Callable[[], object] | None = None,
        *,
        by_pools: bool = False,
        most_slept: float = WITHOUT_END,
    ) -> T | None:
        """Return what `listen` gives within so many seconds, or None when the wait has ended.

        `woken` tells another thread whether `listen` would give something now, `held` says that
        only real time may bring it. With `by_pools` only threads of pools end the wait;
        `most_slept` is what it may bring the timeline's `slept` to.
        """
        self.woken, self.held = woken, held or _never
        self._by_pools, self._most_slept = by_pools, most_slept
        with self:
            given = listen(0)  # what is there already takes no time
            while not given:
                if self.over():
                    return None
                given = listen(self._threads.tick_s)
            return given

    def over(self) -> bool:
        """Return whether the wait has ended; move the clock to its end where it is the first."""
        if self._timeline.now() >= self.end:
            self._count()
            return True
        if not self._threads.moving:
            return True
        if self._threads.first is not self or self.held():
            return False
        with looking():
            all_wait = self._all_wait()
        if all_wait and self._threads.end(self):
            self._count()
            return True
        return False

    def pause(self) -> None:
        """Wait for the others: a moment where this is the first, else until it is."""
        first = self._threads.first is self
        # the others are woken when they become the first; looking all the time would cost CPU time
        self._bell.acquire(timeout=TICK_S if first else _STILL_S)

    def wake(self) -> None:
        """End a pause."""
        if self._bell.locked():
            self._bell.release()

    def start_over(self) -> None:
        """Forget what was seen of the others, for they have gone on since."""
        self._first_s = self._since_s = monotonic()
        self._worked_s = self._worked_at_first_s = process_time()
        self._seen: dict[int, Place] = {}

    def _count(self) -> None:
        # a background sleep that real time has ended moves nothing
        if (self.skipped or not self.background) and self._seconds < WITHOUT_END:
            slept = min(self._slept_before + self._seconds, self._most_slept)
            self._timeline.finish(slept)

    def _all_wait(self) -> bool:
        threads = self._threads
        others = threads.others()
        # a reply takes its own real time, and no client's timeout may pass meanwhile
        if not threads.awaiting_answers.isdisjoint(others):
            return False
        places = {ident: place_of(frame) for ident, frame in others.items()}
        now_s = monotonic()
        if any(self._seen.get(ident) != place for ident, place in places.items()):
            self._seen, self._since_s, self._worked_s = places, now_s, process_time()
        passed_s = now_s - self._first_s
        stands = threads.standing_since(places)
        listens = any(map(self._may_be_woken_by, others.values()))
        enough_s = _PATIENCE_WITH_WORK_S if listens else SOON_S
        # a machine that stands still is no reason to let a background sleep run ahead
        worked = process_time() - self._worked_at_first_s >= passed_s / 2
        if passed_s >= enough_s and (worked or not self.background):
            return True
        busy = process_time() - self._worked_s > _BUSY * (now_s - self._since_s)

        def waits_there(ident: int, frame: FrameType) -> bool:
            listens = self._may_be_woken_by(frame)
            stood_s = now_s - stands[ident]
            # a thread that has stood there for long costs a sleep nothing but its order
            grace_s = TICK_S if stood_s >= _LONG_S and not listens else GRACE_S
            still = now_s - self._since_s >= grace_s
            unknown_s = _PATIENCE_S if listens else _STILL_S
            if self.background and threads.is_requesting(ident):
                unknown_s = max(unknown_s, SOON_S)
            return waits_for_another(
                frame, still=still, stood_s=stood_s, unknown_s=unknown_s, busy=busy
            )

        return all(
            frame is not None and waits_there(ident, frame) for ident, frame in others.items()
        )

    def _may_be_woken_by(self, frame: FrameType | None) -> bool:
        """Return whether the end of a thread's work may be what this waits for."""
        if self.woken is _never or frame is None:
            return self.woken is not _never
        if self._by_pools:
            return works_for_a_loop(frame)
        return not listens_to_files(frame)


def _never() -> bool:
    """Nothing comes."""
    return False
