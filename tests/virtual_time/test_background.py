"""Other threads of a client's, whatever they do, make a sleep neither real nor longer."""

from __future__ import annotations

import contextlib
import queue
import select
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from pytest_flipsnack import VirtualClock
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.virtual_time.timeline import monotonic, original
from tests.contract.faulty_client import Client, RateLimited

LIMIT_S = 2.0  # half a second, and what a busy machine adds
Act = Callable[[threading.Event, socket.socket], object]


def select_once(ended: threading.Event, ours: socket.socket) -> None:
    select.select([ours], [], [], 60)


def select_again_and_again(ended: threading.Event, ours: socket.socket) -> None:
    while not ended.is_set():
        select.select([ours], [], [], 0.05)


def wait_with_a_selector(ended: threading.Event, ours: socket.socket) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(ours, selectors.EVENT_READ)
        selector.select(60)


def poll(ended: threading.Event, ours: socket.socket) -> None:
    waiting = select.poll()
    waiting.register(ours, select.POLLIN)
    waiting.poll(60_000)


def receive(ended: threading.Event, ours: socket.socket) -> None:
    ours.recv(1)


def stand_at_a_lock(ended: threading.Event, ours: socket.socket) -> None:
    lock = threading.Lock()
    lock.acquire()
    while not ended.is_set():
        lock.acquire(timeout=60 if ended.is_set() else 0.3)


def really_sleep(ended: threading.Event, ours: socket.socket) -> None:
    lock = threading.Lock()
    lock.acquire()
    while not ended.is_set():
        lock.acquire(timeout=0.1)


def beat(ended: threading.Event, ours: socket.socket) -> None:
    while not ended.is_set():
        time.sleep(0.3)


def spin(ended: threading.Event, ours: socket.socket) -> None:
    while not ended.is_set():
        pass


ACTS = [
    select_once, select_again_and_again, wait_with_a_selector, poll, receive, stand_at_a_lock,
    really_sleep, beat, spin,
]  # fmt: skip


@pytest.fixture(params=ACTS, ids=lambda act: act.__name__)
def _beside(request: pytest.FixtureRequest) -> Iterator[None]:
    ended, (ours, theirs) = threading.Event(), socket.socketpair()
    thread = threading.Thread(target=request.param, args=(ended, ours), daemon=True)
    thread.start()
    yield
    ended.set()
    theirs.send(b"x")
    thread.join(10)
    ours.close()
    theirs.close()


@pytest.mark.usefixtures("_beside")
def test_a_sleep_ends_within_half_a_second_and_is_as_long_as_it_was_asked_for() -> None:
    with VirtualClock() as clock:
        really, began = monotonic(), time.monotonic()
        time.sleep(5)
        assert monotonic() - really < LIMIT_S
        assert time.monotonic() - began == pytest.approx(5, abs=0.2)
        assert clock.skipped == 5


@pytest.mark.usefixtures("_beside")
def test_real_time_counts_towards_a_sleep_and_not_on_top_of_it() -> None:
    with VirtualClock():
        for _ in range(3):
            began = time.monotonic()
            time.sleep(1)
            assert time.monotonic() - began == pytest.approx(1, abs=0.2)


BEATS: dict[str, Callable[[], object]] = {
    "seconds": lambda: time.sleep(5),
    "an hour": lambda: time.sleep(3600),
    "an event": lambda: threading.Event().wait(3600),
    "a queue": lambda: queue.Queue[int]().get(timeout=3600),
}


@pytest.mark.parametrize("beat", BEATS.values(), ids=BEATS)
def test_a_thread_of_the_client_that_sleeps_between_the_blocks_holds_up_none(
    flipsnack: Flipsnack, beat: Callable[[], object]
) -> None:
    ended = threading.Event()

    def heartbeat() -> None:
        while not ended.is_set():
            with contextlib.suppress(queue.Empty):
                beat()

    thread = threading.Thread(target=heartbeat, daemon=True)
    with flipsnack.expect(31, raises=RateLimited):
        thread.start()
        Client(flipsnack).call()
    original_sleep = original("sleep")
    original_sleep(0.05)  # it has begun to wait in earnest
    for _ in range(3):
        began = monotonic()
        with flipsnack.expect(31, raises=RateLimited):
            Client(flipsnack).call()
        assert monotonic() - began < LIMIT_S
    ended.set()


def test_a_limiter_that_keeps_to_its_rate_is_never_answered_31(flipsnack: Flipsnack) -> None:
    flipsnack.configure(requests_per_second=3)
    ended = threading.Event()
    thread = threading.Thread(target=beat, args=(ended, None), daemon=True)
    thread.start()
    with flipsnack.clock:
        for _ in range(24):
            assert Client(flipsnack).ask()["code"] == 20
            time.sleep(1 / 3)
    ended.set()


def test_sleeps_of_fifty_threads_end_in_order_and_each_in_its_time() -> None:
    ends: list[float] = []

    def nap(seconds: float) -> None:
        began = time.monotonic()
        time.sleep(seconds)
        ends.append(round(time.monotonic() - began - seconds))

    with VirtualClock() as clock:
        threads = [threading.Thread(target=nap, args=(10 * n,)) for n in range(1, 51)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert ends == [0] * 50
    assert clock.skipped == 500
