"""Event loops and trio beside threads that work, sleep or idle."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import nullcontext

import pytest
import trio

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.timeline import monotonic
from tests.virtual_time.busy import beside, its_output, running_clock, work


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with running_clock() as clock:
        yield clock


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
