"""A sleep takes what CPython's takes, refuses what it refuses, and spoils no later test."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import select
import threading
import time
from decimal import Decimal
from fractions import Fraction

import pytest

from pytest_flipsnack import VirtualClock
from pytest_flipsnack.virtual_time.clock import VirtualClock as Clock

CENTURY_S = 100 * 365.25 * 86_400


class Index:
    """A number of another library's."""

    def __index__(self) -> int:
        return 60


REFUSED = [
    float("nan"), float("inf"), -float("inf"), 1e12, 1e30, -1, -0.5, -(10**30), 10**30, "5", None,
    Fraction(1, 2), Decimal("0.5"), b"5", [],
]  # fmt: skip


def refusal(seconds: object) -> tuple[type[BaseException], str]:
    with pytest.raises(Exception) as error:
        time.sleep(seconds)  # type: ignore[arg-type]
    return error.type, str(error.value)


@pytest.mark.parametrize("seconds", REFUSED, ids=repr)
def test_what_cpython_refuses_is_refused_in_its_words(seconds: object) -> None:
    real = refusal(seconds)
    with VirtualClock() as clock:
        assert refusal(seconds) == real
    assert clock.sleeps == []


@pytest.mark.parametrize(
    ("seconds", "length_s"), [(60, 60), (60.5, 60.5), (True, 1), (Index(), 60)]
)
def test_what_cpython_takes_is_slept(seconds: float, length_s: float) -> None:
    with VirtualClock() as clock:
        time.sleep(seconds)
    assert [sleep.seconds for sleep in clock.sleeps] == [length_s]
    assert clock.skipped == length_s


@pytest.mark.parametrize("seconds", [0, 0.0, False])
def test_a_sleep_of_nothing_is_real(seconds: float) -> None:
    with VirtualClock() as clock:
        time.sleep(seconds)
    assert clock.sleeps == []


def test_a_wrong_call_is_the_error_that_it_is_without_a_clock() -> None:
    with VirtualClock():
        with pytest.raises(TypeError):
            time.sleep()  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            time.monotonic(1)  # type: ignore[call-arg]
        with pytest.raises(TypeError):
            select.select([], [], [], "soon")  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            threading.Event().wait("soon")  # type: ignore[arg-type]


SLEPT = {
    "no number": [float("nan")],
    "without end": [float("inf")],
    "longer than clocks go": [1e12, 1e30],
    "centuries": [90 * CENTURY_S / 100, 9e9] * 4,
}


@pytest.mark.parametrize("lengths", SLEPT.values(), ids=SLEPT)
def test_whatever_was_slept_later_tests_have_a_clock(lengths: list[float]) -> None:
    real = dt.datetime.now(dt.UTC)
    with VirtualClock():
        for seconds in lengths:
            with contextlib.suppress(ValueError, OverflowError):
                time.sleep(seconds)
    with VirtualClock() as later:
        ahead = dt.datetime.now(dt.UTC) - real
        assert ahead <= dt.timedelta(seconds=CENTURY_S + 20), "a century of earlier tests may stay"
        before = time.monotonic()
        time.sleep(5)
        assert 5 <= time.monotonic() - before < 25
        assert later.skipped == 5
        with pytest.raises(TimeoutError):
            asyncio.run(asyncio.wait_for(asyncio.Event().wait(), 5))
        assert time.monotonic() - before >= 10


def test_a_year_is_carried_on() -> None:
    """Time does not go back for a limiter that outlives its test."""
    with VirtualClock():
        time.sleep(365 * 86_400)
        year = dt.datetime.now(dt.UTC)
    with Clock():
        assert dt.timedelta() <= dt.datetime.now(dt.UTC) - year < dt.timedelta(seconds=20)
