"""A forked child is answered by its parent, and its time is real."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import sys
import time
from typing import Any

import httpx
import pytest

from pytest_flipsnack import FaultName
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.transports import in_process
from pytest_flipsnack.transports.in_process import ForkedChildError, InProcess
from pytest_flipsnack.transports.session import Session
from tests.contract.faulty_client import Client

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest_flipsnack.RealWaitWarning"),
]


def ask(flipsnack: Flipsnack, action: str = "user.getStats") -> Any:
    return Client(flipsnack).ask(action)["code"]


def ask_by_httpx(flipsnack: Flipsnack) -> Any:
    params = Client(flipsnack).signed({"action": "user.getStats"})
    url = "https://api.flipsnack.com/v1/"
    return httpx.get(url, params=params, timeout=5).json()["code"]


def ask_the_base_url(flipsnack: Flipsnack, action: str = "user.getStats") -> Any:
    params = Client(flipsnack).signed({"action": action})
    return httpx.get(f"{flipsnack.url}/", params=params, timeout=5).json()["code"]


def upload(flipsnack: Flipsnack) -> Any:
    params = Client(flipsnack).signed({"action": "collection.create"})
    url = "https://upload.flipsnack.com/v1/"
    files = {"file": ("a.pdf", b"%PDF-1.4 small", "application/pdf")}
    return httpx.post(url, data=params, files=files, timeout=5).json()["code"]


def retry(flipsnack: Flipsnack, way: Any) -> Any:
    if way(flipsnack) == 50:
        time.sleep(0.6)
    return way(flipsnack)


def sleep_for_long() -> tuple[float, str]:
    before = time.monotonic()
    time.sleep(0.01)
    return time.monotonic() - before, type(time.sleep).__name__


def in_a_child(function: Any, *args: Any) -> Any:
    """Run a function in a forked child, which inherits its arguments."""
    reading, writing = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(
        target=lambda: writing.send(_outcome(function, args))
    )
    process.start()
    process.join(30)
    assert reading.poll(), "the child has said nothing"
    outcome = reading.recv()
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


def _outcome(function: Any, args: tuple[Any, ...]) -> Any:
    try:
        return function(*args)
    except Exception as error:
        return error


@pytest.mark.parametrize("way", [ask, ask_by_httpx, ask_the_base_url])
def test_a_stub_reaches_the_child_and_counts_in_the_parent(flipsnack: Flipsnack, way: Any) -> None:
    flipsnack.respond(41)
    assert in_a_child(way, flipsnack) == 41
    assert [call.code for call in flipsnack.calls] == [41]
    assert flipsnack.hits == {("user.getStats", 41): 1}


def test_an_upload_of_the_child_arrives_whole(flipsnack: Flipsnack) -> None:
    assert in_a_child(upload, flipsnack) == 20
    [call] = flipsnack.calls
    assert call.files["file"] == b"%PDF-1.4 small"


@pytest.mark.parametrize("way", [ask, ask_the_base_url])
def test_a_refusal_in_the_child_fails_the_test(way: Any) -> None:
    with pytest.raises(AssertionError, match="42 Invalid action"):
        with Flipsnack() as flipsnack:
            assert in_a_child(way, flipsnack, "user.getstats") == 42


def test_each_child_of_a_pool_is_answered(flipsnack: Flipsnack) -> None:
    flipsnack.respond(31, 41, 20)
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        asked = [pool.submit(_ask, flipsnack.api_key, flipsnack.secret) for _ in range(3)]
        assert sorted(one.result(30) for one in asked) == [20, 31, 41]


class _Account:
    def __init__(self, api_key: str, secret: str) -> None:
        self.api_key, self.secret = api_key, secret


def _ask(api_key: str, secret: str) -> Any:
    return Client(_Account(api_key, secret)).ask()["code"]


@pytest.mark.parametrize("fault", ["reset", "timeout", "html", "refused"])
def test_a_fault_reaches_the_child(flipsnack: Flipsnack, fault: FaultName) -> None:
    flipsnack.fail(fault)
    with pytest.raises((OSError, ValueError)):
        in_a_child(_ask_soon, flipsnack)
    assert [call.fault for call in flipsnack.calls] == [fault]


def _ask_soon(flipsnack: Flipsnack) -> Any:
    import requests

    params = Client(flipsnack).signed({"action": "user.getStats"})
    url = "https://api.flipsnack.com/v1/"
    try:
        return requests.get(url, params=params, timeout=0.3).json()
    except ValueError as error:
        raise ValueError(str(error)) from None
    except OSError as error:
        raise OSError(str(error)) from None


def test_time_is_real_in_the_child(flipsnack: Flipsnack) -> None:
    with flipsnack.clock as clock:
        time.sleep(3600)
        slept, kind = in_a_child(sleep_for_long)
    assert 0.01 <= slept < 20
    assert kind == "builtin_function_or_method"
    assert [sleep.seconds for sleep in clock.sleeps] == [3600]


@pytest.mark.parametrize("way", [ask, ask_the_base_url])
def test_the_wait_of_a_child_is_a_wait_for_the_parent(flipsnack: Flipsnack, way: Any) -> None:
    with flipsnack.expect(50):
        assert in_a_child(retry, flipsnack, way) == 20
    early, late = flipsnack.calls
    assert late.at - early.at >= 0.5


def test_without_a_server_the_child_is_told_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "werkzeug.serving", None)
    with Flipsnack() as flipsnack, pytest.raises(ForkedChildError) as error:
        in_a_child(ask, flipsnack)
    assert str(error.value).splitlines() == [
        "a forked process has only a copy of the fake",
        "    way out: give the client of the child the base URL flipsnack.url (uploads: "
        "flipsnack.upload_url), for which pip install 'pytest-flipsnack[server]'",
    ]


def test_a_fork_without_a_fake_starts_nothing() -> None:
    assert in_process._ACTIVE == []
    assert in_a_child(len, "four") == 4


class TestTheChildsSide:
    """As a child sees it, where a fork cannot be measured."""

    def made(self, flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch) -> InProcess:
        made = InProcess(
            flipsnack.fake,
            lambda upload: flipsnack.upload_url if upload else flipsnack.url,
            Session(),
        )
        made.active = True
        made.prepare_for_fork()
        monkeypatch.setattr(made, "_process", -1)
        return made

    def reply(self, flipsnack: Flipsnack, made: InProcess, timeout_s: float = 5.0) -> Reply:
        params = httpx.QueryParams(Client(flipsnack).signed({"action": "user.getStats"}))
        url = f"https://api.flipsnack.com/v1/?{params}"
        return made.reply("GET", url, {}, None, timeout_s=timeout_s, blocked_loop=False)

    @pytest.mark.parametrize("fault", ["reset", "timeout"])
    def test_a_wire_fault_comes_as_one(
        self, flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch, fault: FaultName
    ) -> None:
        flipsnack.fail(fault)
        made = self.made(flipsnack, monkeypatch)
        assert self.reply(flipsnack, made, 0.3).wire == fault

    def test_an_answer_comes_as_it_was_sent(
        self, flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flipsnack.respond(41)
        made = self.made(flipsnack, monkeypatch)
        reply = self.reply(flipsnack, made)
        assert reply.body == b'{"code": 41, "status": "Invalid credentials"}'
        assert (reply.http_status, reply.content_type) == (200, "application/json")

    def test_a_form_is_handed_on_with_its_type(
        self, flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = self.made(flipsnack, monkeypatch)
        flipsnack.allow(40)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        url = "https://api.flipsnack.com"
        made.reply("POST", url, kind, b"action=user.getStats", timeout_s=5, blocked_loop=False)
        assert flipsnack.calls[0].action == "user.getStats"

    def test_without_a_server_it_is_an_error(
        self, flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        made = self.made(flipsnack, monkeypatch)
        monkeypatch.setattr(made, "_urls", [])
        with pytest.raises(ForkedChildError):
            self.reply(flipsnack, made)


def lengths(url: str) -> Any:
    part = httpx.get(url, headers={"Range": "bytes=0-9"}, timeout=5)
    whole = httpx.head(url, timeout=5)
    return [
        (one.status_code, len(one.content), one.headers["Content-Length"]) for one in (part, whole)
    ]


def test_a_child_fetches_an_archive_of_its_parent(flipsnack: Flipsnack) -> None:
    flipsnack.configure(download_s=0)
    params = Client(flipsnack).signed({"action": "collection.downloadHTML", "collectionHash": "f1"})
    answer = httpx.get("https://api.flipsnack.com/v1/", params=params, timeout=5).json()

    assert in_a_child(lengths, answer["data"]["resourceUrl"]) == [(206, 10, "10"), (200, 0, "157")]
