"""`datetime.now()` tells virtual time, and the class stays what it is."""

from __future__ import annotations

import asyncio
import calendar
import datetime as dt
import email.utils
import gc
import logging
import time
import warnings
from collections.abc import Callable
from datetime import datetime as named
from functools import partial
from typing import Any, cast

import pytest

from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.readings import DateSwitch
from tests.contract.faulty_client import Client, RateLimited

LIMIT = dt.timedelta(seconds=20)
HELD_CLOCK = [time.time][0]
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


TEXTS: dict[str, Callable[[], float]] = {
    "gmtime": lambda: calendar.timegm(time.gmtime()),
    "gmtime of None": lambda: calendar.timegm(time.gmtime(None)),
    "localtime": lambda: time.mktime(time.localtime()),
    "ctime": lambda: time.mktime(time.strptime(time.ctime())),
    "asctime": lambda: time.mktime(time.strptime(time.asctime())),
    "strftime": lambda: time.mktime(time.strptime(time.strftime("%Y %j %X"), "%Y %j %X")),
    "formatdate": lambda: email.utils.parsedate_to_datetime(email.utils.formatdate()).timestamp(),
    "a log line": lambda: logging.LogRecord("acme", 0, "", 0, "", None, None).created,
    "held": HELD_CLOCK,
}


@pytest.mark.parametrize("name", TEXTS)
def test_every_way_to_ask_for_the_time_tells_the_same(name: str) -> None:
    with VirtualClock():
        before = TEXTS[name]()
        time.sleep(3600)
        assert 3598 <= TEXTS[name]() - before <= 3600 + 20
        assert abs(TEXTS[name]() - time.time()) < 20


def timestamp(now: Callable[[], dt.datetime]) -> float:
    return now().timestamp()


CLOCKS: dict[str, Callable[[], float]] = {
    **TEXTS,
    **{f"datetime {name}": partial(timestamp, now) for name, now in WAYS.items()},
    "monotonic": lambda: time.monotonic(),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_client_that_gives_up_after_a_minute_by_any_clock_is_bounded(
    flipsnack: Flipsnack, name: str
) -> None:
    client, now = Client(flipsnack, waits_s=()), CLOCKS[name]

    def call() -> object:
        end = now() + 60
        while True:
            try:
                return client.call()
            except RateLimited:
                if now() >= end:
                    raise
            time.sleep(5)

    with flipsnack.expect(31, raises=RateLimited):
        call()
    assert 1 < len(flipsnack.calls) <= 14


@pytest.mark.parametrize("name", ["gmtime", "localtime", "ctime"])
def test_a_time_that_is_given_is_told_as_it_is(name: str) -> None:
    real = getattr(time, name)(86_400)
    with VirtualClock():
        time.sleep(3600)
        assert getattr(time, name)(86_400) == real
        assert time.strftime("%Y", time.gmtime(86_400)) == "1970"
        assert time.asctime(time.gmtime(0)) == "Thu Jan  1 00:00:00 1970"


@pytest.mark.parametrize("name", ["time", "monotonic", "perf_counter"])
def test_nanoseconds_and_seconds_are_the_same_time(name: str) -> None:
    with VirtualClock():
        time.sleep(0.1)
        before = getattr(time, name)()
        assert 0 <= getattr(time, f"{name}_ns")() / 1e9 - before < 20


def test_a_loop_tells_the_time_of_the_clock() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await asyncio.sleep(3600)
        return loop.time() - began

    with VirtualClock():
        assert 3600 <= asyncio.run(main()) < 3620


class Limiter:
    """As clients have one, with clocks that it was given at import."""

    def __init__(
        self,
        now: Callable[[], dt.datetime] = dt.datetime.now,
        utc: Callable[[], dt.datetime] = dt.datetime.utcnow,
    ) -> None:
        self.now, self.utc = now, utc


HELD = {"limiter": Limiter(), "now": dt.datetime.now, "no clock": dt.datetime.fromtimestamp}


def test_a_bound_method_that_was_stored_before_moves_too() -> None:
    held = HELD["limiter"]
    assert isinstance(held, Limiter)
    stored: Any = HELD["now"]
    real = stored()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with VirtualClock():
            began = held.now(), held.utc(), stored(tz=ZONE), stored()
            time.sleep(3600)
            ended = held.now(), held.utc(), stored(tz=ZONE), stored()
            kept = dt.datetime.now
            for early, late in zip(began, ended, strict=True):
                assert dt.timedelta(hours=1) <= late - early < dt.timedelta(hours=1) + LIMIT
            assert held.utc().tzinfo is None
        assert stored() - real < LIMIT
        assert held.utc().tzinfo is None
        assert kept() - real < LIMIT, "what was stored in the block is real after it"


def test_a_bound_method_that_is_stored_before_the_block_moves_too() -> None:
    clock = VirtualClock()
    clock.keep()
    held = Limiter(dt.datetime.now)
    with clock:
        began = held.now()
        time.sleep(3600)
        assert held.now() - began >= dt.timedelta(hours=1)
    clock.release()


@pytest.mark.filterwarnings("ignore:.*utcnow:DeprecationWarning")
def test_a_stored_method_tells_pytest_the_real_time() -> None:
    held = HELD["limiter"]
    assert isinstance(held, Limiter)
    report: dict[str, Any] = {"__name__": "_pytest.reports", "utcnow": held.utc, "now": held.now}
    with VirtualClock():
        time.sleep(7 * 86_400)
        exec("told = (utcnow(), now())", report)  # as if pytest asked
        ahead = [
            told - real for told, real in zip((held.utc(), held.now()), report["told"], strict=True)
        ]
    assert min(ahead) > dt.timedelta(days=6)


def test_a_method_that_another_tool_has_put_there_stays() -> None:
    switch = DateSwitch(lambda _: 60.0)
    before = vars(dt.datetime)["now"]
    switch.put_in()
    ours = vars(dt.datetime)["now"]
    space = cast("dict[str, Any]", gc.get_referents(vars(dt.datetime))[0])
    space["now"] = before
    switch.take_out()
    assert vars(dt.datetime)["now"] is before is not ours
    assert dt.datetime.now(ZONE).tzinfo is ZONE
