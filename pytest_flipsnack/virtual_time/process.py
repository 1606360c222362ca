"""The time of this process, the clocks that hold it, and those who watch it."""

from __future__ import annotations

import _thread
import asyncio
import sys
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.foreign import ForeignSleeps
from pytest_flipsnack.virtual_time.forks import at_forks
from pytest_flipsnack.virtual_time.functions import Functions
from pytest_flipsnack.virtual_time.real_waits import Lookout, RealWait
from pytest_flipsnack.virtual_time.thread_state import end_all_looks
from pytest_flipsnack.virtual_time.threads import Threads
from pytest_flipsnack.virtual_time.timeline import Timeline

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.clock import VirtualClock


class VirtualTimeError(RuntimeError):
    """Time cannot be made virtual in this process."""


@dataclass(frozen=True, slots=True)
class Sleep:
    """One virtual sleep: its length, when it began by `time.monotonic()`, and what was called.

    `blocked_loop` says that a running event loop stood still for it.
    """

    seconds: float
    at: float
    by: str
    blocked_loop: bool = False


class Observer(Protocol):
    """Somebody who looks on while time is virtual; may raise in the thread that has slept."""

    def slept(self) -> None:
        """Follow a sleep, in the thread that slept."""

    def stuck(self) -> None:
        """Hear of an event loop that nothing can wake."""


class Server(Protocol):
    """A server in this process, whose clients wait for answers that are due, or never come."""

    @property
    def stalled(self) -> Collection[int]:
        """The clients' ports of the connections that get no answer."""

    def client_ports(self, files: Iterable[int]) -> dict[int, int]:
        """Return the client's port of each open file that is a connection to this server."""

    def unstall(self) -> None:
        """Reset the connections that get no answer."""


class Process:
    """The time of this process and those who hold it.

    One for all clocks: `time.sleep` is one function, whoever makes it virtual.
    """

    def __init__(self) -> None:
        self.timeline = Timeline()
        self.threads = Threads(self.timeline)
        self.foreign = ForeignSleeps(self)
        self.functions = Functions(self)
        self.lookout: Lookout | None = None
        self.clocks: list[VirtualClock] = []
        self._hooked = False

    @property
    def running(self) -> list[VirtualClock]:
        """The clocks in whose blocks time is virtual now."""
        return [clock for clock in self.clocks if clock.running]

    def admit(self, clock: VirtualClock) -> None:
        """Let a clock hold the time."""
        if not self.clocks:  # nobody sees the time now, so nobody sees it go back
            self.timeline.restart_if_too_late()
        if clock not in self.clocks:
            self.clocks.append(clock)
        try:
            if self.timeline.skipped:  # what earlier tests slept shows before the first block too
                self.functions.put_in()
            else:
                self.functions.put_in_dates()
        except BaseException:
            self.clocks.remove(clock)
            raise

    def dismiss(self, clock: VirtualClock) -> None:
        """Let it go; with the last one everything is real again."""
        # twice is as good as once: fixtures may be torn down after a fork or a failed start
        if clock in self.clocks:
            self.clocks.remove(clock)
        if not self.clocks:
            self.functions.take_out()

    def start(self) -> None:
        """Let sleeps move the time from now on; raise and change nothing where it cannot."""
        if self.threads.moving:
            return
        found = patching.problem() or _patched_library()
        if found:
            raise VirtualTimeError(
                f"time cannot be virtual here: {found}; stub with flipsnack.respond(...) and "
                "test the waits with sleeps of your own"
            )
        if not self._hooked:
            at_forks(after_in_child=self._forget)
            self._hooked = True
        self.timeline.reading(only_sleeps=False)  # what has passed until now was real time
        self.functions.put_in()
        self.threads.begin()
        self.threads.moving = True
        self.foreign.start()
        self.lookout = Lookout(self.note_real_wait, self._is_stalling)
        self.lookout.start()

    def stop(self) -> None:
        """Let sleeps be real."""
        assert self.lookout is not None
        self.lookout.stop()  # before time is real, when every sleep would be a real wait
        self.threads.moving = False
        self.foreign.release()
        self.timeline.reading(only_sleeps=True)

    def sleep(self, seconds: float, by: str) -> None:
        """Record a sleep of the calling thread, and return when it has ended."""
        # at its beginning: sleeps of several threads are listed in the order they began
        self.record(seconds, by, blocked=asyncio._get_running_loop() is not None)
        self.threads.wait(seconds).sleep()
        self.notify_slept()

    def record(self, seconds: float, by: str, *, blocked: bool = False) -> None:
        """Record a sleep that ends elsewhere."""
        sleep = Sleep(float(seconds), self.timeline.now(), by, blocked)
        for clock in self.running:
            clock.sleeps.append(sleep)

    def notify_slept(self) -> None:
        """Tell the observers that the calling thread has slept."""
        for clock in self.running:
            for observer in list(clock.observers):  # one that raises ends its block, and goes
                observer.slept()

    def notify_stuck(self) -> None:
        """Tell the observers that an event loop waits for what never comes."""
        for clock in self.running:
            for observer in list(clock.observers):
                observer.stuck()

    def servers(self) -> list[Server]:
        """Return the servers of this process that clients may wait for."""
        return [server for clock in self.running for server in clock.servers]

    def note_real_wait(self, wait: RealWait, extends: RealWait | None = None) -> None:
        """Remember a wait that is real, in the place of the shorter one that it extends."""
        for clock in self.running:
            if extends in clock.real_waits:  # one wait that lasts is listed once
                clock.real_waits.remove(extends)
            clock.real_waits.append(wait)

    def _is_stalling(self) -> bool:
        return any(server.stalled for server in self.servers())

    def _forget(self) -> None:
        """Be real in a forked child, where no other thread has survived."""
        # no lock is taken: a thread that is not here any more may have held it
        self.clocks.clear()
        self.functions.take_out()
        end_all_looks()
        self.foreign.release()
        self.timeline = Timeline()
        self.threads = Threads(self.timeline)


def _patched_library() -> str:
    """Say which tool has replaced the threads of the standard library, or return an empty text."""
    # both put functions written in Python in the place of what starts a thread
    if isinstance(_thread.start_new_thread, type(len)):
        return ""
    tool = next((name for name in ("gevent", "eventlet") if name in sys.modules), "another tool")
    return f"{tool} has replaced the threads and sleeps of the standard library"


PROCESS = Process()
