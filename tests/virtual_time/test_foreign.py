"""A sleep that a test has put in the place of the real one is called, and time moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import pytest

from pytest_flipsnack import VirtualClock
from pytest_flipsnack.flipsnack import Flipsnack
from tests.contract.faulty_client import Client, RateLimited
from tests.downstream import Project

REAL = time.sleep, time.time, time.monotonic


class Fake:
    """A sleep of a test's own."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def a_mock() -> tuple[Any, Callable[[], list[float]]]:
    made = mock.Mock()
    return made, lambda: [call.args[0] for call in made.mock_calls]


def a_spy() -> tuple[Any, Callable[[], list[float]]]:
    made = mock.Mock(wraps=time.sleep)
    return made, lambda: [call.args[0] for call in made.mock_calls]


def a_lambda() -> tuple[Any, Callable[[], list[float]]]:
    slept: list[float] = []
    return lambda seconds: slept.append(seconds), lambda: slept


def an_append() -> tuple[Any, Callable[[], list[float]]]:
    slept: list[float] = []
    return slept.append, lambda: slept


def a_method() -> tuple[Any, Callable[[], list[float]]]:
    fake = Fake()
    return fake.sleep, lambda: fake.slept


def an_object() -> tuple[Any, Callable[[], list[float]]]:
    fake = Fake()
    return fake, lambda: fake.slept


SLEEPS = [a_mock, a_spy, a_lambda, an_append, a_method, an_object]


@pytest.fixture(autouse=True)
def _time_is_as_before() -> Iterator[None]:
    yield
    assert (time.sleep, time.time, time.monotonic) == REAL


@pytest.mark.parametrize("make", SLEEPS)
@pytest.mark.parametrize("early", [True, False], ids=["before the block", "in the block"])
def test_a_replaced_sleep_sees_its_calls_and_the_verdict_is_the_same(
    flipsnack: Flipsnack, make: Callable[[], Any], early: bool
) -> None:
    sleep, slept = make()
    with pytest.MonkeyPatch.context() as patch:
        if early:
            patch.setattr(time, "sleep", sleep)
        with flipsnack.expect(31, raises=RateLimited):
            if not early:
                patch.setattr(time, "sleep", sleep)
            Client(flipsnack).call()
        assert time.sleep is sleep
        assert slept() == [1, 2]
        assert [round(call.at - flipsnack.calls[0].at, 3) for call in flipsnack.calls] == [0, 1, 3]
        sleep(0)
        assert slept() == [1, 2, 0], "it is as it was"


@mock.patch("time.sleep")
def test_a_decorator_may_mock_it(sleep: mock.Mock, flipsnack: Flipsnack) -> None:
    with flipsnack.expect(31, raises=RateLimited):
        Client(flipsnack).call()
    assert sleep.mock_calls == [mock.call(1), mock.call(2)]


def test_it_may_be_replaced_for_the_whole_block_and_beyond(
    flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch
) -> None:
    with flipsnack.expect(31, raises=RateLimited):
        monkeypatch.setattr(time, "sleep", lambda seconds: None)
        Client(flipsnack).call()
    monkeypatch.undo()
    assert time.sleep is REAL[0]


@pytest.mark.parametrize(
    "makes", ["mock.Mock()", "mock.Mock(wraps=time.sleep)", "lambda seconds: None"]
)
def test_a_fixture_may_replace_it_for_a_mark_a_clock_and_a_block(
    project: Project, makes: str
) -> None:
    project.test(f"""
        import time
        from unittest import mock

        @pytest.fixture
        def no_sleep(monkeypatch):
            monkeypatch.setattr(time, "sleep", {makes})

        @pytest.mark.flipsnack(41, raises=acme.FlipsnackError)
        def test_mark(no_sleep, client):
            client.ask()

        def test_clock(no_sleep, flipsnack_clock, client):
            client.ask()

        def test_block(flipsnack, client, no_sleep):
            with flipsnack.expect(41, raises=acme.FlipsnackError):
                client.ask()

        def test_nothing_is_left():
            assert time.sleep.__module__ == time.time.__module__ == "time"
    """)
    project.run().assert_outcomes(passed=4)


def test_a_mock_of_an_async_sleep_moves_the_clock(flipsnack_clock: VirtualClock) -> None:
    async def main() -> float:
        began = time.monotonic()
        await asyncio.sleep(60)
        return time.monotonic() - began

    with mock.patch("asyncio.sleep") as sleep:
        flipsnack_clock.makes_requests()
        assert 60 <= asyncio.run(main()) < 80
    sleep.assert_called_once_with(60)


def test_an_async_function_in_its_place_moves_the_clock(
    flipsnack_clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []

    async def sleep(delay: float, result: object = None) -> object:
        slept.append(delay)
        return result

    monkeypatch.setattr(asyncio, "sleep", sleep)
    flipsnack_clock.makes_requests()
    began = time.monotonic()
    assert asyncio.run(sleep(60, "given")) == "given"
    assert 60 <= time.monotonic() - began < 80
    assert slept == [60]


def test_a_sleep_that_was_imported_by_name_may_be_replaced_too(project: Project) -> None:
    project.write(
        "patient.py",
        """
        from time import sleep

        import acme


        class Client(acme.Client):
            def call(self):
                for wait_s in (1, 2):
                    try:
                        return self.ask()
                    except acme.FlipsnackError:
                        sleep(wait_s)
                return self.ask()
        """,
    )
    project.test("""
        from unittest import mock

        import patient

        @pytest.mark.parametrize("own", [True, False])
        def test_it(flipsnack, monkeypatch, own):
            slept = []
            client = patient.Client(flipsnack.api_key, flipsnack.secret)
            replaced = lambda seconds: slept.append(seconds)
            if not own:
                replaced = mock.Mock(side_effect=slept.append)
            monkeypatch.setattr(patient, "sleep", replaced)
            with flipsnack.expect(31, raises=acme.FlipsnackError):
                client.call()
            assert slept == [1, 2]
            assert flipsnack.clock.skipped == 3
    """)
    result = project.run()
    result.assert_outcomes(passed=2)


def test_a_helper_of_the_test_named_sleep_is_no_sleep(project: Project) -> None:
    project.test("""
        def sleep(seconds):
            return "not a sleep"

        def test_it(flipsnack, client):
            with flipsnack.expect(41, raises=acme.FlipsnackError):
                sleep(3600)
                client.ask()
            assert flipsnack.clock.skipped == 0
    """)
    result = project.run()
    result.assert_outcomes(passed=1)


def test_what_is_no_length_is_handed_on(
    flipsnack_clock: VirtualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    monkeypatch.setattr(time, "sleep", lambda *given: seen.append(given))
    flipsnack_clock.makes_requests()
    time.sleep()  # type: ignore[call-arg]
    time.sleep("soon")  # type: ignore[arg-type]
    time.sleep(-1)
    assert seen == [(), ("soon",), (-1,)]
    assert flipsnack_clock.sleeps == []
