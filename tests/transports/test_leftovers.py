"""A thread that a test has left at work: what it still asks belongs to nobody."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import requests
import urllib3

from pytest_flipsnack import Flipsnack, Settings
from pytest_flipsnack.integration.fakes import Fakes, LateRequestWarning
from pytest_flipsnack.transports import leftovers
from pytest_flipsnack.transports.leftovers import Leftovers
from pytest_flipsnack.transports.session import Session
from tests.transports.asking import API, codes, signed

Ask = Callable[[Flipsnack], object]


def by_urllib3(flipsnack: Flipsnack) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", API, fields=signed(flipsnack), retries=False, timeout=5)


def by_base_url(flipsnack: Flipsnack) -> None:
    with urllib3.PoolManager() as pool:
        pool.request("GET", flipsnack.url, fields=signed(flipsnack), retries=False, timeout=5)


ASK: dict[str, Ask] = {
    "requests": lambda flipsnack: requests.get(API, params=signed(flipsnack), timeout=5),
    "httpx": lambda flipsnack: httpx.get(API, params=signed(flipsnack), timeout=5),
    "urllib3": by_urllib3,
    "base URL": by_base_url,
}
OVER = pytest.mark.parametrize("ask", ASK.values(), ids=ASK)
LATE = "test_first: GET user.getStats arrived after the test had ended"


@pytest.fixture
def session(pytestconfig: pytest.Config) -> Fakes:
    return Fakes(pytestconfig, Settings(), Session())


def late(session: Fakes) -> list[str]:
    with pytest.warns(LateRequestWarning) as warned:
        session.close()
    return [str(one.message) for one in warned]


class Worker:
    """A thread that asks whenever it is let."""

    def __init__(self, ask: Ask, flipsnack: Flipsnack, wait: str) -> None:
        self._ask, self._flipsnack, self._wait = ask, flipsnack, wait
        self._goes = threading.Semaphore(0)
        self._event = threading.Event()
        self.errors: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
        self.done = False
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while not self.done:
            if self._wait == "event":
                while not self._goes.acquire(blocking=False):
                    self._event.wait(0.001)
            else:
                while not self._goes.acquire(blocking=False):
                    time.sleep(0.001)
            if self.done:
                return
            try:
                self._ask(self._flipsnack)
            except Exception as error:
                self.errors.put(error)
            else:
                self.errors.put(None)

    def go(self) -> Exception | None:
        self._goes.release()
        return self.errors.get(timeout=20)

    def end(self) -> None:
        self.done = True
        self._goes.release()
        self.thread.join(20)


@pytest.fixture
def workers() -> Iterator[list[Worker]]:
    made: list[Worker] = []
    yield made
    for one in made:
        one.end()


@OVER
@pytest.mark.parametrize("wait", ["sleep", "event"])
def test_a_thread_of_an_earlier_test_takes_no_answer_and_earns_no_code(
    session: Fakes, workers: list[Worker], ask: Ask, wait: str
) -> None:
    with session.make(name="test_first") as first:
        workers.append(Worker(ask, first, wait))
        assert workers[0].go() is None
    with session.make(name="test_second") as second:
        second.respond(41)
        assert isinstance(workers[0].go(), (OSError, httpx.HTTPError, urllib3.exceptions.HTTPError))
        ask(second)

    assert (codes(first), codes(second)) == ([20], [41])
    assert late(session) == [LATE]


@OVER
def test_an_idle_pool_that_outlives_its_test_works_for_the_next(session: Fakes, ask: Ask) -> None:
    with ThreadPoolExecutor(1) as pool:
        with session.make(name="test_first") as first:
            pool.submit(ask, first).result(20)
        with session.make(name="test_second") as second:
            pool.submit(ask, second).result(20)

    session.close()
    assert (codes(first), codes(second)) == ([20], [20])


def test_a_pool_that_is_busy_at_the_end_is_late_with_that_work_alone(session: Fakes) -> None:
    ask, going_on = ASK["requests"], threading.Event()

    def work(flipsnack: Flipsnack) -> None:
        while not going_on.wait(0.001):
            pass
        with pytest.raises(requests.ConnectionError):
            ask(flipsnack)

    with ThreadPoolExecutor(1) as pool:
        with session.make(name="test_first") as first:
            slow = pool.submit(work, first)
        with session.make(name="test_second") as second:
            going_on.set()
            slow.result(20)
            pool.submit(ask, second).result(20)
        with session.make(name="test_third") as third:
            pool.submit(ask, third).result(20)

    assert late(session) == [LATE]
    assert [codes(one) for one in (first, second, third)] == [[], [20], [20]]


def waiting_for_a_queue(jobs: queue.Queue[Any]) -> None:
    while (job := jobs.get(timeout=20)) is not None:
        job()


def waiting_for_a_condition(jobs: queue.Queue[Any]) -> None:
    while True:
        with jobs.not_empty:
            while not jobs.queue:
                jobs.not_empty.wait()
        job = jobs.get()
        if job is None:
            return
        job()


@pytest.mark.parametrize("loop", [waiting_for_a_queue, waiting_for_a_condition])
def test_a_worker_that_waits_for_work_works_for_the_next_test(
    session: Fakes, loop: Callable[[queue.Queue[Any]], None]
) -> None:
    jobs: queue.Queue[Any] = queue.Queue()
    done: queue.SimpleQueue[None] = queue.SimpleQueue()
    made: list[Flipsnack] = []
    for name in ("test_first", "test_second"):
        with session.make(name=name) as flipsnack:
            if not made:
                thread = threading.Thread(target=loop, args=(jobs,), daemon=True)
                thread.start()

            def job(flipsnack: Flipsnack = flipsnack) -> None:
                ASK["requests"](flipsnack)
                done.put(None)

            jobs.put(job)
            done.get(timeout=20)
            until_it_waits(thread)
        made.append(flipsnack)
    jobs.put(None)
    thread.join(20)

    session.close()
    assert [codes(one) for one in made] == [[20], [20]]


def until_it_waits(thread: threading.Thread) -> None:
    import sys

    name = ""
    while name != "wait":  # by its name, as virtual time may have switched its code
        code = sys._current_frames()[thread.ident or 0].f_code
        name = code.co_name if code.co_filename == threading.__file__ else ""


def test_a_request_in_flight_at_the_end_is_named(session: Fakes) -> None:
    """It is inside the stand-in of a fake that has ended meanwhile."""
    fake = session.make(name="test_first").start()
    send = requests.adapters.HTTPAdapter.send
    answer = fake._in_process
    fake.stop()

    reply = answer.reply("GET", f"{API}?action=a.b", {}, None, timeout_s=1, blocked_loop=False)

    assert (reply.wire, send is requests.adapters.HTTPAdapter.send) == ("reset", False)
    assert late(session) == ["test_first: GET a.b arrived after the test had ended"]


def test_a_thread_that_began_before_the_test_is_none_of_it(session: Fakes) -> None:
    with session.make(name="test_zero") as zero:
        worker = Worker(ASK["requests"], zero, "sleep")
        session.session.leftovers.note("nobody", frozenset([*threading.enumerate()]))
        assert worker.go() is None
        zero._threads = frozenset([*threading.enumerate()])
    with session.make(name="test_first") as first:
        assert worker.go() is None
    worker.end()

    session.close()
    assert (codes(zero), codes(first)) == ([20], [20])


def test_a_thread_that_does_nothing_but_wait_is_at_no_work() -> None:
    leftovers = Leftovers()
    before = leftovers.threads()
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    until_it_waits(thread)
    leftovers.note("test_first", before)
    event.set()
    thread.join(20)
    assert leftovers._left == {}


def test_a_thread_that_has_not_begun_its_function_is_at_nothing() -> None:
    """Its frames are those of `threading` alone, as of one that waits for an event."""
    event = threading.Event()
    thread = threading.Thread(target=event.wait)
    thread.start()
    assert thread.ident is not None
    try:
        assert leftovers._work(sys._current_frames()[thread.ident]) is None
    finally:
        event.set()
        thread.join()
