"""What a caller holds of virtual time: a clock that sleeps move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Self

from pytest_flipsnack.virtual_time.process import PROCESS as _PROCESS
from pytest_flipsnack.virtual_time.process import Observer, Server, Sleep
from pytest_flipsnack.virtual_time.real_waits import RealWait
from pytest_flipsnack.virtual_time.timeline import exact


class VirtualClock:
    """Seconds that pass when a client sleeps, on top of the little that really passes.

    Between `start` and `stop` sleeps of every kind move the clocks of this process instead of
    waiting; `docs/virtual-time.md` has the list. `sleeps` has every sleep, `real_waits` what
    really waited for half a second or more. Blocks nest, also those of several clocks.

    Time never goes back: a clock starts where the last one ended, and between `keep` and
    `release` the clocks show it outside the blocks too. A rate limiter at a class would wait for
    as long as was skipped otherwise. Raises `VirtualTimeError` where the process does not allow it.
    """

    def __init__(self) -> None:
        self.sleeps: list[Sleep] = []
        self.real_waits: list[RealWait] = []
        self.observers: list[Observer] = []
        self.servers: list[Server] = []
        self._slept_before = _PROCESS.timeline.slept
        self._waited_before = _PROCESS.timeline.really_waited_s
        self._depth = 0
        self._kept = False

    @property
    def running(self) -> bool:
        """Whether time is virtual now."""
        return self._depth > 0

    @property
    def skipped(self) -> float:
        """How many seconds of sleep have passed since this clock was made."""
        return exact(_PROCESS.timeline.slept - self._slept_before)

    @property
    def really_waited_s(self) -> float:
        """How many seconds really passed in waits of half a second or more."""
        return _PROCESS.timeline.really_waited_s - self._waited_before

    @property
    def unobserved_sleep(self) -> str:
        """What stands in the place of `time.sleep` and cannot be observed, or an empty text."""
        return _PROCESS.foreign.unknown

    def reading(self) -> float:
        """Return the seconds of this clock.

        While time is virtual only sleeps count, so that timelines are exact; a real wait of half
        a second or more counts as well.
        """
        return _PROCESS.timeline.reading(only_sleeps=_PROCESS.threads.moving)

    def now(self) -> float:
        """Return what `time.monotonic()` tells a client: real time plus what was skipped."""
        return _PROCESS.timeline.now()

    def sleep(self, seconds: float) -> None:
        """Let so much time pass, as a sleep of the calling thread does; the clock must run."""
        _PROCESS.sleep(seconds, "VirtualClock.sleep")

    def makes_requests(self) -> None:
        """Note that the calling thread is the client's, and see what it sleeps with."""
        # a client may have been given another sleep since the block began
        if _PROCESS.threads.moving:
            _PROCESS.threads.makes_requests()
            _PROCESS.foreign.look()

    def is_requesting(self) -> bool:
        """Return whether the calling thread is known to make requests."""
        return _PROCESS.threads.is_requesting(threading.get_ident())

    def wait(
        self, seconds: float | None, listen: Callable[[float], bool], woken: Callable[[], object]
    ) -> bool:
        """Return whether `listen` gave something before so many virtual seconds had passed.

        `woken` tells another thread whether `listen` would give something now.
        """
        return bool(_PROCESS.threads.wait(seconds).until(listen, woken))

    def awaiting_answer(self) -> AbstractContextManager[None]:
        """Return a block in which the calling thread waits for an answer that is due."""
        return _PROCESS.threads.awaiting_answer()

    def keep(self) -> None:
        """Show from now on until `release` how late it is by the clocks that ended before."""
        self._kept = True  # also where a block of this clock is open already
        _PROCESS.admit(self)

    def release(self) -> None:
        """Let the clocks be real when no block is open."""
        self._kept = False
        if not self.running:
            _PROCESS.dismiss(self)

    def start(self) -> Self:
        """Make time virtual; blocks may be nested."""
        _PROCESS.admit(self)
        try:
            _PROCESS.start()
        except BaseException:
            if not (self._kept or self.running):
                _PROCESS.dismiss(self)
            raise
        self._depth += 1  # last: a start that failed is no block
        return self

    def stop(self) -> None:
        """Let sleeps be real again where no other block is open."""
        self._depth -= 1
        # other clocks may hold the time in blocks of their own
        if not _PROCESS.running:
            _PROCESS.stop()
        if not (self.running or self._kept):
            _PROCESS.dismiss(self)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()
