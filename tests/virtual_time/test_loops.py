"""Event loops: what else is open in them makes no sleep real, and no deadline is jumped over."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from typing import Any

import httpx
import pytest
import trio
from freezegun import freeze_time

from pytest_flipsnack import Flipsnack, VirtualClock
from pytest_flipsnack.virtual_time.timeline import monotonic
from tests.downstream import Project
from tests.transports.asking import API, signed

LIMIT_S = 5.0


@pytest.fixture
def clock() -> Iterator[VirtualClock]:
    with VirtualClock() as clock:
        yield clock


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and says nothing, as an idle database."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


Work = Callable[[], Awaitable[None]]


async def naps() -> None:
    for seconds in (1, 2, 30, 4000):
        await asyncio.sleep(seconds)


async def beside_a_listener(port: int, work: Work = naps) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    listener = asyncio.create_task(reader.read())
    await work()
    listener.cancel()
    writer.close()


async def beside_an_idle_connection(port: int, work: Work = naps) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    await work()
    writer.close()


async def beside_a_server(port: int, work: Work = naps) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", 0) as server:
        task = asyncio.create_task(server.serve_forever())
        await work()
        task.cancel()


async def beside_a_waiting_task(port: int, work: Work = naps) -> None:
    task = asyncio.create_task(asyncio.Event().wait())
    await work()
    task.cancel()


async def beside_many_connections(port: int, work: Work = naps) -> None:
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
    await work()
    for _, writer in opened:
        writer.close()


WAYS = [
    beside_a_listener,
    beside_an_idle_connection,
    beside_a_server,
    beside_a_waiting_task,
    beside_many_connections,
]


@pytest.mark.parametrize("way", WAYS)
def test_what_else_is_open_in_the_loop_makes_no_sleep_real(
    clock: VirtualClock, silent: int, way: Callable[[int], asyncio.Future[None]]
) -> None:
    began = monotonic()
    asyncio.run(way(silent))  # type: ignore[arg-type]
    assert monotonic() - began < LIMIT_S
    assert clock.skipped == 4033


@pytest.mark.parametrize("way", WAYS)
def test_a_client_in_such_a_loop_retries_in_virtual_time(
    flipsnack: Flipsnack, silent: int, way: Callable[[int, Work], Coroutine[None, None, None]]
) -> None:
    async def call() -> None:
        async with httpx.AsyncClient(timeout=5) as client:
            for wait_s in (60, 120, 0):
                answer = await client.get(API, params=signed(flipsnack))
                await asyncio.sleep(wait_s)
        assert answer.json()["code"] == 20

    began = monotonic()
    with flipsnack.expect(50, 50):
        asyncio.run(way(silent, call))
    assert monotonic() - began < LIMIT_S
    assert flipsnack.clock.skipped == 180


def test_what_comes_over_a_connection_comes_before_a_deadline(
    clock: VirtualClock,
) -> None:
    """A real server answers after a while; nobody may jump over it to the end of the wait."""

    async def main() -> bytes:
        ours, theirs = socket.socketpair()
        go = threading.Lock()
        go.acquire()

        def answer() -> None:
            go.acquire(timeout=0.2)
            theirs.sendall(b"came")

        thread = threading.Thread(target=answer)
        thread.start()
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            return await asyncio.wait_for(reader.read(4), 60)
        finally:
            writer.close()
            thread.join()
            theirs.close()

    assert asyncio.run(main()) == b"came"
    assert clock.skipped < 60


def test_a_loop_asks_for_a_day_at_most_and_sleeps_longer_all_the_same(clock: VirtualClock) -> None:
    asyncio.run(asyncio.sleep(90 * 86_400))
    assert clock.skipped == 90 * 86_400


FOREIGN = """
import asyncio
import time

import uvloop


def test_it(flipsnack_clock):
    async def main():
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(60), 0.05)
        await asyncio.sleep(0.05)
        return time.monotonic() - began

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert 0.05 <= runner.run(main()) < 30
    assert flipsnack_clock.skipped == 0
"""


def test_a_loop_that_keeps_its_own_time_really_waits_and_says_so(merging: Project) -> None:
    merging.test(FOREIGN)
    result = merging.run("-W", "default")
    result.assert_outcomes(passed=1, warnings=2)
    text = "\n".join(result.outlines)
    assert re.search(
        r"RealWaitWarning: the test really waited 0\.1 s at test_acme\.py:\d+: .*"
        r"\(uvloop\.Loop keeps its own time\)",
        text,
    )


class Port:
    """Where the default loop of Windows waits: it has the name of a selector, and no files."""

    def __init__(self, selector: Any) -> None:
        self._real = selector

    def select(self, timeout: float | None) -> Any:
        return self._real.select(timeout)

    def __getattr__(self, name: str) -> Any:
        if name == "get_map":
            raise AttributeError(name)
        return getattr(self._real, name)


def test_the_default_loop_of_windows_really_waits_and_is_named(clock: VirtualClock) -> None:
    loop: Any = asyncio.SelectorEventLoop()
    selector = loop._selector
    loop._selector = Port(selector)
    try:
        loop.run_until_complete(asyncio.sleep(0.05))
    finally:
        loop._selector = selector
        loop.close()
    assert clock.skipped == 0
    (wait,) = clock.real_waits
    assert str(wait).endswith("SelectorEventLoop keeps its own time)")


def test_a_sleep_that_outlives_its_block_ends_in_real_time_and_counts_nothing() -> None:
    clock = VirtualClock()
    clock.keep()

    async def main() -> None:
        with clock:
            task = asyncio.create_task(asyncio.sleep(0.05))
            await asyncio.sleep(0)
        await task

    asyncio.run(main())
    clock.release()
    assert clock.skipped == 0.0


def test_a_deadline_of_trio_that_has_passed_is_a_checkpoint(clock: VirtualClock) -> None:
    async def main() -> None:
        await trio.sleep_until(trio.current_time() - 5)

    trio.run(main)
    assert clock.skipped == 0.0


async def past_a_deadline() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(3):
            await asyncio.Event().wait()
    await asyncio.sleep(30)


def test_a_loop_in_frozen_time_sees_that_its_timers_are_due() -> None:
    with freeze_time("2026-02-28 12:00:00"), VirtualClock() as clock:
        began = clock.now()
        asyncio.run(past_a_deadline())
        assert clock.now() - began == pytest.approx(33, abs=0.1)


class Elsewhere:
    """A server that has no connection to the loop."""

    stalled: frozenset[int] = frozenset()

    def client_ports(self, files: Iterable[int]) -> dict[int, int]:
        return {}

    def unstall(self) -> None:
        """Hold nothing."""


def test_a_server_without_a_connection_to_the_loop_is_asked_in_vain(silent: int) -> None:
    clock = VirtualClock()
    clock.servers.append(Elsewhere())
    began_s = monotonic()
    with clock:
        asyncio.run(beside_an_idle_connection(silent))
    assert sum(sleep.seconds for sleep in clock.sleeps) == 4033
    assert monotonic() - began_s < LIMIT_S
