"""Time never goes back in tests that use the plugin, and is real in all the others."""

from __future__ import annotations

from tests.downstream import Project

SPACED = """
import datetime
import time

import pytest

import acme


class Spaced(acme.Client):
    \"\"\"Leaves a second between its requests, whoever makes them.\"\"\"

    next = 0.0

    def ask(self, *args, **kwargs):
        wait = type(self).next - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        type(self).next = time.monotonic() + 1
        return super().ask(*args, **kwargs)

    def patient(self):
        while True:
            try:
                return self.ask()
            except acme.FlipsnackError as error:
                if error.code != 50:
                    raise
                time.sleep(600)


@pytest.fixture
def spaced(flipsnack):
    return Spaced(flipsnack.api_key, flipsnack.secret)


BEGAN = []


def test_before():
    BEGAN[:] = [time.monotonic(), time.time(), time.perf_counter(), datetime.datetime.now()]


def test_an_hour_is_skipped(flipsnack, spaced):
    with flipsnack.expect(50, 50, 50, 50, 50, 50):
        spaced.patient()
    spaced.ask()
    assert time.monotonic() - BEGAN[0] > 3600


def test_the_next_client_waits_for_a_second_at_most(spaced):
    began = time.monotonic()
    spaced.ask()
    assert 0 <= time.monotonic() - began < 10
    assert time.time() - BEGAN[1] > 3600
    assert datetime.datetime.now() - BEGAN[3] > datetime.timedelta(hours=1)


def test_a_test_without_the_plugin_has_the_real_time():
    clocks = [time.monotonic(), time.time(), time.perf_counter()]
    assert all(now - began < 600 for now, began in zip(clocks, BEGAN))
    assert datetime.datetime.now() - BEGAN[3] < datetime.timedelta(minutes=10)
    time.sleep(0)
    assert type(time.sleep).__name__ == "builtin_function_or_method"
"""


def test_a_limiter_of_the_client_keeps_no_later_test_waiting(
    merging: Project, workers: tuple[str, ...]
) -> None:
    merging.test(SPACED)

    # the tests of one file stay in their order, on one worker
    result = merging.run("--dist=loadfile") if workers else merging.run()

    result.assert_outcomes(passed=4)
    assert result.ret == 0
    assert result.duration < 60


REFILLED = """
import datetime
import threading
import time

import acme


class Refilled(acme.Client):
    \"\"\"Has a thread of its own; gives up after a minute of the wall clock.\"\"\"

    def __init__(self, *args):
        super().__init__(*args)
        self.refills, self.open = 0, True
        threading.Thread(target=self._refill, daemon=True).start()

    def _refill(self):
        while self.open:
            time.sleep(2)
            self.refills += 1

    def patient(self):
        end = datetime.datetime.now() + datetime.timedelta(minutes=1)
        while True:
            try:
                return self.ask()
            except acme.FlipsnackError as error:
                if error.code != 31 or datetime.datetime.now() > end:
                    raise
                time.sleep(9)


def test_it(flipsnack):
    with flipsnack.expect(31, raises=acme.FlipsnackError):
        client = Refilled(flipsnack.api_key, flipsnack.secret)
        client.patient()
    assert len(flipsnack.calls) == 8
    assert 30 <= client.refills <= 32
    client.open = False
"""


def test_a_thread_of_the_client_sleeps_along(merging: Project) -> None:
    merging.test(REFILLED)

    result = merging.run()

    result.assert_outcomes(passed=1)
    assert result.ret == 0
