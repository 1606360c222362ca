"""What the functions that wait do in virtual time; all switches, put in and taken out together."""

from __future__ import annotations

import _thread
import asyncio
import operator
import select
import selectors
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.loops import Loops
from pytest_flipsnack.virtual_time.readings import DateSwitch, Readings
from pytest_flipsnack.virtual_time.thread_state import acts_for_a_client, outermost_name
from pytest_flipsnack.virtual_time.timeline import journey, original

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.process import Process

_SELECTORS = ("EpollSelector", "KqueueSelector", "PollSelector", "SelectSelector")


class Functions:
    """All switches of this process, made with the first use, put in and taken out together."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._loops = Loops(process)
        self._switches: list[patching.Switch] = [DateSwitch(self.ahead)]
        self._possible: bool | None = None
        self._joined: set[str] = set()
        self._modules = 0
        self._held: set[int] = set()
        self._in: list[patching.Switch] = []
        self._journey: object | None = None
        self._began_after = 0.0

    def put_in_dates(self) -> None:
        """Put in what a client takes out of its class and keeps, as `self.now = datetime.now`.

        Each test with a fake does this; where time cannot be virtual, its stubs work all the same.
        """
        if self._possible is None:
            self._possible = not patching.problem()
        if self._possible and not self._in:
            self._in.append(self._switches[0])
            self._switches[0].put_in()

    def put_in(self) -> None:
        """Put everything in, or nothing where something cannot be."""
        if len(self._switches) == 1:
            readings = Readings(self.ahead).switches()
            self._switches += [*readings, *self._of_waits(), *self._of_loops()]
        self.put_in_dates()
        for name, make in (("trio", self._of_trio), ("time_machine", self._of_time_machine)):
            module = sys.modules.get(name)
            if module is not None and name not in self._joined:
                self._joined.add(name)
                self._switches += make(module)
        if len(self._in) == 1 and self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            self._switches += DateSwitch.held(self.ahead, self._held)
        self._notice_journey()
        try:
            for switch in self._switches[len(self._in) :]:
                self._in.append(switch)
                switch.put_in()
        except BaseException:
            self.take_out()
            raise

    def take_out(self) -> None:
        """Let every function do what it did before."""
        # last in, first out: a switch of a switched function finds its own again
        while self._in:
            self._in.pop().take_out()

    def ahead(self, frame: FrameType | None) -> float:
        """Return how far the clocks are ahead for the code of a frame."""
        process = self._process
        skipped = process.timeline.skipped
        if not skipped or not self._in or not acts_for_a_client(frame):
            return 0.0  # also for a method that a client has kept beyond the test
        self._notice_journey()
        if self._journey is not None and not process.threads.moving:
            return 0.0
        return skipped - self._began_after

    def _notice_journey(self) -> None:
        """Let a time that the test has set be moved by later sleeps only."""
        found = journey()
        if found is not self._journey:
            self._journey = found
            self._began_after = self._process.timeline.skipped if found is not None else 0.0

    def _of_waits(self) -> Iterator[patching.Switch]:
        yield patching.switch(original("sleep"), self._sleep)
        yield patching.switch(select.select, self._select_files)
        yield patching.switch(threading.Condition.wait, self._condition_wait)
        yield patching.switch(threading.Thread.join, self._join)

    def _of_loops(self) -> Iterator[patching.Switch]:
        yield patching.switch(asyncio.tasks.sleep, self._loops.sleep)
        kinds = [getattr(selectors, name, None) for name in _SELECTORS]
        for method in {kind.select for kind in kinds if kind is not None}:
            yield patching.switch(method, self._loops.select)

    def _of_trio(self, trio: Any) -> Iterator[patching.Switch]:
        from pytest_flipsnack.virtual_time.trio_tasks import TrioTasks

        return TrioTasks(self._process, trio).switches()

    def _of_time_machine(self, machine: Any) -> Iterator[patching.Switch]:
        # it hooks the same C fields, and must find the real functions there, and put them back
        yield patching.switch(machine.travel.start, self._outside)
        yield patching.switch(machine.travel.stop, self._outside)

    def _outside(self, real: Any) -> Callable[..., Any]:
        def outside(*args: Any, **kwargs: Any) -> Any:
            self.take_out()
            try:
                return real(*args, **kwargs)
            finally:
                self.put_in()

        return outside

    def _sleep(self, real: Any) -> Callable[..., None]:
        def sleep(seconds: Any, /) -> None:
            if (
                self._process.threads.moving
                and acts_for_a_client(sys._getframe(1))
                and (length_s := seconds_of(seconds)) > 0
            ):
                self._process.sleep(length_s, "time.sleep")
            else:
                real(seconds)

        return sleep

    def _select_files(self, real: Any) -> Callable[..., Any]:
        def select(reads: Any, writes: Any, errors: Any, timeout: Any = None, /) -> Any:
            if (
                self._process.threads.moving
                and not (reads or writes or errors)
                and timeout is not None
                and acts_for_a_client(sys._getframe(1))
                and (length_s := seconds_of(timeout)) > 0
            ):
                self._process.sleep(length_s, "select.select")
                return [], [], []
            return real(reads, writes, errors, timeout)

        return select

    def _condition_wait(self, real: Any) -> Callable[..., bool]:
        def wait(this: Any, timeout: Any = None) -> bool:
            frame = sys._getframe(1)
            if not self._is_virtual(timeout, frame) or not this._is_owned():
                return bool(real(this, timeout))
            # as the real one does it: a thread that waits again and again would miss a
            # notification in between
            waiter = threading.Lock()
            waiter.acquire()
            this._waiters.append(waiter)
            state = this._release_save()
            come = False
            try:
                come = self._wait_virtually(
                    timeout,
                    frame,
                    lambda s: waiter.acquire(timeout=s),
                    lambda: waiter not in this._waiters,
                )
            finally:
                this._acquire_restore(state)
                if not come and waiter in this._waiters:
                    this._waiters.remove(waiter)
            return come

        return wait

    def _join(self, real: Any) -> Callable[..., None]:
        def join(this: threading.Thread, timeout: Any = None) -> None:
            frame = sys._getframe(1)
            if not self._is_virtual(timeout, frame):
                real(this, timeout)
                return
            real(this, 0)  # it says what is wrong, as with a thread that was never started

            def ended(within_s: float) -> bool:
                real(this, within_s)
                return not this.is_alive()

            self._wait_virtually(timeout, frame, ended, lambda: not this.is_alive())

        return join

    def _is_virtual(self, timeout: Any, frame: FrameType) -> bool:
        return (
            timeout is not None
            and self._process.threads.moving
            and acts_for_a_client(frame, waits=True)
            and seconds_of(timeout) > 0
        )

    def _wait_virtually(
        self,
        timeout: Any,
        frame: FrameType,
        listen: Callable[[float], bool],
        woken: Callable[[], object],
    ) -> bool:
        # what came counts nothing: only a timeout that has passed is a sleep
        come = bool(self._process.threads.wait(float(timeout)).until(listen, woken))
        if not come:
            blocked = asyncio._get_running_loop() is not None
            self._process.record(float(timeout), outermost_name(frame), blocked=blocked)
            self._process.notify_slept()
        return come


def seconds_of(value: Any) -> float:
    """Return a length in seconds, or -1.0 for what CPython refuses to wait for.

    A lock refuses what `time.sleep` refuses, and one that is free waits for nothing.
    """
    try:
        _thread.allocate_lock().acquire(True, value)
        return float(value if isinstance(value, int | float) else operator.index(value))
    except Exception:
        return -1.0
