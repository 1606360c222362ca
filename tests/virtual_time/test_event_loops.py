"""Sleeps and timers of asyncio and trio move the clock."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest
import trio

from pytest_flipsnack.virtual_time.clock import VirtualClock

pytestmark = pytest.mark.usefixtures("no_test_sleeps")


def test_a_sleep_that_blocks_the_loop_is_marked(clock: VirtualClock) -> None:
    async def blocking() -> None:
        await asyncio.sleep(1)
        time.sleep(2)  # noqa: ASYNC251 - the fault itself

    with clock:
        asyncio.run(blocking())
    assert [(sleep.by, sleep.blocked_loop) for sleep in clock.sleeps] == [
        ("asyncio.sleep", False),
        ("time.sleep", True),
    ]


def test_timers_of_an_idle_loop_are_jumped_to(clock: VirtualClock) -> None:
    async def main() -> str:
        loop = asyncio.get_running_loop()
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 30)
        except TimeoutError:
            pass
        done: asyncio.Future[str] = loop.create_future()
        loop.call_later(40, done.set_result, "called")
        return await done

    with clock:
        assert asyncio.run(main()) == "called"
    assert 69 < clock.skipped < 71


async def naps(seen: list[float], *lengths: float) -> None:
    for length in lengths:
        await asyncio.sleep(length)
        seen.append(length)


def test_a_deadline_fires_before_a_longer_sleep_is_over(clock: VirtualClock) -> None:
    async def main() -> list[float]:
        seen: list[float] = []
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(naps(seen, 4, 5, 20, 20), 10)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await naps(seen, 20)
        _, pending = await asyncio.wait([asyncio.create_task(naps(seen, 100))], timeout=10)
        assert len(pending) == 1
        return seen

    with clock:
        assert asyncio.run(main()) == [4, 5]
    assert clock.skipped == pytest.approx(30, abs=0.5)


def test_sleeps_of_several_tasks_end_in_the_order_they_are_due(clock: VirtualClock) -> None:
    async def main() -> list[float]:
        seen: list[float] = []
        await asyncio.gather(naps(seen, 30), naps(seen, 10), naps(seen, 20, 5))
        return seen

    with clock:
        assert asyncio.run(main()) == [10, 20, 5, 30]
    assert clock.skipped == pytest.approx(30, abs=0.5)


def test_tasks_of_trio_wake_in_the_order_of_their_times(clock: VirtualClock) -> None:
    async def nap(seen: list[tuple[float, int]], seconds: float) -> None:
        began_s = trio.current_time()
        await trio.sleep(seconds)
        seen.append((seconds, round(trio.current_time() - began_s)))

    async def main() -> list[tuple[float, int]]:
        seen: list[tuple[float, int]] = []
        async with trio.open_nursery() as nursery:
            for seconds in (30, 10, 20):
                nursery.start_soon(nap, seen, seconds)
        return seen

    with clock:
        assert trio.run(main) == [(10, 10), (20, 20), (30, 30)]
    assert clock.skipped == pytest.approx(30, abs=0.5)


def test_a_deadline_of_trio_ends_a_sleep_and_no_scope_around_it(clock: VirtualClock) -> None:
    async def main() -> tuple[bool, bool]:
        with trio.move_on_after(100) as outer:
            with trio.move_on_after(1) as inner:
                await trio.sleep(5_000)
            await trio.sleep(2)
        return inner.cancelled_caught, outer.cancelled_caught

    with clock:
        assert trio.run(main) == (True, False)
    assert [sleep.seconds for sleep in clock.sleeps] == [5_000, 2]
    assert clock.skipped == pytest.approx(3, abs=0.5)


def test_a_sleep_of_trio_until_a_time_is_one_too(clock: VirtualClock) -> None:
    async def main() -> None:
        await trio.sleep_until(trio.current_time() + 60)

    with clock:
        trio.run(main)
    assert [sleep.seconds for sleep in clock.sleeps] == pytest.approx([60], abs=0.1)
    assert clock.skipped == pytest.approx(60, abs=0.1)


def test_what_is_kept_of_trio_beyond_the_end_is_real(clock: VirtualClock) -> None:
    with clock:
        kept = trio.sleep_until

    async def main() -> None:
        await kept(trio.current_time() + 0.01)

    trio.run(main)
    assert not clock.sleeps


def test_an_idle_executor_holds_up_no_timer(clock: VirtualClock) -> None:
    async def main() -> None:
        await asyncio.to_thread(int)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 60)

    with clock:
        asyncio.run(main())
    assert clock.skipped == pytest.approx(60, abs=0.5)


def test_a_loop_that_waits_for_a_socket_waits_for_real(clock: VirtualClock) -> None:
    async def main() -> bytes:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.setblocking(False)
            timer = threading.Timer(0.1, theirs.send, [b"came"])
            timer.daemon = True
            timer.start()
            loop = asyncio.get_running_loop()
            return await asyncio.wait_for(loop.sock_recv(ours, 4), 30)

    with clock:
        assert asyncio.run(main()) == b"came"
    assert clock.skipped < 1


@pytest.mark.asyncio
async def test_sleeps_of_several_tasks_are_exact_whatever_work_lies_between() -> None:
    clock = VirtualClock()
    ends: dict[float, list[float]] = {3.0: [], 1.25: [], 0.001: []}

    async def sleep(seconds: float) -> None:
        for _ in range(3):
            sum(range(100_000))  # the loop waits for what is left of the sleep after this
            began = clock.reading()
            assert await asyncio.sleep(seconds, "given") == "given"
            ends[seconds].append(clock.reading() - began)

    with clock:
        await asyncio.gather(*map(sleep, ends))
    assert ends[3.0] == [3.0] * 3
    assert ends[1.25] == [1.25] * 3
    assert all(seconds > 0 for seconds in ends[0.001])


@pytest.mark.asyncio
async def test_a_sleep_that_is_given_up_leaves_nothing_behind(clock: VirtualClock) -> None:
    with clock:
        task = asyncio.create_task(asyncio.sleep(60))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(60), 1)
        began = clock.reading()
        await asyncio.gather(asyncio.sleep(2), asyncio.sleep(1))
        assert clock.reading() - began == 2.0


@pytest.mark.asyncio
async def test_a_sleep_that_is_given_up_as_it_ends_is_given_up(clock: VirtualClock) -> None:
    with clock:
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(asyncio.sleep(1))
        await asyncio.sleep(0)  # now it sleeps
        end = min(timer.when() for timer in loop._scheduled)  # type: ignore[attr-defined]
        loop.call_at(end - 1e-7, task.cancel)  # both come in one turn of the loop
        with pytest.raises(asyncio.CancelledError):
            await task
