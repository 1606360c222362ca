"""Async clients, on whatever loop they were made for."""

from __future__ import annotations

import asyncio
import gc

import pytest

from pytest_flipsnack.contract.suite.attempt import Loop
from tests.downstream import Project

ASYNC = """
import asyncio
import httpx
import hashlib
from pytest_flipsnack import ClientContract, call


class AsyncClient:
    def __init__(self, flipsnack):
        self.key, self.secret = flipsnack.api_key, flipsnack.secret
        self.loop = None

    async def ask(self):
        self.loop = self.loop or asyncio.get_running_loop()
        assert self.loop is asyncio.get_running_loop()
        params = {"action": "user.getStats", "apiKey": self.key}
        text = self.secret + "".join(k + v for k, v in sorted(params.items()))
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        async with httpx.AsyncClient() as http:
            answer = await http.get("https://api.flipsnack.com/v1/", params=params)
        body = answer.json()
        if answer.status_code != 200 or body["code"] != 20:
            raise acme.FlipsnackError(body["code"])
        return body


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("user.getStats")
    async def stats(self, client):
        return await client.ask()
"""
FIXTURES = {
    "sync": ("", "@pytest.fixture\ndef client(flipsnack):\n    return AsyncClient(flipsnack)\n"),
    "asyncio": (
        "pytest_asyncio.plugin",
        "import pytest_asyncio\n\n@pytest_asyncio.fixture\nasync def client(flipsnack):\n"
        "    made = AsyncClient(flipsnack)\n    made.loop = asyncio.get_running_loop()\n"
        "    yield made\n",
    ),
}


@pytest.mark.parametrize("kind", FIXTURES)
def test_an_async_client_runs_on_the_loop_of_its_fixture(project: Project, kind: str) -> None:
    plugin, fixture = FIXTURES[kind]
    project.test(ASYNC + fixture)
    flags = ["-p", plugin, "-o", "asyncio_default_fixture_loop_scope=function"] if plugin else []
    result = project.run("-q", "-k", "test_code or test_next_call or test_recovery", *flags)
    assert result.ret == 0


def test_an_async_client_that_blocks_the_loop_is_named(project: Project) -> None:
    blocking = "        import time; time.sleep(1)\n        async with httpx"
    project.test(ASYNC.replace("        async with httpx", blocking) + FIXTURES["sync"][1])
    result = project.run("-q", "-k", "test_request")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the async client blocks the event loop: time.sleep(1)",
            "E*    way out: fix the client, or turn the check off: without = ?'async'?",
        ]
    )
    project.test(
        ASYNC.replace("        async with httpx", blocking).replace(
            '["clean_errors"]', '["clean_errors", "async"]'
        )
        + FIXTURES["sync"][1]
    )
    assert project.run("-q", "-k", "test_request").ret == 0


@pytest.mark.parametrize(
    ("without", "text"),
    [
        ('["clean_errors"]', "the async client blocks the event loop: time.sleep(1)"),
        (
            '["clean_errors", "async"]',
            "user.getStats answered 50 and the client did not stop: 500 requests",
        ),
    ],
)
def test_a_blocked_loop_is_named_before_the_endless_client_that_it_makes(
    project: Project, without: str, text: str
) -> None:
    asking = "        return await client.ask()"
    bounded = """
        async def ask():
            while True:
                try:
                    return await client.ask()
                except acme.FlipsnackError:
                    import time; time.sleep(1)
        return await asyncio.wait_for(ask(), 60)
"""
    source = ASYNC.replace(asking, bounded).replace('["clean_errors"]', without)
    project.test(source + FIXTURES["sync"][1])

    result = project.run("-k", "test_code and 50")

    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines([f"E*AssertionError: {text}"])


STUCK = """
import asyncio

import pytest
from pytest_flipsnack import ClientContract, call
from pytest_flipsnack.virtual_time import loops

LOCK = asyncio.Lock()


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(loops, "_STUCK_S", 0.1)


class TestAcme(ClientContract):
    without = ["clean_errors", "async"]

    @call("user.getStats")
    async def stats(self, client):
        await LOCK.acquire()
        found = client.ask()
        LOCK.release()
        return found
"""


def test_a_client_that_waits_for_itself_is_stopped_and_named(project: Project) -> None:
    project.test(STUCK)
    result = project.run("-k", "test_next_call and error", "-W", "ignore")
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: user.getStats cannot be called after a call that failed: the client "
            "did not stop: it is waiting for something that never arrives, without a request",
        ]
    )


SILENT = """
import hashlib

import aiohttp
import pytest
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    without = ["clean_errors"]

    @call("user.getStats")
    async def stats(self, flipsnack):
        sent = {"action": "user.getStats", "apiKey": flipsnack.api_key}
        text = flipsnack.secret + "".join(name + sent[name] for name in sorted(sent))
        sent["signature"] = hashlib.md5(text.encode()).hexdigest()
        timeout = aiohttp.ClientTimeout(total=TOTAL, sock_connect=5)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            async with session.get(flipsnack.url, params=sent) as answer:
                found = await answer.json()
        if found["code"] != 20:
            raise acme.FlipsnackError(found["code"])
"""


def test_an_event_loop_without_any_timer_has_no_timeout(project: Project) -> None:
    project.test(SILENT.replace("TOTAL", "None"))
    result = project.run("-k", "test_wire and timeout")
    result.stdout.fnmatch_lines(["E*AssertionError: the client sent a request without a timeout"])

    project.test(SILENT.replace("TOTAL", "30"))
    assert project.run("-k", "test_wire and timeout").ret == 0


def test_a_call_that_was_stopped_leaves_no_error_behind(caplog: pytest.LogCaptureFixture) -> None:
    """Its task fails once its client is closed, and nobody will ever ask for that error."""

    def stop() -> None:
        raise KeyboardInterrupt

    async def call() -> None:
        asyncio.get_running_loop().call_soon(stop)
        await asyncio.sleep(0.01)
        raise RuntimeError("the client has been closed")

    loop = Loop()
    with pytest.raises(KeyboardInterrupt):
        loop.run(call())
    loop.run(asyncio.sleep(0.05))
    loop.close()
    gc.collect()
    assert caplog.messages == []


DEADLINE = """
    import asyncio, hashlib
    import httpx
    from pytest_flipsnack import ClientContract, call

    class Client:
        def __init__(self, flipsnack):
            self.key, self.secret = flipsnack.api_key, flipsnack.secret

        async def stats(self):
            text = f"{self.secret}actionuser.getStatsapiKey{self.key}"
            params = {"action": "user.getStats", "apiKey": self.key}
            params["signature"] = hashlib.md5(text.encode()).hexdigest()
            for attempt in range(3):
                async with httpx.AsyncClient(timeout=None) as http:
                    answer = await http.get("https://api.flipsnack.com/v1/", params=params)
                reply = answer.json()
                if reply["code"] not in {22, 31, 32, 50}:
                    break
                await asyncio.sleep(2 * (attempt + 1))
            if reply["code"] != 20:
                raise acme.FlipsnackError(reply["code"])

    async def bounded(client):
        AROUND

    class TestAcme(ClientContract):
        without = ["clean_errors", "codes"]

        @call("user.getStats")
        async def stats(self, flipsnack):
            await bounded(Client(flipsnack))
"""
AROUND = {
    "asyncio.timeout": ("async with asyncio.timeout(60): await client.stats()", 0),
    "asyncio.wait_for": ("await asyncio.wait_for(client.stats(), 30)", 0),
    "anyio.fail_after": (
        "import anyio\n        with anyio.fail_after(60): await client.stats()",
        0,
    ),
    "nothing": ("await client.stats()", 2),
    "hours": ("async with asyncio.timeout(3 * 3600): await client.stats()", 2),
}


@pytest.mark.parametrize("how", AROUND)
def test_a_deadline_around_the_call_is_as_good_as_a_timeout(project: Project, how: str) -> None:
    around, failed = AROUND[how]
    project.test(DEADLINE.replace("AROUND", around))
    result = project.run("-k", "test_request or test_wire and timeout")
    assert result.parseoutcomes().get("failed", 0) == failed
    if failed:
        result.stdout.fnmatch_lines(
            [
                "E*AssertionError: the client sent a request without a timeout",
                "E*    allowed: a timeout on every request, or a deadline of asyncio around the call",
            ]
        )
