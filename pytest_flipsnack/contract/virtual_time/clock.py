"""Virtual time: sleeping moves a clock instead of waiting."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from time import monotonic  # by name it stays real: virtual time leaves our modules alone
from typing import Any, Protocol, Self, TypeVar

from pytest_flipsnack.contract.virtual_time.holders import Holder, Holders
from pytest_flipsnack.contract.virtual_time.real_waits import Lookout, RealWait
from pytest_flipsnack.contract.virtual_time.replacements import Builtin, Replacements
from pytest_flipsnack.contract.virtual_time.turns import Turn, Turns

T = TypeVar("T")

_REAL_WAIT_S = 0.5
_PER_S = 2**30
"""Steps of a reading: from one to another three seconds are 3.0, and not 2.9999999998."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """One virtual sleep: its length, when it began, and what was called.

    `blocked_loop` says that a running event loop stood still for it.
    """

    seconds: float
    at: float
    by: str
    blocked_loop: bool = False


class Server(Protocol):
    """A server that may hold connections of the client's without an answer."""

    @property
    def stalled(self) -> Collection[int]:
        """The client's ports of the connections that are held."""

    def all_stalled(self, files: Iterable[int]) -> bool:
        """Return whether all of the connections among open files are held, and there is one."""

    def unstall(self) -> None:
        """Reset what is held."""


class NoServer:
    """Holds nothing."""

    stalled: Collection[int] = ()

    def all_stalled(self, files: Iterable[int]) -> bool:
        return False

    def unstall(self) -> None:
        """Have nothing to reset."""


class VirtualClock:
    """Seconds that pass when somebody sleeps, on top of the little that really passes.

    Between `start` and `stop`, `time.sleep`, `asyncio.sleep`, `trio.sleep`,
    `threading.Event.wait` with a timeout, `select.select` without a file, the clocks of `time` and
    `datetime.now` are replaced wherever they are held, also where they were imported by name
    before. An event loop that waits for a timer alone jumps to it; sleeps of several threads end
    in the order of their times. `sleeps` records every sleep exactly, `real_waits` has what really
    waited for half a second or more.

    Time never goes back: it starts where the last clock ended, and between `keep` and `release`
    the clocks tell it outside the blocks too. A rate limiter at a class would wait for as long as
    was skipped otherwise. Code that keeps a replaced function beyond that gets the real one
    through it.
    """

    def __init__(self, holders: Holders | None = None) -> None:
        self.skipped = 0.0
        self.sleeps: list[Sleep] = []
        self.watch: Callable[[], None] = _nothing
        self.stuck: Callable[[], None] = _nothing
        self.server: Server = NoServer()
        self.really_waited_s = 0.0
        self.sleep_was_patched = False
        self.thread = 0
        self._holders = holders or Holders()
        self.turns = Turns(self, self._holders.stood)
        self._origin = monotonic()
        self._base = self._last = self._before = 0.0
        self._lookout: Lookout | None = None
        self._depth = 0
        self._kept = False
        self._modules = 0
        self._lock = threading.Lock()
        self._replacements: Replacements | None = None
        self._undo: list[Holder] = []  # a search passes by these

    @property
    def running(self) -> bool:
        """Whether time is virtual now."""
        return self._depth > 0

    @property
    def ahead(self) -> float:
        """How many seconds the replaced clocks are ahead of the real ones."""
        if self._replacements is None or (_is_elsewhere() and not self.running):
            return 0.0
        return self._before + self.skipped

    @property
    def real_waits(self) -> list[RealWait]:
        """The waits of half a second or more that could not be made virtual."""
        return [] if self._lookout is None else self._lookout.found

    def reading(self) -> float:
        """Return the seconds of this clock, for the fake.

        While time is virtual only sleeps count, so that timelines are exact; a real wait of half
        a second or more is counted as well, and remembered in `really_waited_s`.
        """
        real = self._real()
        if not self.running:
            return _exact(real + self.skipped)
        passed = real - self._last
        self._last = real
        if passed >= _REAL_WAIT_S:
            self._base += passed
            self.really_waited_s += passed
        return _exact(self._base + self.skipped)

    def told(self) -> float:
        """Return the seconds that a client's clocks tell: what was skipped and what really passed."""
        return monotonic() + self.skipped

    def _say_stuck(self) -> None:
        self.stuck()

    def _real(self) -> float:
        return _exact(monotonic() - self._origin)

    def advance_to(self, skipped: float) -> None:
        """Let time pass until that much was skipped."""
        with self._lock:
            self.skipped = max(self.skipped, skipped)

    def count(self, come: T, seconds: float) -> T:
        """Let a wait that was real, for it is too short for a turn, count as time of a client."""
        if not come and self.turns.is_asker(threading.get_ident()):
            self.advance_to(self.skipped + seconds)
        return come

    def waiting(self, seconds: float | None) -> Turn:
        """Return a wait of the calling thread, as a block; None waits for other threads alone."""
        return self.turns.waiting(seconds)

    def sleep(self, seconds: float, by: str = "time.sleep", *, blocks: bool = True) -> None:
        """Record a sleep, and return when it has ended."""
        blocked = blocks and asyncio._get_running_loop() is not None
        self.record(seconds, by, blocked=blocked)
        with self.waiting(seconds) as turn:
            while not turn.over():
                turn.pause()
        self.watch()

    def record(self, seconds: float, by: str, *, blocked: bool = False) -> None:
        """Record a sleep that somebody else will end."""
        self.sleeps.append(Sleep(float(seconds), time.monotonic(), by, blocked))

    def keep(self) -> None:
        """Tell from now on until `release` how late it is by the clocks that ended before."""
        self._kept = True
        if self._holders.ahead:
            self._install(instances=False)

    def release(self) -> None:
        """Let the clocks be real when no block is open."""
        self._kept = False
        if not self.running:
            self._put_back()

    def start(self, *, instances: bool = True) -> Self:
        """Make time virtual; blocks may be nested.

        `instances` also finds functions that existing objects hold, which takes 20 ms.
        """
        self._depth += 1
        if self._depth == 1:
            self.turns.asks()
            self.thread = threading.get_ident()
            self._base = self._real()
            if self._lookout is None:
                self._lookout = Lookout(lambda: bool(self.server.stalled), self._say_stuck)
            self._lookout.start()
            self._install(instances=instances)
            self._last = self._real()  # the search takes a while
        return self

    def stop(self) -> None:
        """Let sleeps be real again; put every function back where it was found, if not kept."""
        self.sleep_was_patched |= not isinstance(time.sleep, Builtin)
        self._depth -= 1
        if self._depth == 0:
            assert self._lookout is not None
            self._lookout.stop()
            self._holders.ahead = max(self._holders.ahead, self.ahead)
            if not self._kept:
                self._put_back()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _install(self, *, instances: bool) -> None:
        modules, self._modules = self._modules, len(sys.modules)
        if self._replacements is not None and not instances and modules == self._modules:
            return  # it was done when time was kept
        if self._replacements is None:
            # another clock's functions, which these go through, may tell the later time already
            self._before = 0.0 if self._holders.in_use else self._holders.ahead - self.skipped
            self._replacements = Replacements(self)
            for put, original, made in self._replacements.methods():
                self._put(put, original, made)
        made_for = self._replacements.functions()
        for holder in self._holders.find([*made_for], instances=instances):
            self._put(holder.put, holder.original, made_for[holder.original])
        self._holders.in_use = True

    def _put(self, put: Callable[[Any], None], original: Any, made: Any) -> None:
        put(made)
        self._undo.append(Holder(put, original))

    def _put_back(self) -> None:
        while self._undo:
            holder = self._undo.pop()
            holder.put(holder.original)
        if self._replacements is not None:
            self._replacements = None
            self._holders.in_use = False


def _is_elsewhere() -> bool:
    """Return whether the test has set a time of its own, with time-machine."""
    machine = sys.modules.get("time_machine")
    return bool(getattr(machine, "coordinates_stack", ()))


def _exact(seconds: float) -> float:
    return round(seconds * _PER_S) / _PER_S


def _nothing() -> None:
    """Do nothing."""
