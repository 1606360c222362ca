"""What the plugin patches is the same before and after each test, however the test ends."""

from __future__ import annotations

import pytest

from tests.downstream import Project

HOOKS = """
import asyncio
import datetime
import gc
import http.client
import pathlib
import select
import selectors
import signal
import socket
import ssl
import sys
import threading
import time
import unittest.mock
import urllib.request

import httpx
import requests
import responses
import trio
import urllib3

OWNERS = {
    time: [name for name in dir(time) if callable(getattr(time, name))],
    datetime: ["datetime", "date"],
    datetime.datetime: ["now", "utcnow", "today", "fromtimestamp"],
    datetime.date: ["today", "fromtimestamp"],
    asyncio: ["sleep", "wait_for", "wait", "timeout", "new_event_loop", "run"],
    asyncio.tasks: ["sleep"],
    asyncio.BaseEventLoop: ["time", "call_later", "call_at", "run_forever", "create_connection"],
    trio: ["sleep", "sleep_until", "current_time", "move_on_after"],
    select: ["select", "epoll", "poll"],
    selectors.EpollSelector: ["select"],
    selectors.PollSelector: ["select"],
    selectors.SelectSelector: ["select"],
    threading: ["excepthook", "settrace", "enumerate", "get_ident"],
    threading.Condition: ["wait", "wait_for", "notify"],
    threading.Thread: ["join", "start", "run"],
    threading.Event: ["wait"],
    threading.Timer: ["run"],
    socket: ["getaddrinfo", "create_connection", "gethostbyname", "socket"],
    socket.socket: ["connect", "connect_ex", "recv", "recv_into", "sendall", "accept"],
    ssl: ["create_default_context", "SSLContext"],
    ssl.SSLSocket: ["read", "recv", "recv_into"],
    http.client.HTTPConnection: ["connect", "request", "getresponse"],
    urllib.request: ["urlopen", "_opener"],
    urllib3.HTTPConnectionPool: ["urlopen"],
    urllib3.PoolManager: ["urlopen"],
    requests: ["get", "request"],
    requests.Session: ["send", "request", "get_adapter"],
    requests.adapters.HTTPAdapter: ["send"],
    responses.RequestsMock: ["_find_match"],
    httpx: ["create_ssl_context"],
    httpx.HTTPTransport: ["handle_request", "__init__"],
    httpx.AsyncHTTPTransport: ["handle_async_request", "__init__"],
    sys: ["excepthook", "unraisablehook", "gettrace", "getprofile"],
    gc: ["isenabled", "collect"],
}
STATE = {
    "gc": gc.isenabled,
    "trace": sys.gettrace,
    "profile": sys.getprofile,
    "policy": asyncio.get_event_loop_policy,
    "threads": lambda: [t.name for t in threading.enumerate() if t.name.startswith("flipsnack")],
}
SIGNALS = [number for number in signal.valid_signals()]


def look():
    found = {}
    for owner, names in OWNERS.items():
        for name in names:
            place = vars(owner).get(name)
            call = getattr(owner, name)
            code = getattr(call, "__code__", None)
            # a function of C that is switched has another owner meanwhile
            of_c = isinstance(call, type(len))
            found[f"{owner.__name__}.{name}"] = (
                id(place), id(code), getattr(code, "co_code", None), id(call.__self__) if of_c else 0
            )
    found |= {f"signal {int(number)}": signal.getsignal(number) for number in SIGNALS}
    return found | {name: state() for name, state in STATE.items()}


def compare(item, before):
    after = look()
    places = [name for name in before if before[name] != after[name]]
    with pathlib.Path(item.config.rootpath, "found.txt").open("a") as file:
        file.write(f"{item.name}: {', '.join(places) or 'the same'}" + chr(10))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    before = look()
    assert len(before) > 150
    try:
        result = yield
    except BaseException:  # pytest takes its fixtures down at the end of the session
        item.config.add_cleanup(lambda: compare(item, before))
        raise
    compare(item, before)
    return result
"""
TESTS = """
import asyncio
import threading
import time

import httpx
import requests
import pytest_flipsnack


@pytest.fixture
def broken(flipsnack_clock):
    time.sleep(5)
    raise OSError("no database")


@pytest.fixture
def ends_badly(flipsnack):
    yield
    raise OSError("no database")


def test_passed(client, flipsnack):
    with flipsnack.expect(31, raises=acme.FlipsnackError):
        client.ask()


def test_async(flipsnack, flipsnack_clock):
    async def main():
        async with httpx.AsyncClient() as http:
            await asyncio.sleep(3600)
            await asyncio.wait_for(asyncio.sleep(1), timeout=10)
            await http.get("https://api.flipsnack.com/v1/")

    flipsnack.allow(30)
    asyncio.run(main())


def test_threads(flipsnack_clock):
    thread = threading.Timer(60, int)
    thread.start()
    thread.join(timeout=3600)


def test_nested(flipsnack, client):
    with pytest_flipsnack.VirtualClock():
        with flipsnack.expect(32, raises=acme.FlipsnackError):
            client.ask()
        time.sleep(10)


def test_failed(client, flipsnack):
    with flipsnack.expect(31, returns=None):
        client.ask()


def test_raised_in_a_block(flipsnack_clock):
    with pytest_flipsnack.VirtualClock():
        time.sleep(1)
        raise ValueError


@pytest.mark.flipsnack(31, raises=acme.FlipsnackError)
def test_mark(client):
    client.ask()


@pytest.mark.flipsnack(99)
def test_wrong_mark(client):
    client.ask()


def test_setup(broken, flipsnack):
    raise AssertionError


def test_teardown(ends_badly, flipsnack_clock):
    time.sleep(1)


def test_skipped(flipsnack_clock):
    pytest.skip()


class TestContract(pytest_flipsnack.ClientContract):
    error = acme.FlipsnackError

    def make_client(self, api_key, secret):
        return acme.Client(api_key, secret)

    @pytest_flipsnack.call("user.getStats")
    def user_stats(self, client):
        return client.ask()


@pytest.mark.timeout(0.5, method="signal")
def test_timed_out(flipsnack_clock, flipsnack):
    threading.Lock().acquire()
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
"""
INTERRUPTED = """
def test_interrupted(flipsnack_clock, flipsnack):
    raise KeyboardInterrupt
"""
EXITED = """
def test_exited(flipsnack_clock, flipsnack):
    pytest.exit("enough")
"""
FOUND = "found.txt"


def lines(project: Project) -> list[str]:
    return (project.path / FOUND).read_text().splitlines()


def test_every_place_is_the_same_after_each_test(merging: Project) -> None:
    merging.hooks(HOOKS)
    merging.test(TESTS)
    result = merging.run("-p", "pytest_timeout", "-p", "no:cacheprovider")
    outcomes = result.parseoutcomes()
    assert (outcomes["errors"], outcomes["skipped"]) == (3, 1), result.outlines
    assert result.ret == 1
    found = lines(merging)
    assert [line for line in found if not line.endswith(": the same")] == []
    names = {line.partition(":")[0] for line in found}
    assert {"test_failed", "test_setup", "test_teardown", "test_timed_out"} <= names
    assert len(found) == sum(outcomes.values()) - 1  # one test both passes and fails at its end


@pytest.mark.parametrize("tests", [INTERRUPTED, EXITED], ids=["interrupted", "exited"])
def test_every_place_is_the_same_after_an_interruption(project: Project, tests: str) -> None:
    project.hooks(HOOKS)
    project.test(tests)
    assert project.run().ret == 2
    (line,) = lines(project)
    assert line.endswith(": the same")


def test_a_leftover_is_seen(project: Project) -> None:
    project.hooks(HOOKS)
    project.test(
        """
        import time
        import pytest_flipsnack

        def test_leaves_its_clock_running():
            pytest_flipsnack.VirtualClock().start()

        def test_stops_it():
            from pytest_flipsnack.virtual_time.process import PROCESS
            PROCESS.clocks[0].stop()
        """
    )
    project.run().assert_outcomes(passed=2)
    left, stopped = (set(line.partition(": ")[2].split(", ")) for line in lines(project))
    assert left == stopped
    assert {"time.sleep", "time.monotonic", "select.select", "asyncio.sleep"} <= left
    assert {"datetime.now", "Condition.wait", "Thread.join", "EpollSelector.select"} <= left
