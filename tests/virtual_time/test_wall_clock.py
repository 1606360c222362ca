"""`datetime.now()` tells virtual time, and the class stays what it is."""

from __future__ import annotations

import datetime as dt
import time
import warnings
from collections.abc import Callable
from datetime import datetime as named

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock

LIMIT = dt.timedelta(seconds=20)
ZONE = dt.timezone(dt.timedelta(hours=5))


class Own(dt.datetime):
    """As pendulum has one."""


def old_fashioned() -> dt.datetime:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return dt.datetime.utcnow()  # noqa: DTZ003 - what clients write


WAYS: dict[str, Callable[[], dt.datetime]] = {
    "naive": lambda: dt.datetime.now(),  # noqa: DTZ005 - what clients write
    "utc": lambda: dt.datetime.now(dt.UTC),
    "keyword": lambda: dt.datetime.now(tz=ZONE),
    "named": lambda: named.now(ZONE),
    "today": lambda: dt.datetime.today(),  # noqa: DTZ002 - what clients write
    "utcnow": old_fashioned,
    "own class": lambda: Own.now(dt.UTC),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_wall_clock_moves_with_the_sleeps(way: str) -> None:
    now, real = WAYS[way], WAYS[way]()
    with VirtualClock():
        began = now()
        assert dt.timedelta() <= began - real, "what earlier tests have slept comes on top"
        time.sleep(3600)
        passed = now() - began
        assert dt.timedelta(hours=1) <= passed < dt.timedelta(hours=1) + LIMIT
        assert type(began) is (Own if way == "own class" else dt.datetime)
        assert began.tzinfo == real.tzinfo
    assert now() - real < LIMIT


def test_the_date_goes_with_it() -> None:
    with VirtualClock():
        began = dt.date.today()  # noqa: DTZ011 - what clients write
        time.sleep(3 * 86_400)
        assert (dt.date.today() - began).days >= 3  # noqa: DTZ011


def test_everything_is_put_back() -> None:
    before = dict(vars(dt.datetime))
    with VirtualClock():
        assert vars(dt.datetime)["now"] is not before["now"]
        assert dt.datetime is named
    assert dict(vars(dt.datetime)) == before


def test_a_wrong_argument_is_the_same_kind_of_error_as_ever() -> None:
    with VirtualClock(), pytest.raises(TypeError):
        dt.datetime.now("UTC")  # type: ignore[arg-type]


def test_a_deadline_by_the_wall_clock_passes() -> None:
    with VirtualClock():
        end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=60)
        tries = 0
        while dt.datetime.now(dt.UTC) < end:
            tries += 1
            time.sleep(10)
    assert tries == 6


@pytest.mark.parametrize(
    ("name", "goes_on"),
    [("CLOCK_MONOTONIC", True), ("CLOCK_REALTIME", True), ("CLOCK_PROCESS_CPUTIME_ID", False)],
)
def test_the_clocks_of_the_system_move_too_but_those_of_work(name: str, goes_on: bool) -> None:
    clock = getattr(time, name)
    with VirtualClock():
        began, began_ns = time.clock_gettime(clock), time.clock_gettime_ns(clock)
        time.sleep(3600)
        assert (time.clock_gettime(clock) - began >= 3600) is goes_on
        assert (time.clock_gettime_ns(clock) - began_ns >= 3600e9) is goes_on
