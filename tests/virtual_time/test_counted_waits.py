"""Which waits count as sleeps, and for how long."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import backoff
import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.virtual_time.limits import LIMIT_S

pytestmark = pytest.mark.usefixtures("no_test_sleeps")


def wait_on(condition: threading.Condition, seconds: float) -> None:
    with condition:
        assert not condition.wait(seconds)


def test_a_condition_that_is_notified_is_no_sleep(clock: VirtualClock) -> None:
    condition = threading.Condition()

    def notify() -> None:
        with condition:
            condition.notify()

    with clock, condition:
        threading.Timer(0, notify).start()
        assert condition.wait(60)
    assert not clock.sleeps


def test_a_bound_of_backoff_passes_in_virtual_time(clock: VirtualClock) -> None:
    """It measures with `datetime.now()`, which nothing else that is replaced moves."""
    tries: list[float] = []

    @backoff.on_predicate(backoff.constant, max_time=60, interval=10, jitter=None)
    def never() -> bool:
        tries.append(time.monotonic())
        return False

    with clock:
        never()
    assert 6 <= len(tries) <= 7


def test_a_thread_at_work_is_waited_for(clock: VirtualClock) -> None:
    go = threading.Event()

    async def main() -> str:
        work = asyncio.to_thread(lambda: go.wait() and "worked")
        asyncio.get_running_loop().call_soon(lambda: threading.Timer(0.05, go.set).start())
        return str(await asyncio.wait_for(work, 30))

    with clock:
        assert asyncio.run(main()) == "worked"


def test_waits_that_end_are_no_sleeps(clock: VirtualClock) -> None:
    with clock:
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: 7).result(timeout=10) == 7
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join(timeout=10)
    assert not clock.sleeps


def test_an_event_that_is_set_is_no_sleep(clock: VirtualClock) -> None:
    event = threading.Event()
    event.set()
    with clock:
        assert event.wait(60)
    assert not clock.sleeps


def test_a_real_wait_is_counted_and_remembered(clock: VirtualClock) -> None:
    with clock:
        began = clock.reading()
        clock.reading()
        threading.Lock().acquire()
        lock = threading.Lock()
        lock.acquire()
        lock.acquire(timeout=0.55)
        assert 0.5 <= clock.reading() - began < LIMIT_S
    assert clock.really_waited_s >= 0.5


def test_small_real_delays_leave_the_reading_exact(clock: VirtualClock) -> None:
    with clock:
        began = clock.reading()
        time.sleep(3)
        assert clock.reading() - began == 3.0


def test_readings_are_whole_seconds_apart_whatever_the_time_is() -> None:
    # where the sum needs one bit more than the terms
    clock = VirtualClock()
    with clock:
        for odd_s in (4095.8123456789, 0.1, 0.7, 1e-3, 1.1):
            time.sleep(odd_s)
            began = clock.reading()
            time.sleep(3)
            assert clock.reading() - began == 3.0


@pytest.mark.parametrize(
    "wait",
    [
        lambda: threading.Event().wait(0.002),
        lambda: wait_on(threading.Condition(), 0.002),
        lambda: threading.Semaphore(0).acquire(timeout=0.002),
    ],
)
def test_a_wait_too_short_for_a_turn_counts_as_well(
    clock: VirtualClock, wait: Callable[[], Any]
) -> None:
    with clock:
        began = clock.reading()
        wait()
        assert clock.reading() - began >= 0.001


def test_a_short_wait_that_ends_early_and_one_in_the_background_count_nothing(
    clock: VirtualClock,
) -> None:
    come = threading.Event()
    come.set()
    with clock:
        began = clock.reading()
        assert come.wait(0.005)
        thread = threading.Thread(target=lambda: threading.Event().wait(0.005))
        thread.start()
        thread.join()
        assert clock.reading() == began
