"""Sleeps of several threads end in the order of their times, and not while another one works."""

from __future__ import annotations

import asyncio
import hashlib
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
import trio

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.process import PROCESS
from pytest_flipsnack.virtual_time.timeline import monotonic

LIMIT_S = 20.0  # far less than the sleeps below, far more than a busy machine needs


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    began = monotonic()
    with VirtualClock() as clock:
        yield clock
    assert monotonic() - began < LIMIT_S, "time was real"


def work(seconds: float = 0.05) -> None:
    """Take a while for real, without a word to the clock."""
    never = threading.Lock()
    never.acquire()
    end = monotonic() + seconds
    while monotonic() < end:
        never.acquire(timeout=0.001)


@contextmanager
def beside(target: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run a function in a daemon thread until the block ends."""
    stopped = threading.Event()
    thread = threading.Thread(target=target, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=10)


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

    def nap(seconds: int) -> None:
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


def test_a_task_that_sleeps_waits_for_a_thread_at_work(clock: VirtualClock) -> None:
    """A heartbeat beside a call in a thread: the call must not be late for it."""

    async def heartbeat() -> None:
        for _ in range(1_000):
            await asyncio.sleep(60)

    async def main() -> str:
        beat = asyncio.create_task(heartbeat())
        await asyncio.wait_for(asyncio.to_thread(work), 90)
        beat.cancel()
        return "in time"

    assert asyncio.run(main()) == "in time"


def test_a_loop_waits_for_the_sleeps_of_its_threads(clock: VirtualClock) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def tick() -> None:
            for _ in range(3):
                await asyncio.sleep(10)
                seen.append(f"task {clock.skipped:.0f}")

        def tock() -> None:
            for _ in range(2):
                time.sleep(12)
                seen.append(f"thread {clock.skipped:.0f}")

        await asyncio.gather(tick(), asyncio.to_thread(tock))
        return seen

    assert asyncio.run(main()) == ["task 10", "thread 12", "task 20", "thread 24", "task 30"]


def test_a_loop_in_a_thread_of_its_own_is_asked_like_any_other(clock: VirtualClock) -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def answer() -> str:
        await asyncio.sleep(25)
        return "came"

    asked: Future[str] = asyncio.run_coroutine_threadsafe(answer(), loop)
    assert asked.result(timeout=30) == "came"
    with pytest.raises(FutureTimeoutError):
        asyncio.run_coroutine_threadsafe(answer(), loop).result(timeout=20)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


@pytest.mark.parametrize("early", [True, False], ids=["before the block", "in the block"])
def test_a_server_in_a_thread_of_its_own_holds_up_no_sleep(early: bool) -> None:
    """It waits for its clients for ever."""
    loop, up = asyncio.new_event_loop(), threading.Event()

    async def serve() -> None:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        up.set()
        async with server:
            await stopping.wait()

    stopping = asyncio.Event()
    clock = VirtualClock()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    with clock if not early else nullcontext():
        thread.start()
        up.wait()
        work(0.02)
        with clock:
            began = monotonic()
            for _ in range(20):
                time.sleep(1)
            assert monotonic() - began < 4, "20 times half a second"
        loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=10)
    assert not thread.is_alive()
    loop.close()


def test_a_result_is_waited_for_while_its_thread_works_for_long(clock: VirtualClock) -> None:
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(work, 0.8).result(timeout=30) is None
    assert clock.skipped == 0


def test_a_sleep_of_trio_waits_for_a_thread_at_work(clock: VirtualClock) -> None:
    async def main() -> str:
        with trio.move_on_after(90) as scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(trio.sleep_forever)
                nursery.start_soon(trio.sleep, 60)
                await trio.to_thread.run_sync(work)
                assert clock.skipped == 0
                nursery.cancel_scope.cancel()
        return "late" if scope.cancelled_caught else "in time"

    assert trio.run(main) == "in time"


def test_a_sleep_of_trio_ends_beside_threads_that_idle_or_never_stop(clock: VirtualClock) -> None:
    async def main() -> None:
        await trio.to_thread.run_sync(work)  # its thread stays for a while
        await trio.sleep(60)

    def spin(stopped: threading.Event) -> None:
        while not stopped.is_set():
            pass

    trio.run(main)
    assert clock.skipped == pytest.approx(60, abs=0.5)
    with beside(spin):
        trio.run(main)
    assert clock.skipped == pytest.approx(120, abs=2)


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


def test_a_timer_fires_in_virtual_time(clock: VirtualClock) -> None:
    came = threading.Event()
    timer = threading.Timer(5, came.set)
    timer.start()
    assert came.wait(30)
    assert clock.skipped == 5
    timer.join()


def test_a_timer_of_a_plugin_of_pytests_is_real(clock: VirtualClock) -> None:
    fired: list[float] = []

    def overdue() -> None:
        fired.append(clock.skipped)

    overdue.__module__ = "pytest_timeout"
    timer = threading.Timer(60, overdue)
    timer.start()
    work()
    time.sleep(3600)
    work()
    timer.cancel()
    timer.join()
    assert not fired


def a_program() -> None:
    subprocess.run([sys.executable, "-c", "__import__('time').sleep(0.3)"], check=True, timeout=30)


def its_output() -> None:
    code = "__import__('time').sleep(0.8)"  # longer than any sleep is held up
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30, capture_output=True)


def digest() -> None:
    hashlib.sha512(bytes(150_000_000)).hexdigest()


@pytest.mark.parametrize("task", [a_program, its_output, digest])
def test_what_takes_its_time_is_waited_for(clock: VirtualClock, task: Callable[[], None]) -> None:
    """A program that runs, or a long call of a library's, is no wait for another thread."""
    task()
    assert clock.skipped == 0
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(task).result(timeout=30) is None
    assert clock.skipped < 30


async def in_a_thread() -> None:
    await asyncio.wait_for(asyncio.to_thread(its_output), 30)


def test_a_loop_waits_for_a_program_that_a_thread_runs(clock: VirtualClock) -> None:
    asyncio.run(in_a_thread())
    assert clock.skipped < 30


def test_a_loop_that_idles_since_before_the_block_costs_no_sleep_much() -> None:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    work()
    with VirtualClock() as clock:
        began = monotonic()
        for _ in range(100):
            time.sleep(1)
        assert monotonic() - began < 5, "100 times a tenth of a second"
        assert clock.skipped == 100
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.mark.parametrize(
    "call", [lambda: None, lambda: threading.Event().wait(0.05)], ids=["at once", "after a while"]
)
def test_a_timer_of_the_standard_library_is_waited_for(
    clock: VirtualClock, call: Callable[[], Any]
) -> None:
    came = threading.Event()

    def come() -> None:
        call()
        came.set()

    timer = threading.Timer(0.05, come)
    timer.start()
    assert came.wait(30)
    assert clock.skipped < 1
    timer.join()
