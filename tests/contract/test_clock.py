"""Sleeping moves a clock, by whatever name the client holds the functions."""

from __future__ import annotations

import asyncio
import functools
import queue
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import sleep as named_sleep
from typing import Any

import anyio
import pytest
import trio

from pytest_flipsnack.contract.clock import VirtualClock

REAL = (time.sleep,)  # in a tuple, or the clock would find it
LIMIT_S = 20.0  # far less than any sleep below, far more than a busy machine needs


class Holder:
    in_class = time.sleep
    in_static = staticmethod(time.sleep)

    def __init__(self) -> None:
        self.in_instance = time.sleep


class Slotted:
    __slots__ = ("in_slot",)

    def __init__(self) -> None:
        self.in_slot = time.sleep


def by_default(seconds: float, times: int = 1, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds * times)


def by_keyword(seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds)


def closed_over() -> Callable[[float], None]:
    sleep = time.sleep

    def inner(seconds: float) -> None:
        sleep(seconds)

    return inner


HOLDER, SLOTTED, CLOSURE = Holder(), Slotted(), closed_over()
PARTIAL = functools.partial(time.sleep, 60)
SPELLINGS: dict[str, Callable[[], Any]] = {
    "module": lambda: time.sleep(60),
    "named": lambda: named_sleep(60),
    "class": lambda: Holder.in_class(60),
    "static": lambda: Holder.in_static(60),
    "instance": lambda: HOLDER.in_instance(60),
    "slot": lambda: SLOTTED.in_slot(60),
    "default": lambda: by_default(60),
    "keyword": lambda: by_keyword(60),
    "closure": lambda: CLOSURE(60),
    "partial": lambda: PARTIAL(),
    "event": lambda: threading.Event().wait(60),
    "asyncio": lambda: asyncio.run(asyncio.sleep(60)),
    "anyio": lambda: anyio.run(anyio.sleep, 60),
    "trio": lambda: trio.run(trio.sleep, 60),
}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(autouse=True)
def _no_test_sleeps() -> Any:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < LIMIT_S, "time was real"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_sleep_is_virtual_by_every_spelling(clock: VirtualClock, spelling: str) -> None:
    with clock:
        SPELLINGS[spelling]()
    assert [sleep.seconds for sleep in clock.sleeps] == [60.0]
    assert clock.skipped == 60.0


def test_everything_is_put_back(clock: VirtualClock) -> None:
    with pytest.raises(LookupError), clock:
        assert time.sleep is not REAL[0]
        raise LookupError
    assert time.sleep is named_sleep is REAL[0]
    assert Holder.in_class is HOLDER.in_instance is SLOTTED.in_slot is PARTIAL.func is REAL[0]
    assert Holder.__dict__["in_static"].__func__ is REAL[0]
    assert by_default.__defaults__ == (1, REAL[0])
    assert by_keyword.__kwdefaults__ == {"sleep": REAL[0]}
    assert getattr(CLOSURE, "__closure__")[0].cell_contents is REAL[0]  # noqa: B009 - for mypy


def test_blocks_may_be_nested(clock: VirtualClock) -> None:
    with clock:
        with clock:
            time.sleep(5)
        assert clock.running
        time.sleep(6)
    assert clock.skipped == 11.0
    assert time.sleep is REAL[0]


def test_a_function_kept_beyond_the_block_is_real_again(clock: VirtualClock) -> None:
    with clock:
        kept, read, read_ns = time.sleep, time.monotonic, time.time_ns
    kept(0.001)
    assert not clock.sleeps
    assert abs(read() - time.monotonic()) < LIMIT_S
    assert abs(read_ns() - time.time_ns()) < LIMIT_S * 1e9


@pytest.mark.parametrize("name", ["monotonic", "time", "perf_counter"])
def test_the_clocks_move_with_the_sleeps(clock: VirtualClock, name: str) -> None:
    with clock:
        before, before_ns = getattr(time, name)(), getattr(time, f"{name}_ns")()
        time.sleep(100)
        assert 100 <= getattr(time, name)() - before < 100 + LIMIT_S
        assert 100e9 <= getattr(time, f"{name}_ns")() - before_ns < (100 + LIMIT_S) * 1e9


def test_a_negative_sleep_is_the_same_error_as_ever(clock: VirtualClock) -> None:
    with clock, pytest.raises(ValueError, match="non-negative"):
        time.sleep(-1)


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


def test_a_sleep_of_nothing_is_no_sleep(clock: VirtualClock) -> None:
    with clock:
        trio.run(trio.sleep, 0)
        asyncio.run(asyncio.sleep(0))
    assert not clock.sleeps


def test_what_a_list_holds_stays_real(clock: VirtualClock) -> None:
    held = [time.sleep]
    with clock:
        held[0](0.001)
    assert not clock.sleeps


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
    assert clock.skipped == 0


def test_a_thread_at_work_is_waited_for(clock: VirtualClock) -> None:
    go = threading.Event()

    async def main() -> str:
        work = asyncio.to_thread(lambda: go.wait() and "worked")
        asyncio.get_running_loop().call_soon(lambda: threading.Timer(0.05, go.set).start())
        return str(await asyncio.wait_for(work, 30))

    with clock:
        assert asyncio.run(main()) == "worked"


def test_waits_of_the_standard_library_are_left_alone(clock: VirtualClock) -> None:
    with clock:
        with pytest.raises(queue.Empty):
            queue.Queue[int]().get(timeout=0.02)
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
        assert clock.reading() - began == pytest.approx(3.0, abs=1e-9)
