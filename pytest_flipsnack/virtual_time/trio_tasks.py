"""Sleeps of trio's tasks, which end in the order of their times, and not after a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.waits import GRACE_S, Wait

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.process import Process


class TrioTasks:
    """Makes the stand-ins for trio's sleeps: the task that wakes first moves the clock."""

    def __init__(self, process: Process, trio: Any) -> None:
        self._process = process
        self._trio = trio
        self._ends: list[float] = []

    def switches(self) -> Iterator[patching.Switch]:
        """Yield a switch for each function."""
        yield patching.switch(self._trio.sleep, self._sleep)
        yield patching.switch(self._trio.sleep_until, self._sleep_until)

    def _sleep(self, real: Any) -> Any:
        async def sleep(seconds: float) -> None:
            if self._process.threads.moving and seconds > 0:
                await self._sleep_virtually(seconds)
            else:
                await real(seconds)

        return sleep

    def _sleep_until(self, real: Any) -> Any:
        self._real_until = real

        async def sleep_until(deadline: float) -> None:
            # a deadline that has passed is a checkpoint, and the real one knows how to be one
            seconds = deadline - self._trio.current_time()
            if self._process.threads.moving and seconds > 0:
                await self._sleep_virtually(seconds)
            else:
                await real(deadline)

        return sleep_until

    async def _sleep_virtually(self, seconds: float) -> None:
        trio, process = self._trio, self._process
        process.record(seconds, "trio.sleep")
        wake = trio.current_time() + seconds
        left = trio.current_effective_deadline() - trio.current_time()
        wait = process.threads.wait(min(seconds, max(0.0, left)))
        self._ends.append(wait.end)
        try:
            await self._until_over(wait)
            # a deadline that has passed by now ends this one, and with it the scope it belongs to
            await self._real_until(wake)
        finally:
            self._ends.remove(wait.end)

    async def _until_over(self, wait: Wait) -> None:
        from trio.testing import wait_all_tasks_blocked

        over = False
        while not over:
            await wait_all_tasks_blocked(GRACE_S)
            # the tasks share a thread: only the one that wakes first may wait for other threads
            if wait.end <= min(self._ends):
                with wait:
                    over = wait.over()
                    if not over:
                        wait.pause()
        self._process.notify_slept()
