"""Sleeping moves a clock, however the client holds the function."""

from __future__ import annotations

import asyncio
import calendar
import functools
import pickle
import select
import sys
import threading
import time
import types
from collections.abc import Callable
from select import select as named_select
from time import sleep as named_sleep
from typing import Any

import anyio
import pytest
import trio
from freezegun import freeze_time

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.process import PROCESS, VirtualTimeError
from pytest_flipsnack.virtual_time.timeline import Timeline
from tests.virtual_time.holder import Holder
from tests.virtual_time.limits import LIMIT_S

REAL = time.sleep

pytestmark = pytest.mark.usefixtures("no_test_sleeps")


def by_default(seconds: float, times: int = 1, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds * times)


def by_keyword(seconds: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    sleep(seconds)


def wait_on(condition: threading.Condition, seconds: float) -> None:
    with condition:
        assert not condition.wait(seconds)


class Slotted:
    __slots__ = ("in_slot",)

    def __init__(self) -> None:
        self.in_slot = time.sleep


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
    "condition": lambda: wait_on(threading.Condition(), 60),
    "select": lambda: select.select([], [], [], 60),
    "named select": lambda: named_select([], [], [], 60),
    "asyncio": lambda: asyncio.run(asyncio.sleep(60)),
    "anyio": lambda: anyio.run(anyio.sleep, 60),
    "trio": lambda: trio.run(trio.sleep, 60),
}


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


def test_a_sleep_of_nothing_is_no_sleep(clock: VirtualClock) -> None:
    with clock:
        trio.run(trio.sleep, 0)
        asyncio.run(asyncio.sleep(0))
    assert not clock.sleeps


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
