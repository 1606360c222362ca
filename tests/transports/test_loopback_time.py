"""Virtual time on real sockets: a client waits out its timeout without waiting."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import aiohttp
import httpx
import pytest
import urllib3

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.virtual_time.timeline import monotonic
from tests.transports.asking import codes, faults, on_loopback
from tests.transports.libraries import (
    Ask,
    aiohttp_code,
    by_aiohttp,
    by_http_client,
    by_httpx,
    by_httpx_async,
    by_requests,
    by_socket,
    by_urllib,
    by_urllib3,
)

SOON_S = 5.0
BLOCKING: tuple[Ask, ...] = (
    by_urllib,
    by_urllib3,
    by_http_client,
    by_socket,
    by_requests,
    by_httpx,
)
WAYS: tuple[Ask, ...] = (*BLOCKING, by_aiohttp, by_httpx_async)
LATE = (OSError, urllib3.exceptions.HTTPError, httpx.TimeoutException)


async def all_at_once(url: str, times: int) -> list[object]:
    asked = [aiohttp_code(url, 30) for _ in range(times)]
    return await asyncio.gather(*asked, return_exceptions=True)


def elapsed_s(began_s: float) -> float:
    return float(monotonic() - began_s)


@pytest.mark.parametrize("way", WAYS)
def test_a_timeout_of_30_s_takes_no_real_time(flipsnack: Flipsnack, way: Ask) -> None:
    flipsnack.fail("timeout")
    url = on_loopback(flipsnack)
    began_s = elapsed_s(0)

    with flipsnack.clock, pytest.raises(LATE):
        way(url, 30)

    assert elapsed_s(began_s) < SOON_S
    assert flipsnack.clock.skipped == pytest.approx(30, abs=1)
    assert faults(flipsnack) == ["timeout"]


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_under_virtual_time_is_no_timeout(flipsnack: Flipsnack, way: Ask) -> None:
    url = on_loopback(flipsnack)

    with flipsnack.clock:
        found = [way(url, 0.5) for _ in range(3)]

    assert found == [20, 20, 20]
    assert flipsnack.clock.skipped == 0


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_that_takes_its_time_is_waited_for(
    flipsnack: Flipsnack, way: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    never, prompt = threading.Lock(), flipsnack.fake.answer
    never.acquire()

    def slow(request: Request) -> Reply:
        never.acquire(timeout=0.05)
        return prompt(request)

    monkeypatch.setattr(flipsnack.fake, "answer", slow)
    url = on_loopback(flipsnack)

    with flipsnack.clock:
        assert way(url, 30) == 20

    assert flipsnack.clock.skipped == 0


@pytest.mark.parametrize("way", WAYS)
def test_a_client_without_any_timeout_does_not_hang(flipsnack: Flipsnack, way: Ask) -> None:
    flipsnack.fail("timeout")
    url = on_loopback(flipsnack)
    began_s = elapsed_s(0)

    with flipsnack.clock, pytest.raises((*LATE, httpx.ReadError)):
        way(url, None)

    assert elapsed_s(began_s) < SOON_S
    assert faults(flipsnack) == ["timeout"]


@pytest.mark.parametrize("way", BLOCKING)
@pytest.mark.parametrize("timeout_s", [4.0, None])
def test_the_time_that_a_blocking_client_would_wait_is_known(
    flipsnack: Flipsnack, way: Ask, timeout_s: float | None
) -> None:
    way(on_loopback(flipsnack), timeout_s)

    assert flipsnack.calls[0].timeout_s == timeout_s
    assert not flipsnack.calls[0].blocked_loop


def test_what_an_async_client_would_wait_is_not_known_and_said_so(flipsnack: Flipsnack) -> None:
    by_aiohttp(on_loopback(flipsnack), 4)

    assert flipsnack.calls[0].timeout_s == -1.0


def test_a_blocking_call_inside_a_running_loop_is_told_from_the_others(
    flipsnack: Flipsnack,
) -> None:
    url = on_loopback(flipsnack)

    async def block() -> None:
        by_urllib(url, 5)

    asyncio.run(block())
    by_urllib(url, 5)

    assert [call.blocked_loop for call in flipsnack.calls] == [True, False]


def test_a_stalled_call_beside_answered_ones_times_out_alone(flipsnack: Flipsnack) -> None:
    """Other calls of the same loop are answered before virtual time moves."""
    flipsnack.fail("timeout")
    url = on_loopback(flipsnack)

    with flipsnack.clock:
        found = asyncio.run(all_at_once(url, 8))

    assert sorted(str(one) for one in found if isinstance(one, int)) == ["20"] * 7
    assert [type(one) for one in found if not isinstance(one, int)] == [aiohttp.SocketTimeoutError]


@pytest.fixture
def slow(flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch) -> Flipsnack:
    """A fake whose next request stalls, and that takes a while for the others."""
    never, prompt = threading.Lock(), flipsnack.fake.answer
    never.acquire()

    def answer(request: Request) -> Reply:
        reply = prompt(request)
        if reply.wire is None:
            never.acquire(timeout=0.1)
        return reply

    monkeypatch.setattr(flipsnack.fake, "answer", answer)
    flipsnack.fail("timeout")
    return flipsnack


def test_a_loop_waits_for_a_slow_answer_before_a_stalled_call_times_out(slow: Flipsnack) -> None:
    url = on_loopback(slow)

    with slow.clock:
        found = asyncio.run(all_at_once(url, 3))

    assert sorted(map(str, found))[:2] == ["20", "20"]
    assert [type(one) for one in found if one != 20] == [aiohttp.SocketTimeoutError]


def test_threads_wait_for_a_slow_answer_before_a_stalled_call_times_out(slow: Flipsnack) -> None:
    url = on_loopback(slow)

    def client(_: int) -> str:
        try:
            return str(by_http_client(url, 30))
        except TimeoutError:
            return "late"

    with slow.clock, ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(client, range(3))) == ["20", "20", "late"]


def test_a_connection_that_nobody_uses_holds_up_no_timeout(flipsnack: Flipsnack) -> None:
    flipsnack.fail("timeout")
    url = on_loopback(flipsnack)
    began_s = elapsed_s(0)

    async def beside_an_idle_connection() -> object:
        port = int(url.split(":")[2].partition("/")[0])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return await aiohttp_code(url, 60)
        finally:
            writer.close()

    with flipsnack.clock, pytest.raises(aiohttp.SocketTimeoutError):
        asyncio.run(beside_an_idle_connection())

    assert elapsed_s(began_s) < SOON_S * 2


def test_threads_that_stall_together_all_time_out(flipsnack: Flipsnack) -> None:
    for _ in range(4):
        flipsnack.fail("timeout")
    url = on_loopback(flipsnack)

    def client(_: int) -> str:
        try:
            by_http_client(url, 30)
        except OSError as error:
            return type(error).__name__
        return "an answer"

    with flipsnack.clock, ThreadPoolExecutor(4) as pool:
        told = list(pool.map(client, range(4)))

    assert "an answer" not in told
    assert codes(flipsnack) == [None] * 4


def test_a_test_that_ends_lets_go_of_a_client_that_still_waits() -> None:
    flipsnack = Flipsnack().start()
    flipsnack.fail("timeout")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(by_aiohttp, on_loopback(flipsnack), 60)
        while not flipsnack.calls:
            time.sleep(0.01)

        assert flipsnack.stop() == []
        with pytest.raises(OSError, match="connection lost"):
            waiting.result(SOON_S)
