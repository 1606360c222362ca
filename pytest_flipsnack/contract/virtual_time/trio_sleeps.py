"""Sleeps of trio's tasks, which end in the order of their times, and not after a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_flipsnack.contract.virtual_time.turns import GRACE_S

if TYPE_CHECKING:
    from pytest_flipsnack.contract.virtual_time.clock import VirtualClock
    from pytest_flipsnack.contract.virtual_time.turns import Turn


class TrioSleeps:
    """Stands in for `trio.sleep` and `trio.sleep_until`: the last to be awake moves the clock."""

    def __init__(self, clock: VirtualClock, trio: Any) -> None:
        self._clock = clock
        self._trio = trio
        self._real = [trio.sleep, trio.sleep_until]  # a list, see Replacements
        self._ends: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Sleep in virtual time while the clock runs."""
        real, real_until = self._real
        if not self._clock.running or seconds <= 0:
            await real(seconds)
            return
        self._clock.record(seconds, "trio.sleep")
        wake = self._trio.current_time() + seconds
        left = self._trio.current_effective_deadline() - self._trio.current_time()
        turn = self._clock.waiting(min(seconds, max(0.0, left)))
        self._ends.append(turn.end)
        try:
            await self._wait(turn)
            # a deadline that has passed by now ends this one, and with it the scope it belongs to
            await real_until(wake)
        finally:
            self._ends.remove(turn.end)

    async def sleep_until(self, deadline: float) -> None:
        """Sleep in virtual time while the clock runs."""
        if self._clock.running:
            await self.sleep(deadline - self._trio.current_time())
        else:
            await self._real[1](deadline)

    async def _wait(self, turn: Turn) -> None:
        from trio.testing import wait_all_tasks_blocked

        while self._clock.skipped < turn.end:
            await wait_all_tasks_blocked(GRACE_S)
            if turn.end <= min(self._ends):
                with turn:
                    if not turn.over():
                        turn.pause()
        self._clock.watch()
