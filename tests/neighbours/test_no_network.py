"""Plugins that forbid the network: what is answered in process needs none, the server is allowed."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

import pytest

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]
Delivered = Callable[[], dict[int, int]]

HEAD = """
import hashlib, httpx, json, socket, urllib.parse, urllib.request

API = "https://api.flipsnack.com/v1/"

def signed(flipsnack):
    params = {"action": "user.getStats", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    return params | {"signature": hashlib.md5(text.encode()).hexdigest()}

def by_urllib(flipsnack):
    url = f"{API}?{urllib.parse.urlencode(signed(flipsnack))}"
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)["code"]
"""
IN_PROCESS = """
def test_in_process(flipsnack, client):
    with flipsnack.expect(31, raises=acme.FlipsnackError):
        client.ask()
"""
IN_A_LOOP = """
import asyncio

def test_in_a_loop(flipsnack):
    async def ask():
        async with httpx.AsyncClient() as client:
            return (await client.get(API, params=signed(flipsnack))).json()["code"]

    flipsnack.respond(32)
    assert asyncio.run(ask()) == 32
"""
OVER_THE_SERVER = """
def test_over_the_server(flipsnack):
    flipsnack.respond(41)
    assert by_urllib(flipsnack) == 41
    assert flipsnack.url.startswith("http://127.0.0.1:")
"""
SOCKET = ("-p", "pytest_socket")
RECORDING = ("-p", "pytest_recording.plugin", "--block-network")


@pytest.fixture(autouse=True)
def _resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no inner run leave its block behind."""
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)


@pytest.mark.parametrize(
    "flags",
    [(*SOCKET, "--disable-socket"), (*SOCKET, "--allow-hosts=10.0.0.1"), RECORDING],
    ids=["pytest-socket", "pytest-socket with hosts", "pytest-recording"],
)
def test_requests_is_answered_without_any_network(
    project: Project, run: Run, delivered: Delivered, flags: tuple[str, ...]
) -> None:
    project.test(HEAD + IN_PROCESS)

    result = run(*flags)

    result.assert_outcomes(passed=1)
    assert delivered() == {31: 1}


@pytest.mark.skipif(sys.platform == "win32", reason="a loop has no Unix socket there")
def test_an_event_loop_needs_its_own_socket_and_no_more(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(HEAD + IN_A_LOOP)

    result = run(*SOCKET, "--disable-socket", "--allow-unix-socket")

    result.assert_outcomes(passed=1)
    assert delivered() == {32: 1}


@pytest.mark.parametrize(
    "flags",
    [
        (*SOCKET, "--allow-hosts=127.0.0.1"),
        (*SOCKET, "--disable-socket", "--allow-hosts=127.0.0.1"),
        (*RECORDING, "--allowed-hosts=127.0.0.1"),
    ],
    ids=["pytest-socket", "pytest-socket with both flags", "pytest-recording"],
)
def test_the_loopback_server_is_reached_where_its_address_is_allowed(
    project: Project, run: Run, delivered: Delivered, flags: tuple[str, ...]
) -> None:
    project.test(HEAD + IN_PROCESS + OVER_THE_SERVER)

    result = run(*flags)

    result.assert_outcomes(passed=2)
    assert delivered() == {31: 1, 41: 1}


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ((*SOCKET, "--disable-socket"), "*SocketBlockedError: A test tried to use socket.*"),
        (RECORDING, "*RuntimeError: Network is disabled for host '127.0.0.1'"),
    ],
    ids=["pytest-socket", "pytest-recording"],
)
def test_the_loopback_server_is_forbidden_too_where_it_is_not_allowed(
    project: Project, flags: tuple[str, ...], error: str
) -> None:
    """In a process of its own, because urllib does not close a socket that is forbidden so."""
    project.test(HEAD + "def test_it(flipsnack):\n    by_urllib(flipsnack)\n")

    result = project.run_apart("-p", "pytest_flipsnack", "--tb=line", *flags)

    assert result.ret == 1
    result.stdout.fnmatch_lines([error])


def test_a_socket_that_one_test_forbids_is_there_in_the_next(project: Project, run: Run) -> None:
    """pytest-socket puts the resolver back before the fake ends, which must not undo that."""
    project.test(
        HEAD
        + IN_PROCESS
        + """
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_without_a_fake():
    assert socket.getaddrinfo("127.0.0.1", 80)
"""
    )

    result = run(*SOCKET, "--disable-socket")

    result.assert_outcomes(passed=2)


def test_a_marked_cassette_leaves_calls_to_the_fake(
    project: Project, run: Run, delivered: Delivered
) -> None:
    project.test(
        HEAD
        + """
pytestmark = pytest.mark.vcr

def test_requests(flipsnack, client):
    flipsnack.respond(41)
    assert client.try_to_ask() == 41

def test_httpx(flipsnack):
    flipsnack.fail("timeout")
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(API, params=signed(flipsnack))

def test_urllib(flipsnack):
    assert by_urllib(flipsnack) == 20
"""
    )

    result = run("-p", "pytest_recording.plugin", "--record-mode=once")

    result.assert_outcomes(passed=3)
    assert delivered() == {20: 1, 41: 1}
    assert not list(project.path.rglob("*.yaml"))
