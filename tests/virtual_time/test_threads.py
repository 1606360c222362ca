"""Sleeps of several threads end in the order of their times, and not while another one works."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.virtual_time.busy import beside, running_clock, work


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with running_clock() as clock:
        yield clock


def test_a_thread_that_sleeps_again_and_again_moves_no_clock_by_itself(clock: VirtualClock) -> None:
    def refill(stopped: threading.Event) -> None:
        while not stopped.is_set():
            time.sleep(0.2)

    with beside(refill):
        work()
        assert clock.skipped < 0.2


def test_it_wakes_in_time_while_another_thread_sleeps(clock: VirtualClock) -> None:
    woke: list[float] = []

    def refill(stopped: threading.Event) -> None:
        while not stopped.is_set():
            time.sleep(2)
            woke.append(round(clock.skipped))

    with beside(refill):
        work()
        time.sleep(9)
        assert round(clock.skipped) == 9
        assert woke[:4] == [2, 4, 6, 8]


def test_sleeps_of_threads_end_in_the_order_of_their_times(clock: VirtualClock) -> None:
    seen: list[int] = []
    all_run = threading.Barrier(4)  # a busy machine may start the last one late

    def nap(seconds: int) -> None:
        all_run.wait()
        time.sleep(seconds)
        seen.append(seconds)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(nap, (30, 10, 40, 20)))

    assert seen == [10, 20, 30, 40]
    assert clock.skipped == 40


def test_a_thread_at_work_is_waited_for_however_often_one_asks(clock: VirtualClock) -> None:
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(work, 0.1)
        while not future.done():
            time.sleep(3600)

    assert clock.skipped <= 2 * 3600


def test_a_result_that_is_waited_for_comes_before_the_time_is_over(clock: VirtualClock) -> None:
    def slow() -> str:
        work()
        time.sleep(20)
        return "came"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(slow).result(timeout=30) == "came"
    assert clock.skipped == 20


def test_a_result_that_comes_too_late_is_late_in_virtual_time(clock: VirtualClock) -> None:
    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(time.sleep, 40)
        with pytest.raises(FutureTimeoutError):
            future.result(timeout=30)
        assert clock.skipped == 30
    assert clock.skipped == 40


def joined(thread: threading.Thread, results: queue.Queue[str]) -> str:
    thread.join(timeout=30)
    return results.get_nowait()


def got(thread: threading.Thread, results: queue.Queue[str]) -> str:
    return results.get(timeout=30)


def waited(thread: threading.Thread, results: queue.Queue[str]) -> str:
    with results.not_empty:
        assert results.not_empty.wait(30)
    return results.get_nowait()


@pytest.mark.parametrize("way", [joined, got, waited])
def test_a_wait_for_another_thread_holds_up_none_of_its_sleeps(
    clock: VirtualClock, way: Callable[[threading.Thread, queue.Queue[str]], str]
) -> None:
    results: queue.Queue[str] = queue.Queue()

    def slow() -> None:
        for _ in range(3):
            time.sleep(8)
        results.put("came")

    thread = threading.Thread(target=slow)
    thread.start()
    assert way(thread, results) == "came"
    thread.join()
    assert clock.skipped == 24


def test_a_sleep_that_is_open_when_the_block_ends_ends_too() -> None:
    clock = VirtualClock()
    done: list[str] = []

    def nap() -> None:
        time.sleep(3600)
        done.append("woke")

    with clock:
        thread = threading.Thread(target=nap, daemon=True)
        thread.start()
        work()
    thread.join(timeout=10)
    assert done == ["woke"]
