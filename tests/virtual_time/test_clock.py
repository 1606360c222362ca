"""Sleeping moves a clock, by whatever name the client holds the functions."""

from __future__ import annotations

import asyncio
import calendar
import functools
import pickle
import select
import socket
import sys
import threading
import time
import types
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from select import select as named_select
from time import sleep as named_sleep
from typing import Any

import anyio
import backoff
import pytest
import trio
from freezegun import freeze_time

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.process import PROCESS, VirtualTimeError
from pytest_flipsnack.virtual_time.timeline import Timeline, monotonic

REAL = time.sleep
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


def wait_on(condition: threading.Condition, seconds: float) -> None:
    with condition:
        assert not condition.wait(seconds)


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
    "condition": lambda: wait_on(threading.Condition(), 60),
    "select": lambda: select.select([], [], [], 60),
    "named select": lambda: named_select([], [], [], 60),
    "asyncio": lambda: asyncio.run(asyncio.sleep(60)),
    "anyio": lambda: anyio.run(anyio.sleep, 60),
    "trio": lambda: trio.run(trio.sleep, 60),
}


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(autouse=True)
def _no_test_sleeps() -> Any:
    began = monotonic()
    yield
    assert monotonic() - began < LIMIT_S, "time was real"


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_sleep_is_virtual_by_every_spelling(clock: VirtualClock, spelling: str) -> None:
    with clock:
        SPELLINGS[spelling]()
    assert [sleep.seconds for sleep in clock.sleeps] == [60.0]
    # to the microseconds that a timer of a loop is late where another test has left a thread
    assert clock.skipped == pytest.approx(60.0, abs=0.01)


def test_what_stands_in_goes_to_another_process_as_the_real_one(clock: VirtualClock) -> None:
    with clock:
        sent = [pickle.dumps(held) for held in (time.sleep, time.time_ns, named_select)]
    assert [pickle.loads(one) for one in sent] == [time.sleep, time.time_ns, select.select]


def test_hypothesis_measures_what_really_passes(clock: VirtualClock) -> None:
    """It has deadlines of its own for each example."""
    asking = {"__name__": "hypothesis.core", "time": time}
    with clock:
        time.sleep(600)
        assert eval("time.perf_counter()", asking) < time.perf_counter() - 500


def test_a_time_that_the_test_has_set_is_told_as_it_is_outside_the_blocks(
    clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = types.ModuleType("time_machine")
    machine.coordinates_stack = []  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "time_machine", machine)
    real = time.time()
    clock.keep()
    with clock:
        time.sleep(3600)
    assert time.time() - real > 3599
    machine.coordinates_stack.append("a journey")
    assert time.time() - real < LIMIT_S
    with clock:
        assert time.time() - real < LIMIT_S, "sleeps before the journey are no part of it"
        time.sleep(60)
        assert 59 < time.time() - real < 60 + LIMIT_S
    machine.coordinates_stack.clear()
    assert time.time() - real > 3659
    clock.release()


def test_blocks_may_be_nested(clock: VirtualClock) -> None:
    with clock:
        with clock:
            time.sleep(5)
        assert clock.running
        time.sleep(6)
    assert clock.skipped == 11.0
    assert time.sleep is REAL


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


def test_time_goes_on_from_one_clock_to_the_next() -> None:
    """State of a class outlives a test: a limiter must not see the time go back."""
    with VirtualClock():
        time.sleep(600)
        before = time.monotonic()
    with VirtualClock() as clock:
        began = clock.reading()
        assert 0 <= time.monotonic() - before < LIMIT_S
        time.sleep(60)
        assert time.monotonic() - before >= 60
        assert 60 <= clock.reading() - began < 60 + LIMIT_S
    assert time.monotonic() < before - 500, "outside the blocks the clocks are real"


def test_time_that_is_kept_goes_on_between_the_blocks_and_sleeps_are_real_there() -> None:
    clock = VirtualClock()
    clock.keep()
    assert time.sleep is REAL, "nothing to keep yet"
    began = time.monotonic()
    with clock:
        time.sleep(600)
    assert 600 <= time.monotonic() - began < 600 + LIMIT_S
    time.sleep(0.01)
    with clock:
        time.sleep(60)
    assert 660 <= time.monotonic() - began < 660 + LIMIT_S
    assert [sleep.seconds for sleep in clock.sleeps] == [600, 60]

    clock.release()
    assert time.monotonic() < began + LIMIT_S
    assert time.sleep is REAL


def test_a_later_clock_that_keeps_tells_the_later_time_at_once() -> None:
    with VirtualClock():
        time.sleep(600)
        before = time.monotonic()
    clock = VirtualClock()
    clock.keep()
    assert 0 <= time.monotonic() - before < LIMIT_S
    made_since = Holder()
    with clock:
        made_since.in_instance(60)
        Holder.in_class(60)
    clock.release()
    assert time.monotonic() < before - 500
    assert Holder.in_class is time.sleep is REAL


def test_a_block_that_is_open_at_the_release_ends_what_was_kept() -> None:
    clock = VirtualClock()
    clock.keep()
    with clock:
        clock.release()
        time.sleep(600)
    assert [sleep.seconds for sleep in clock.sleeps] == [600]
    assert time.sleep is REAL


def test_a_clock_inside_another_one_adds_to_it() -> None:
    with VirtualClock():
        time.sleep(600)
    outer, inner = VirtualClock(), VirtualClock()
    with outer:
        began = time.monotonic()
        with inner:
            time.sleep(60)
            assert 60 <= time.monotonic() - began < 60 + LIMIT_S
    assert time.sleep is REAL


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


def test_an_idle_executor_holds_up_no_timer(clock: VirtualClock) -> None:
    async def main() -> None:
        await asyncio.to_thread(int)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 60)

    with clock:
        asyncio.run(main())
    assert clock.skipped == pytest.approx(60, abs=0.5)


def test_a_sleep_of_nothing_is_no_sleep(clock: VirtualClock) -> None:
    with clock:
        trio.run(trio.sleep, 0)
        asyncio.run(asyncio.sleep(0))
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
    assert clock.skipped < 1


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


def test_a_clock_may_be_released_that_was_never_kept(clock: VirtualClock) -> None:
    clock.release()
    with clock:
        time.sleep(60)
    clock.release()
    assert clock.skipped == 60.0
    assert not clock.running


def test_a_start_that_is_refused_leaves_everything_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patching, "problem", lambda: "it needs CPython, and this is other")
    clock = VirtualClock()
    with pytest.raises(VirtualTimeError) as caught:
        clock.start()
    assert str(caught.value) == (
        "time cannot be virtual here: it needs CPython, and this is other; stub with "
        "flipsnack.respond(...) and test the waits with sleeps of your own"
    )
    assert not clock.running
    assert getattr(time.sleep, "__self__") is time  # noqa: B009 - unknown to mypy


def test_all_observers_of_all_blocks_hear_of_a_loop_that_is_stuck(clock: VirtualClock) -> None:
    heard: list[str] = []

    class Watching:
        def __init__(self, name: str) -> None:
            self.name = name

        def slept(self) -> None:
            """Follow nothing."""

        def stuck(self) -> None:
            heard.append(self.name)

    clock.observers.append(Watching("outer"))
    with clock, VirtualClock() as inner, VirtualClock():
        inner.observers.append(Watching("inner"))
        PROCESS.notify_stuck()
    assert heard == ["outer", "inner"]


def test_time_that_is_frozen_later_moves_with_every_sleep() -> None:
    timeline = Timeline()
    timeline.move_frozen_clock(5)  # nothing is frozen yet
    with freeze_time("2026-02-28 12:00:00"):
        timeline.move_frozen_clock(2)
        timeline.finish(60)
        assert time.time() == calendar.timegm((2026, 2, 28, 12, 1, 0))
