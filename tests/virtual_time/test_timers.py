"""Timers, programs and other work of threads that takes its time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.virtual_time.busy import its_output, running_clock, work


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with running_clock() as clock:
        yield clock


def test_a_timer_fires_in_virtual_time(clock: VirtualClock) -> None:
    came = threading.Event()
    timer = threading.Timer(5, came.set)
    timer.start()
    assert came.wait(30)
    assert clock.skipped == 5
    timer.join()


def test_a_timer_of_a_plugin_of_pytests_is_real(clock: VirtualClock) -> None:
    fired: list[float] = []

    def overdue() -> None:
        fired.append(clock.skipped)

    overdue.__module__ = "pytest_timeout"
    timer = threading.Timer(60, overdue)
    timer.start()
    work()
    time.sleep(3600)
    work()
    timer.cancel()
    timer.join()
    assert not fired


def a_program() -> None:
    subprocess.run([sys.executable, "-c", "__import__('time').sleep(0.3)"], check=True, timeout=30)


def digest() -> None:
    hashlib.sha512(bytes(150_000_000)).hexdigest()


@pytest.mark.parametrize("task", [a_program, its_output, digest])
def test_what_takes_its_time_is_waited_for(clock: VirtualClock, task: Callable[[], None]) -> None:
    """A program that runs, or a long call of a library's, is no wait for another thread."""
    task()
    assert clock.skipped == 0
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(task).result(timeout=30) is None
    assert clock.skipped < 30


@pytest.mark.parametrize(
    "call", [lambda: None, lambda: threading.Event().wait(0.05)], ids=["at once", "after a while"]
)
def test_a_timer_of_the_standard_library_is_waited_for(
    clock: VirtualClock, call: Callable[[], Any]
) -> None:
    came = threading.Event()

    def come() -> None:
        call()
        came.set()

    timer = threading.Timer(0.05, come)
    timer.start()
    assert came.wait(30)
    assert clock.skipped < 1
    timer.join()
