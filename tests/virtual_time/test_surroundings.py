"""Right clients in every style pass whatever else a suite does with time, threads and loops."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.clients import STYLES
from tests.downstream import Project

ROOT = Path(__file__).parents[2]  # for workers, which know only what is installed
TESTS = """
import asyncio
import socket

import pytest

from tests.clients import STYLES

HOLDS = {holds}
CAUTIOUS = "requests-cautious"  # it leaves all retries to its caller


@pytest.fixture(scope="module")
def silent():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def ask(style, flipsnack, port):
    urls = (flipsnack.url, flipsnack.upload_url) if style.transport == "loopback" else ()
    if not style.is_async:
        client = style.make(flipsnack.api_key, flipsnack.secret, *urls)
        try:
            return client.user_stats()
        finally:
            client.close()

    async def main():
        held = await asyncio.open_connection("127.0.0.1", port) if HOLDS else None
        reading = asyncio.ensure_future(held[0].read()) if held else None
        client = style.make(flipsnack.api_key, flipsnack.secret, *urls)
        try:
            return await client.user_stats()
        finally:
            await client.aclose()
            if held:
                reading.cancel()
                held[1].close()

    return asyncio.run(main())


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
class TestStyle:
    def test_a_code_that_stays(self, flipsnack, silent, style):
        if style.outcome == "raises":
            with flipsnack.expect(31, raises=style.error):
                ask(style, flipsnack, silent)
        else:
            with flipsnack.expect(31, returns=lambda outcome: not outcome.ok) as seen:
                seen.value = ask(style, flipsnack, silent)
        assert len(flipsnack.calls) > 1 or style.name == CAUTIOUS

    def test_a_code_that_passes(self, flipsnack, silent, style):
        if style.name == CAUTIOUS:
            return
        with flipsnack.expect(50, 50):
            ask(style, flipsnack, silent)
        assert [call.code for call in flipsnack.calls] == [50, 50, 20]
"""
MOCKED = """
@pytest.fixture(autouse=True)
def no_sleep({after}):
    from unittest import mock
    with mock.patch("time.sleep") as sleep:
        yield sleep
"""
SILENCED = """
@pytest.fixture(autouse=True)
def no_sleep({after}monkeypatch):
    import time
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
"""
FROZEN = """
@pytest.fixture(autouse=True)
def frozen({after}):
    from freezegun import freeze_time
    with freeze_time("2026-02-28 12:00:00"):
        yield
"""
TRAVELLED = """
@pytest.fixture(autouse=True)
def travelled({after}):
    import time_machine
    with time_machine.travel("2020-02-29 12:00:00"):
        yield
"""
BEATEN = """
@pytest.fixture(scope="session", autouse=True)
def beaten():
    import threading
    import time
    ended = threading.Event()

    def beat():
        while not ended.is_set():
            time.sleep(0.3)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    yield
    ended.set()
    thread.join()
"""
A_YEAR = """
@pytest.fixture(scope="session", autouse=True)
def a_year():
    import time
    from pytest_flipsnack import VirtualClock
    with VirtualClock():
        time.sleep(365 * 86_400)
"""
SURROUNDINGS: dict[str, str] = {
    "nothing": "",
    "mocked": MOCKED.format(after=""),
    "mocked after the fake": MOCKED.format(after="flipsnack"),
    "silenced": SILENCED.format(after=""),
    "silenced after the fake": SILENCED.format(after="flipsnack, "),
    "frozen": FROZEN.format(after=""),
    "frozen after the fake": FROZEN.format(after="flipsnack"),
    "travelled": TRAVELLED.format(after=""),
    "travelled after the fake": TRAVELLED.format(after="flipsnack"),
    "beaten": BEATEN,
    "after a year": A_YEAR,
    "all at once": MOCKED.format(after="") + BEATEN + A_YEAR,
}
EVERYDAY = ("silenced", "frozen after the fake", "travelled", "all at once")


def run(project: Project, hooks: str, *flags: str, holds: bool = False) -> pytest.RunResult:
    project.test(TESTS.replace("{holds}", str(holds)))
    project.hooks(f"import sys\nsys.path.append({str(ROOT)!r})\n" + dedent(hooks))
    return project.run("-p", "no:cacheprovider", *flags)


@pytest.mark.parametrize(
    "surrounding",
    [
        pytest.param(name, marks=() if name in EVERYDAY else pytest.mark.nightly)
        for name in SURROUNDINGS
    ],
)
def test_right_clients_pass(project: Project, surrounding: str) -> None:
    result = run(project, SURROUNDINGS[surrounding])
    result.assert_outcomes(passed=2 * len(STYLES))
    assert result.ret == 0


@pytest.mark.parametrize("seed", [1, pytest.param(2026, marks=pytest.mark.nightly)])
def test_right_clients_pass_in_random_order(project: Project, seed: int) -> None:
    result = run(project, BEATEN, "-p", "pytest_randomly", f"--randomly-seed={seed}")
    result.assert_outcomes(passed=2 * len(STYLES))


@pytest.mark.nightly
def test_right_clients_pass_beside_a_connection_that_says_nothing(project: Project) -> None:
    result = run(project, "", "-k", "async or aiohttp", holds=True)
    result.assert_outcomes(passed=2 * sum(style.is_async for style in STYLES), deselected=22)


@pytest.mark.nightly
def test_right_clients_pass_on_two_workers(pytester: pytest.Pytester) -> None:
    result = run(Project(pytester, ("-p", "xdist", "-n2")), SURROUNDINGS["all at once"])
    result.assert_outcomes(passed=2 * len(STYLES))
