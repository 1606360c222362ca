"""No collection starts while the frames of other threads are looked at."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.thread_state import end_all_looks, looking

pytestmark = pytest.mark.skipif(
    sys.version_info >= (3, 12), reason="from 3.12 on collections wait until it is safe"
)


@pytest.fixture
def _eager() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(1)
    yield
    gc.set_threshold(*before)


def test_the_collector_is_off_until_the_last_look_has_ended() -> None:
    outer_ended, inner_began = threading.Event(), threading.Event()
    seen: list[bool] = []

    def inner() -> None:
        with looking():
            inner_began.set()
            outer_ended.wait(10)
            seen.append(gc.isenabled())

    thread = threading.Thread(target=inner)
    with looking():
        thread.start()
        inner_began.wait(10)
        seen.append(gc.isenabled())
    outer_ended.set()
    thread.join()

    assert seen == [False, False]
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with looking():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


@pytest.mark.usefixtures("_eager")
def test_a_sleep_beside_other_threads_looks_at_them_undisturbed() -> None:
    found: list[list[str]] = []

    def note(phase: str, info: dict[str, int]) -> None:
        names: list[str] = []
        frame = sys._getframe(1)
        while frame.f_back is not None:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        found.append(names)

    go = threading.Event()
    thread = threading.Thread(target=go.wait)
    thread.start()
    gc.callbacks.append(note)
    try:
        with VirtualClock():
            time.sleep(60)
    finally:
        gc.callbacks.remove(note)
        go.set()
        thread.join()

    assert found
    assert not [names for names in found if {"others", "_all_wait"} & set(names)]


def test_a_child_that_was_forked_during_a_look_collects_its_garbage() -> None:
    with looking():
        assert not gc.isenabled()
        end_all_looks()
        assert gc.isenabled()
    end_all_looks()  # this process goes on, and its look has ended twice
