"""What really waits although time is virtual is named, and nothing else is."""

from __future__ import annotations

import hashlib
import queue
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.real_waits import RealWait, line_that_waits

WAIT_S = 0.75  # half a second is named after at most six ticks of a tenth
HERE = Path(__file__)


def acquire() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=WAIT_S)


def get_from_simple_queue() -> None:
    with pytest.raises(queue.Empty):
        queue.SimpleQueue[int]().get(timeout=WAIT_S)


def run_a_program() -> None:
    subprocess.run([sys.executable, "-c", f"__import__('time').sleep({WAIT_S})"], check=True)


def join_a_thread() -> None:
    thread = threading.Thread(target=acquire)
    thread.start()
    thread.join()


WAITS: dict[Callable[[], None], str] = {
    acquire: "lock.acquire(timeout=WAIT_S)",
    get_from_simple_queue: "queue.SimpleQueue[int]().get(timeout=WAIT_S)",
    run_a_program: """subprocess.run([sys.executable, "-c", f"__import__('time').sleep({WAIT_S})"], check=True)""",
    join_a_thread: "thread.join()",
}


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.__name__)
def test_a_real_wait_is_named_at_the_line_that_waits(wait: Callable[[], None]) -> None:
    with VirtualClock() as clock:
        wait()

    [found] = clock.real_waits
    line = HERE.read_text(encoding="utf-8").splitlines()[found.line - 1].strip()
    assert (Path(found.path), line) == (HERE, WAITS[wait])
    assert str(found) == f"{found.seconds:.1f} s at test_real_waits.py:{found.line}: {line}"


def test_its_length_is_told_to_a_tick_or_two() -> None:
    with VirtualClock() as clock:
        acquire()

    [found] = clock.real_waits
    assert 0.45 < found.seconds < WAIT_S


def test_each_wait_is_named_once() -> None:
    with VirtualClock() as clock:
        acquire()
        get_from_simple_queue()

    assert len(clock.real_waits) == 2


def brief() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=0.2)


def compute() -> None:
    """Stay in one call of C for long, at work."""
    hashlib.pbkdf2_hmac("sha256", b"key", b"salt", 2_000_000)


def read_from_a_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as stream:
        threading.Timer(WAIT_S, theirs.sendall, [b"answer\n"]).start()
        assert stream.readline() == b"answer\n"


def sleep_virtually() -> None:
    for _ in range(3):
        select.select([], [], [], 60)
        threading.Event().wait(60)


@pytest.mark.parametrize("act", [brief, compute, read_from_a_socket, sleep_virtually])
def test_nothing_else_is_named(act: Callable[[], None]) -> None:
    with VirtualClock() as clock:
        act()

    assert clock.real_waits == []


class Holding:
    """A server that holds a connection without an answer."""

    stalled = frozenset([50_000])

    def client_ports(self, files: Iterable[int]) -> dict[int, int]:
        return {}

    def unstall(self) -> None:
        """Hold it."""


def test_a_wait_for_an_answer_that_the_fake_holds_back_is_not_named() -> None:
    clock = VirtualClock()
    clock.servers.append(Holding())
    with clock:
        acquire()

    assert clock.real_waits == []


def test_an_idle_thread_of_a_pool_is_not_named() -> None:
    clock = VirtualClock()
    with ThreadPoolExecutor(1, initializer=clock.start) as pool:
        pool.submit(int).result()
        acquire()
        pool.submit(clock.stop).result()

    assert clock.real_waits == []


def test_nobody_is_looked_at_while_time_is_real() -> None:
    clock = VirtualClock()
    before = threading.active_count()
    with clock, clock:
        assert threading.active_count() == before + 1
    assert threading.active_count() == before

    acquire()

    assert clock.real_waits == []


def test_a_line_that_cannot_be_read_is_left_out() -> None:
    assert str(RealWait(0.5, "gone/acme.py", 7)) == "0.5 s at acme.py:7: "


@pytest.mark.parametrize(("module", "named"), [("acme", True), ("requests.api", False)])
def test_a_line_of_the_clients_is_named_and_none_of_a_library_that_asks(
    module: str, named: bool
) -> None:
    frame = eval("sys._getframe()", {"__name__": module, "sys": sys})
    assert (line_that_waits(frame) is not None) is named


class StuckError(Exception):
    pass


def stand_for_ever() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def give_up() -> None:
    raise StuckError
