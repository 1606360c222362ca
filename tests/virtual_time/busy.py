"""Threads for the tests of threads: what they do, and how long a test waits for them."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.timeline import monotonic

LIMIT_S = 20.0  # far less than the sleeps below, far more than a busy machine needs


def work(seconds: float = 0.05) -> None:
    """Take a while for real, without a word to the clock."""
    never = threading.Lock()
    never.acquire()
    end = monotonic() + seconds
    while monotonic() < end:
        never.acquire(timeout=0.001)


@contextmanager
def beside(target: Callable[[threading.Event], None]) -> Iterator[None]:
    """Run a function in a daemon thread until the block ends."""
    stopped = threading.Event()
    thread = threading.Thread(target=target, args=(stopped,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=10)


def its_output() -> None:
    code = "__import__('time').sleep(0.8)"  # longer than any sleep is held up
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30, capture_output=True)


@contextmanager
def running_clock() -> Iterator[VirtualClock]:
    """Make time virtual; fail where it passed for real all the same."""
    began = monotonic()
    with VirtualClock() as clock:
        yield clock
    assert monotonic() - began < LIMIT_S, "time was real"
