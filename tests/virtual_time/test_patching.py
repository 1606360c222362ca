"""A function is switched where it is: it keeps its place and its identity."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import pickle
import select
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest
import time_machine

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.functions import Functions
from pytest_flipsnack.virtual_time.patching import switch
from pytest_flipsnack.virtual_time.process import PROCESS, VirtualTimeError
from pytest_flipsnack.virtual_time.timeline import original
from tests.contract.faulty_client import Client


def doubled(number: int, factor: int = 2) -> int:
    return number * factor


def closed_over(factor: int) -> Callable[[int], int]:
    def times(number: int) -> int:
        return number * factor

    return times


class Doubling:
    def method(self, number: int) -> int:
        return 2 * number

    def __call__(self, number: int) -> int:
        return 2 * number


OBJECT = Doubling()
FUNCTIONS: dict[str, Any] = {
    "function": doubled,
    "closure": closed_over(2),
    "method": OBJECT.method,
    "object": OBJECT,
    "mock": mock.Mock(side_effect=lambda number: 2 * number),
    "built-in": [0, 2, 4, 6].__getitem__,
}


def adding_one(real: Any) -> Callable[..., Any]:
    return lambda number: real(number) + 1


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_any_kind_is_switched_and_switched_back(name: str) -> None:
    function = FUNCTIONS[name]
    made = switch(function, adding_one)
    assert function(3) == 6
    made.put_in()
    assert function(3) == 7
    made.take_out()
    assert function(3) == 6


def test_what_a_bound_built_in_does_is_switched_for_that_object_alone() -> None:
    first: list[int] = []
    second: list[int] = []
    append, other = first.append, second.append
    made = switch(append, lambda real: lambda number: real(number + 1))
    made.put_in()
    append(1)
    other(1)
    made.take_out()
    append(1)
    assert (first, second) == ([2, 1], [1])


def test_another_object_of_the_class_keeps_its_behaviour() -> None:
    other = Doubling()
    made = switch(OBJECT, adding_one)
    made.put_in()
    assert (OBJECT(3), other(3), other.method(3)) == (7, 6, 6)
    made.take_out()


def test_a_coroutine_function_stays_one() -> None:
    async def replaced(delay: float, result: str) -> str:
        return f"{delay} {result}"

    made = switch(asyncio.sleep, lambda real: replaced)
    made.put_in()
    try:
        assert asyncio.iscoroutinefunction(asyncio.sleep)
        assert asyncio.run(asyncio.sleep(3600, "done")) == "3600 done"
    finally:
        made.take_out()


def test_what_cannot_be_switched_is_named() -> None:
    with pytest.raises(TypeError, match=r"functools\.partial.* whose behaviour can be switched"):
        switch(functools.partial(doubled, 1), adding_one)


def test_what_somebody_has_switched_since_is_left_to_them() -> None:
    before = doubled.__code__
    made = switch(doubled, adding_one)
    made.put_in()
    doubled.__code__ = theirs = (lambda number, factor=2: 0).__code__
    made.take_out()
    assert doubled.__code__ is theirs
    doubled.__code__ = before


def test_a_built_in_looks_as_ever_while_it_is_switched() -> None:
    held = {"in a dictionary": time.sleep}
    before = repr(time.sleep), time.sleep.__module__, time.sleep.__qualname__, time.sleep.__doc__
    with VirtualClock():
        time.sleep(1)
        after = repr(time.sleep), time.sleep.__module__, time.sleep.__qualname__, time.sleep.__doc__
        sent = pickle.dumps([time.sleep, time.time_ns, select.select])
        held["in a dictionary"](3600)
    assert after == before
    assert pickle.loads(sent) == [time.sleep, time.time_ns, select.select]
    assert getattr(time.sleep, "__self__") is time  # noqa: B009 - unknown to mypy


def test_a_journey_that_begins_and_ends_beside_virtual_time_leaves_all_as_it_was() -> None:
    """time-machine hooks the same fields, in any order with ours."""
    with VirtualClock():
        time.sleep(366 * 86_400)  # before it began: not a part of it
        journey = time_machine.travel("2020-02-29 12:00:00+00:00")
        journey.start()
        assert time.gmtime().tm_year == 2020
        time.sleep(5400)
        assert time.gmtime().tm_hour == 13
    assert time.gmtime().tm_year == 2020
    journey.stop()
    assert time.gmtime().tm_year > 2020
    journey.start()
    with VirtualClock():
        time.sleep(90)  # its time begins with the first reading
        assert time.strftime("%Y-%m-%d %H:%M") == "2020-02-29 12:01"
        journey.stop()
        time.sleep(1)
    assert time.gmtime().tm_year > 2020
    assert getattr(time.time, "__self__") is time  # noqa: B009 - unknown to mypy


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("implementation", mock.Mock(name="pypy"), "it needs CPython"),
        ("_is_gil_enabled", lambda: False, "it needs Python's global lock"),
    ],
)
def test_a_python_that_does_not_allow_it_is_told_why(
    monkeypatch: pytest.MonkeyPatch, name: str, value: Any, text: str
) -> None:
    if name == "implementation":
        value.name = "pypy"
    monkeypatch.setattr(sys, name, value, raising=False)
    assert patching.problem().startswith(text)


def test_an_unknown_layout_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patching, "_fields_of", lambda function: (0, 0, 0, 0, 0))
    assert patching.problem() == (
        "this build of CPython lays out its functions in a way it does not know"
    )


def test_a_start_that_fails_undoes_all_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = PROCESS.functions
    with VirtualClock():
        pass  # its switches are made with the first use

    class Failing:
        def put_in(self) -> None:
            raise LookupError("no such place")

        def take_out(self) -> None:
            """Be out already."""

    monkeypatch.setattr(functions, "_switches", [*functions._switches, Failing()])
    clock = VirtualClock()
    with pytest.raises(LookupError, match="no such place"):
        clock.start()
    assert not clock.running
    assert getattr(time.sleep, "__self__") is time  # noqa: B009 - unknown to mypy
    began = time.monotonic()
    assert time.monotonic() - began < 20


def test_what_was_changed_since_is_left_as_it_is() -> None:
    first, second = (switch(FUNCTIONS["built-in"], adding_one) for _ in range(2))
    function = FUNCTIONS["built-in"]
    first.put_in()
    second.put_in()
    first.take_out()
    assert function(1) == 3, "each was made from the real function"
    second.take_out()
    first.take_out()
    assert function(1) == 2


def test_a_mock_that_was_given_another_behaviour_keeps_it() -> None:
    replaced = mock.Mock(return_value=1)
    made = switch(replaced, adding_one)
    made.put_in()
    assert replaced(0) == 2
    del type(replaced).__call__
    made.take_out()
    assert replaced(0) == 1


def test_the_original_is_found_where_a_test_has_hidden_it(monkeypatch: pytest.MonkeyPatch) -> None:
    find = original.__wrapped__  # without what it remembers
    assert find("sleep") is time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    found = find("sleep")
    assert (found.__name__, found.__self__) == ("sleep", time)
    assert find("no_such_function") is None


def test_where_time_cannot_be_virtual_a_stub_works_and_no_class_is_touched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patching, "problem", lambda: "it needs CPython, and this is other")
    monkeypatch.setattr(PROCESS, "functions", Functions(PROCESS))
    monkeypatch.setattr(PROCESS.timeline, "skipped", 0.0)  # nothing was ever slept there
    before = vars(dt.datetime)["now"]
    with Flipsnack() as flipsnack:
        flipsnack.respond(31)
        assert vars(dt.datetime)["now"] is before
        assert Client(flipsnack).ask("user.getStats")["code"] == 31
        with pytest.raises(VirtualTimeError, match="it needs CPython"):
            flipsnack.clock.start()
