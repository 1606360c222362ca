"""Threads that work without end, poll, or wait for nobody knows what: they hold up no sleep."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.process import PROCESS
from pytest_flipsnack.virtual_time.timeline import monotonic
from tests.virtual_time.busy import beside, running_clock, work


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with running_clock() as clock:
        yield clock


def test_a_thread_that_works_for_ever_holds_up_no_sleep_for_long(clock: VirtualClock) -> None:
    def spin(stopped: threading.Event) -> None:
        while not stopped.is_set():
            pass

    with beside(spin):
        time.sleep(3600)
    assert clock.skipped == 3600


def test_threads_that_sleep_all_the_time_hold_up_no_long_sleep(clock: VirtualClock) -> None:
    """As a client leaves one behind in each test: a day has two million of their sleeps."""

    def refill(stopped: threading.Event) -> None:
        while not stopped.is_set():
            time.sleep(0.2)

    with beside(refill), beside(refill), beside(refill), beside(refill), beside(refill):
        work()
        began, skipped = monotonic(), clock.skipped
        time.sleep(86_400)
        assert monotonic() - began < 5
        assert clock.skipped - skipped == pytest.approx(86_400, abs=1)


@pytest.mark.parametrize("way", ["event", "condition"])
def test_a_thread_that_really_sleeps_when_the_block_begins_may_still_come(way: str) -> None:
    """A client that was made before the block, and whose thread sleeps for a while."""
    came, condition = threading.Event(), threading.Condition()

    def come() -> None:
        time.sleep(1)
        came.set()
        with condition:
            condition.notify()

    thread = threading.Thread(target=come)
    thread.start()
    work(0.01)
    with VirtualClock() as clock:
        if way == "event":
            assert came.wait(60)
        else:
            with condition:
                assert condition.wait(60)
        assert clock.skipped == 0
    thread.join()


def test_a_thread_that_asks_a_queue_again_and_again_holds_up_only_the_first_sleep(
    clock: VirtualClock,
) -> None:
    def serve(stopped: threading.Event) -> None:
        jobs: queue.Queue[None] = queue.Queue()
        while not stopped.is_set():
            try:
                jobs.get(timeout=0.1)
            except queue.Empty:
                continue

    with beside(serve):
        began = monotonic()
        for _ in range(20):
            time.sleep(1)
        assert monotonic() - began < 5, "20 times half a second"


@pytest.mark.nightly  # it needs half a core for a second, which no machine can promise
def test_who_works_longer_than_another_sleeps_does_not_see_time_pass(clock: VirtualClock) -> None:
    woke: list[float] = []

    def refill(stopped: threading.Event) -> None:
        while not stopped.is_set():
            time.sleep(0.1)
            woke.append(clock.skipped)

    with beside(refill):
        end = monotonic() + 1
        while monotonic() < end:
            sum(range(1_000))
        assert clock.skipped == 0
        assert woke, "it sleeps for real as long as nobody else does"


def test_who_was_just_woken_goes_on_before_the_clock_moves(clock: VirtualClock) -> None:
    threads = PROCESS.threads
    with threads.wait(5) as first, threads.wait(9) as second:
        second.woken = lambda: True
        assert not threads.end(first)
        second.woken = lambda: False
        assert not threads.end(second), "it is not the first"
        before = clock.now()
        assert threads.end(first)
        assert clock.now() - before == pytest.approx(5, abs=0.5)


def test_a_pause_ends_at_once_for_who_is_woken_and_woken_again(clock: VirtualClock) -> None:
    threads = PROCESS.threads
    with threads.wait(5) as first, threads.wait(9) as second:
        first.wake()
        first.wake()
        first.pause()
        began = monotonic()
        second.pause()
        assert monotonic() - began >= 0.05, "nobody woke it"


def test_a_thread_that_waits_nobody_knows_for_what_costs_little(clock: VirtualClock) -> None:
    """Its place is remembered, so that only the first sleep waits to see whether it moves."""
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lock.acquire)
    thread.start()
    work(0.01)
    began = monotonic()
    for _ in range(40):
        time.sleep(1)
    assert monotonic() - began < 3, "40 times a tenth of a second"
    lock.release()
    thread.join()


def test_a_result_is_waited_for_while_its_thread_works_for_long(clock: VirtualClock) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work, 0.8).result(timeout=30) is None
    assert clock.skipped == 0
