"""A fake starts whole or not at all, also where a library is hidden from the test."""

from __future__ import annotations

import importlib
import socket
import sys

import pytest
from requests.adapters import HTTPAdapter

from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.transports import guard
from tests.contract.faulty_client import Client
from tests.downstream import Project

TRANSPORTS = "pytest_flipsnack.transports"
PLACES = HTTPAdapter.send, socket.getaddrinfo, socket.socket.connect


def places() -> tuple[object, ...]:
    return HTTPAdapter.send, socket.getaddrinfo, socket.socket.connect


@pytest.mark.parametrize(
    "hidden",
    [
        ["httpx"],
        ["requests_mock"],
        ["trio"],
        ["anyio"],
        ["pytest_httpx"],
        ["uvloop"],
        ["freezegun", "freezegun.api"],
        ["time_machine"],
        ["unittest.mock"],
        ["httpx", "requests_mock", "trio", "aiohttp", "urllib3_future"],
    ],
    ids=str,
)
def test_a_library_that_a_test_hides_is_not_there(
    monkeypatch: pytest.MonkeyPatch, hidden: list[str]
) -> None:
    for name in hidden:
        monkeypatch.setitem(sys.modules, name, None)
    with Flipsnack() as flipsnack:
        flipsnack.respond(41)
        assert Client(flipsnack).ask()["code"] == 41
        with flipsnack.clock:
            pass
    assert places() == PLACES


@pytest.mark.parametrize("tool", ["pytest_httpx", "respx", "vcr.stubs.httpx_stubs"])
def test_a_tool_whose_library_a_test_hides_may_be_there(
    monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    """As in the first test of a run, before anybody has imported what would be put into the tool."""
    importlib.import_module(tool)
    ours = [name for name in sys.modules if name.startswith(f"{TRANSPORTS}.httpx")]
    for name in ours:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "httpx", None)
    with Flipsnack() as flipsnack:
        flipsnack.respond(41)
        assert Client(flipsnack).ask()["code"] == 41
        assert not set(ours) & set(sys.modules)
    assert places() == PLACES


def test_a_start_that_fails_undoes_all_it_did(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> None:
        raise OSError("no resolver")

    monkeypatch.setattr(guard.Guard, "start", fail)
    finders = list(sys.meta_path)
    flipsnack = Flipsnack()
    with pytest.raises(OSError, match="no resolver"):
        flipsnack.start()
    assert places() == PLACES
    assert sys.meta_path == finders


def test_a_setup_that_fails_is_an_error_and_the_next_test_is_as_ever(merging: Project) -> None:
    merging.test("""
        import socket
        from requests.adapters import HTTPAdapter
        from pytest_flipsnack.transports import guard

        @pytest.fixture
        def broken(monkeypatch):
            def fail(self):
                raise OSError("no resolver")
            monkeypatch.setattr(guard.Guard, "start", fail)

        def test_first(broken, flipsnack):
            pass

        def test_second():
            assert HTTPAdapter.send.__module__ == "requests.adapters"
            assert socket.getaddrinfo.__module__ == "socket"

        def test_third(flipsnack, client):
            assert client.ask()
    """)
    result = merging.run()
    result.assert_outcomes(errors=1, passed=2)
    assert result.ret == 1
    result.stdout.fnmatch_lines(["*OSError: no resolver*"])


def test_another_tool_that_is_put_back_late_answers_nothing() -> None:
    """It has found our stand-in and puts that back when the fake is long gone."""
    with Flipsnack():
        found = socket.getaddrinfo, HTTPAdapter.send
    assert found[0] is not socket.getaddrinfo
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", found[0])
        assert socket.getaddrinfo("127.0.0.1", 80)
        with pytest.raises(OSError, match=r"\S"):
            socket.getaddrinfo("nowhere.flipsnack.com.invalid", 80)


def test_what_another_tool_has_put_there_meanwhile_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", socket.getaddrinfo)  # theirs puts ours back

    def theirs(*args: object) -> list[object]:
        return []

    with pytest.MonkeyPatch.context() as patch:
        with Flipsnack():
            patch.setattr(socket, "getaddrinfo", theirs)
        assert socket.getaddrinfo is theirs
