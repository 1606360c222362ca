"""Waits of the standard library with a timeout are the client's, who called them."""

from __future__ import annotations

import concurrent.futures
import queue
import threading
import time
from collections.abc import Callable

import pytest

from pytest_flipsnack import VirtualClock
from pytest_flipsnack.virtual_time.timeline import monotonic

WAIT_S = 3000
LIMIT_S = 20.0


def event() -> None:
    assert not threading.Event().wait(WAIT_S)


def condition() -> None:
    it = threading.Condition()
    with it:
        assert not it.wait(WAIT_S)


def wait_for() -> None:
    it = threading.Condition()
    with it:
        assert not it.wait_for(lambda: False, timeout=WAIT_S)


def semaphore() -> None:
    assert not threading.Semaphore(0).acquire(timeout=WAIT_S)


def bounded_semaphore() -> None:
    it = threading.BoundedSemaphore(1)
    it.acquire()
    assert not it.acquire(timeout=WAIT_S)


def barrier() -> None:
    with pytest.raises(threading.BrokenBarrierError):
        threading.Barrier(2, timeout=WAIT_S).wait()


def get() -> None:
    with pytest.raises(queue.Empty):
        queue.Queue[int]().get(timeout=WAIT_S)


def put() -> None:
    full = queue.PriorityQueue[int](1)
    full.put(1)
    with pytest.raises(queue.Full):
        full.put(2, timeout=WAIT_S)


def result() -> None:
    with pytest.raises(concurrent.futures.TimeoutError):
        concurrent.futures.Future[int]().result(timeout=WAIT_S)


def join() -> None:
    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    thread.join(timeout=WAIT_S)
    assert thread.is_alive()
    go.set()
    thread.join()


WAITS: dict[Callable[[], None], str] = {
    event: "threading.Event.wait",
    condition: "threading.Condition.wait",
    wait_for: "threading.Condition.wait_for",
    semaphore: "threading.Semaphore.acquire",
    bounded_semaphore: "threading.Semaphore.acquire",
    barrier: "threading.Barrier.wait",
    get: "queue.Queue.get",
    put: "queue.Queue.put",
    result: "concurrent.futures._base.Future.result",
    join: "threading.Thread.join",
}


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.__name__)
def test_a_wait_moves_the_clock_and_takes_no_time(
    flipsnack_clock: VirtualClock, wait: Callable[[], None]
) -> None:
    began, really = time.monotonic(), monotonic()
    wait()
    assert monotonic() - really < LIMIT_S
    assert WAIT_S <= time.monotonic() - began < WAIT_S + LIMIT_S
    assert [(sleep.by, round(sleep.seconds)) for sleep in flipsnack_clock.sleeps] == [
        (WAITS[wait], WAIT_S)
    ]
    assert flipsnack_clock.real_waits == []


def test_what_comes_in_time_is_given(flipsnack_clock: VirtualClock) -> None:
    jobs: queue.Queue[str] = queue.Queue()
    done = concurrent.futures.Future[str]()

    def work() -> None:
        time.sleep(60)
        jobs.put("came")
        time.sleep(60)
        done.set_result("done")

    thread = threading.Thread(target=work)
    thread.start()
    assert jobs.get(timeout=100) == "came"
    assert done.result(timeout=100) == "done"
    thread.join(timeout=100)
    assert not thread.is_alive()
    assert flipsnack_clock.skipped == 120


def test_a_thread_that_was_never_started_cannot_be_joined(flipsnack_clock: VirtualClock) -> None:
    with pytest.raises(RuntimeError, match="before it is started"):
        threading.Thread().join(timeout=60)


def test_a_condition_that_is_not_held_cannot_be_waited_for(flipsnack_clock: VirtualClock) -> None:
    with pytest.raises(RuntimeError, match="un-acquired"):
        threading.Condition().wait(60)


@pytest.mark.parametrize("timeout", [0, -1, 0.0])
def test_a_wait_for_nothing_is_none(flipsnack_clock: VirtualClock, timeout: float) -> None:
    assert not threading.Event().wait(timeout)
    assert flipsnack_clock.sleeps == []
