"""Time goes on from block to block where it is kept."""

from __future__ import annotations

import time

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.virtual_time.holder import Holder
from tests.virtual_time.limits import LIMIT_S

REAL = time.sleep

pytestmark = pytest.mark.usefixtures("no_test_sleeps")


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


def test_a_clock_may_be_released_that_was_never_kept(clock: VirtualClock) -> None:
    clock.release()
    with clock:
        time.sleep(60)
    clock.release()
    assert clock.skipped == 60.0
    assert not clock.running
