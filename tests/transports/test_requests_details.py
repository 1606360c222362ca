"""Clients on `requests`: what is easily got wrong between their block, their timeout and ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
import requests_mock
import responses
import urllib3

from pytest_flipsnack import FaultName, Flipsnack
from tests.transports.asking import API, UPLOAD, code_of, codes, faults, form, signed


def ask(flipsnack: Flipsnack, **how: Any) -> requests.Response:
    return requests.get(API, signed(flipsnack), **{"timeout": 5, **how})


@pytest.mark.parametrize(
    ("timeout", "seen_s"),
    [
        (None, None),
        (5, 5),
        ((3, 9.5), 9.5),
        ((3, None), None),
        (urllib3.Timeout(connect=1, read=7), 7),
        (urllib3.Timeout(connect=1), None),
        (urllib3.Timeout(total=4), 4),
        (urllib3.Timeout(total=4, read=6), 4),
        (urllib3.Timeout(total=8, read=6), 6),
    ],
    ids=repr,
)
def test_the_time_that_the_client_would_wait_is_known(
    flipsnack: Flipsnack, timeout: Any, seen_s: float | None
) -> None:
    ask(flipsnack, timeout=timeout)

    assert flipsnack.calls[0].timeout_s == pytest.approx(seen_s, abs=0.1)


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_an_upload_from_a_buffer_arrives_whole(flipsnack: Flipsnack, kind: Any) -> None:
    body, content_type = form(flipsnack)

    response = requests.post(
        UPLOAD, data=kind(body), headers={"Content-Type": content_type}, timeout=5
    )

    assert code_of(response) == 20
    assert flipsnack.calls[0].files["file"].filename == "book.pdf"


def test_response_hooks_and_cookies_of_a_session_work(flipsnack: Flipsnack) -> None:
    seen: list[int] = []
    with requests.Session() as session:
        session.cookies.set("a", "b")
        session.hooks["response"].append(lambda response, **how: seen.append(code_of(response)))

        response = session.get(API, params=signed(flipsnack))

    assert seen == [20]
    assert response.request.headers["Cookie"] == "a=b"


@contextmanager
def responses_block() -> Iterator[Any]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield lambda: mock.get(API, json={"code": 20, "status": "theirs"})


@contextmanager
def requests_mock_block() -> Iterator[Any]:
    with requests_mock.Mocker() as mock:
        yield lambda: mock.get(API, json={"code": 20, "status": "theirs"})


BLOCKS = pytest.mark.parametrize("block", [responses_block, requests_mock_block])


@BLOCKS
@pytest.mark.parametrize("fault", ["timeout", "refused", "reset"])
def test_a_fault_reaches_the_client_through_a_block_of_theirs(block: Any, fault: FaultName) -> None:
    with Flipsnack() as flipsnack, block():
        flipsnack.fail(fault)
        with pytest.raises(requests.RequestException):
            ask(flipsnack)

    assert faults(flipsnack) == [fault]


def test_what_requests_mock_registered_around_ours_wins() -> None:
    with requests_mock_block() as register, Flipsnack() as flipsnack:
        register()
        answered = ask(flipsnack).json()["status"]

    assert answered == "theirs"
    assert flipsnack.calls == []


def test_what_responses_registered_around_ours_waits_for_the_end_of_our_block() -> None:
    with responses_block() as register:
        register()
        with Flipsnack() as flipsnack:
            within = ask(flipsnack).json()["status"]
        after = ask(flipsnack).json()["status"]

    assert (within, after) == ("OK", "theirs")
    assert codes(flipsnack) == [20]


@pytest.mark.parametrize(
    "url",
    ["http://flipsnack.com.test/", "http://notflipsnack.com/", "http://127.0.0.1/flipsnack.com/"],
)
def test_a_host_that_only_looks_like_flipsnacks_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    sent: list[str] = []

    def send(this: object, request: requests.PreparedRequest, **how: object) -> None:
        sent.append(str(request.url))
        raise requests.ConnectionError("on its way out")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)

    with Flipsnack() as flipsnack, pytest.raises(requests.ConnectionError, match="on its way out"):
        requests.get(url, timeout=5)

    assert sent == [url]
    assert flipsnack.calls == []


def test_without_requests_mock_a_call_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "requests_mock")

    with Flipsnack() as flipsnack:
        code = code_of(ask(flipsnack))

    assert code == 20
    assert codes(flipsnack) == [20]
