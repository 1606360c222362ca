"""The loopback server: one for a session, a stay of its own for each test."""

from __future__ import annotations

import os
import re
import socket
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3

from pytest_flipsnack import Flipsnack, Settings
from pytest_flipsnack.integration.fakes import Fakes, LateRequestWarning
from pytest_flipsnack.transports.server.server import ServerMissingError
from pytest_flipsnack.transports.session import Session
from tests.transports.asking import STATS, codes, form, on_loopback, signed


def get(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as response:
        text: str = response.read().decode()
    return text


def server_threads() -> list[str]:
    return sorted(t.name for t in threading.enumerate() if t.name.startswith("flipsnack-"))


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def session(pytestconfig: pytest.Config) -> Fakes:
    """A session of this test's own, with a server of its own."""
    return Fakes(pytestconfig, Settings(), Session())


def test_the_urls_end_like_the_documented_ones(flipsnack: Flipsnack) -> None:
    urls = [flipsnack.url, flipsnack.upload_url]

    assert all(re.fullmatch(r"http://127\.0\.0\.1:\d+/v1", url) for url in urls)
    assert urls[0] != urls[1]
    assert urls == [flipsnack.url, flipsnack.upload_url]


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_call_is_answered_with_and_without_the_slash(flipsnack: Flipsnack, slash: str) -> None:
    answer = get(on_loopback(flipsnack).replace("?", f"{slash}?"))

    assert answer.startswith('{"code": 20, ')
    assert [(call.action, call.code) for call in flipsnack.calls] == [(STATS, 20)]


def test_an_upload_goes_to_the_upload_url(flipsnack: Flipsnack) -> None:
    body, kind = form(flipsnack)
    headers = {"Content-Type": kind}

    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", flipsnack.upload_url, body=body, headers=headers).json()

    assert answer["code"] == 20
    assert flipsnack.calls[0].files["file"].filename == "book.pdf"


def test_an_upload_in_chunks_arrives_whole(flipsnack: Flipsnack) -> None:
    body, kind = form(flipsnack)
    pieces: Any = iter([body[:10], body[10:]])

    with urllib3.PoolManager() as pool:
        answer = pool.request(
            "POST", flipsnack.upload_url, body=pieces, headers={"Content-Type": kind}, chunked=True
        ).json()

    assert answer["code"] == 20
    assert flipsnack.calls[0].files["file"].filename == "book.pdf"


def test_nothing_listens_until_a_url_is_asked_for(session: Fakes) -> None:
    before = server_threads()

    flipsnack = session.make().start()
    idle = server_threads()
    port = int(flipsnack.url.split(":")[2].split("/")[0])
    serving = server_threads()
    flipsnack.stop()

    assert idle == before
    assert len(serving) == len(before) + 2
    assert listens(port)
    session.close()
    assert server_threads() == before
    assert not listens(port)


def test_a_session_that_served_nobody_closes_without_a_word(session: Fakes) -> None:
    session.make().start().stop()

    session.close()

    assert session.session.server is None


def test_one_url_serves_a_session_and_each_test_has_its_own_state(session: Fakes) -> None:
    first, second = session.make(name="one"), session.make(name="two")
    with first:
        first.respond(31)
        url_of_first = first.url
        get(on_loopback(first))
    with second:
        get(on_loopback(second))
        url_of_second = second.url

    session.close()

    assert codes(first) == [31]
    assert codes(second) == [20]
    assert url_of_first == url_of_second


def test_a_block_inside_another_answers_until_it_ends(session: Fakes) -> None:
    with session.make(name="outer") as outer:
        with session.make(name="inner") as inner:
            get(on_loopback(outer))
        get(on_loopback(outer))

    session.close()

    assert (codes(inner), codes(outer)) == ([20], [20])


def test_a_block_without_a_session_has_a_server_of_its_own_and_takes_it_down() -> None:
    before = server_threads()

    with Flipsnack() as flipsnack:
        port = int(flipsnack.url.split(":")[2].split("/")[0])
        assert get(on_loopback(flipsnack)).startswith('{"code": 20, ')

    assert server_threads() == before
    assert not listens(port)


def test_a_path_that_belongs_to_nobody_gets_no_answer(flipsnack: Flipsnack) -> None:
    elsewhere = on_loopback(flipsnack).replace("/v1", "/t9999/v1")

    with pytest.raises(OSError):
        get(elsewhere)

    assert flipsnack.calls == []


@pytest.mark.parametrize("known", [None, "", "localhost,.example.org"])
def test_loopback_is_exempt_from_proxies_for_as_long_as_the_test_lasts(
    monkeypatch: pytest.MonkeyPatch, known: str | None
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        if known is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, known)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    before = dict(os.environ)

    with Flipsnack() as flipsnack:
        untouched = dict(os.environ)
        answer = get(on_loopback(flipsnack))
        during = [os.environ[name] for name in ("NO_PROXY", "no_proxy")]

    assert answer.startswith('{"code": 20, ')
    assert untouched == before
    assert during == [f"{known},127.0.0.1" if known else "127.0.0.1"] * 2
    assert dict(os.environ) == before


def test_a_test_that_takes_the_exemption_out_itself_ends_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)

    with Flipsnack() as flipsnack:
        assert flipsnack.url
        del os.environ["NO_PROXY"]

    assert "NO_PROXY" not in os.environ
    assert "no_proxy" not in os.environ


def test_a_request_between_tests_is_named_and_never_counted_for_the_next(session: Fakes) -> None:
    urls = session.session.urls()
    with pytest.raises(OSError):
        get(f"{urls.url}/?action=user.getStats")
    with session.make(name="test_acme.py::test_first") as first:
        late = on_loopback(first)
        get(late)
    with pytest.raises(OSError):
        get(late)
    with session.make(name="test_acme.py::test_second") as second:
        get(on_loopback(second))

    with pytest.warns(LateRequestWarning) as warned:
        session.close()

    assert [str(warning.message) for warning in warned] == [
        "GET user.getStats arrived before the first test",
        "test_acme.py::test_first: GET user.getStats arrived after the test had ended",
    ]
    assert codes(first) == [20]
    assert codes(second) == [20]


def test_a_url_that_is_one_tests_alone_is_late_in_the_next(session: Fakes) -> None:
    with session.make(name="test_first") as first:
        late = on_loopback(first).replace(first.url, first._loopback.own_url(upload=False))
        get(late)
    with session.make(name="test_second") as second:
        with pytest.raises(OSError):
            get(late)

    with pytest.warns(LateRequestWarning, match="test_first: GET user.getStats arrived after"):
        session.close()
    assert (codes(first), codes(second)) == ([20], [])


def test_a_late_request_without_an_action_is_named_by_its_path(session: Fakes) -> None:
    with session.make(name="test_first") as first:
        late = f"{first.url}/"

    with pytest.raises(OSError):
        get(late)

    with pytest.warns(LateRequestWarning) as warned:
        session.close()
    assert [str(warning.message) for warning in warned] == [
        "test_first: GET /v1/ arrived after the test had ended"
    ]


def test_without_werkzeug_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "werkzeug.serving", None)

    with Flipsnack() as flipsnack, pytest.raises(ServerMissingError) as caught:
        _ = flipsnack.url

    assert str(caught.value) == (
        "flipsnack.url needs the loopback server: pip install 'pytest-flipsnack[server]'"
    )
    assert isinstance(caught.value, ImportError)


def test_of_64_clients_at_once_every_hit_counts_once(flipsnack: Flipsnack) -> None:
    urls = [f"{on_loopback(flipsnack)}" for _ in range(64)]
    start = threading.Barrier(64, timeout=20)

    def client(url: str) -> list[str]:
        start.wait()
        return [get(url)[:12] for _ in range(10)]

    with ThreadPoolExecutor(64) as pool:
        answers = [answer for told in pool.map(client, urls) for answer in told]

    assert Counter(answers) == {'{"code": 20,': 640}
    assert flipsnack.hits == {(STATS, 20): 640}
    assert len(flipsnack.calls) == 640


def test_nothing_is_logged_that_would_show_the_signature(
    flipsnack: Flipsnack, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)

    get(on_loopback(flipsnack))
    flipsnack.fail("refused")
    with pytest.raises(urllib.error.URLError):
        get(on_loopback(flipsnack))

    assert signed(flipsnack)["signature"] not in "".join([*capfd.readouterr(), caplog.text])


def test_a_socket_without_a_peer_reads_as_ever(flipsnack: Flipsnack) -> None:
    on_loopback(flipsnack)
    with socket.socket(type=socket.SOCK_DGRAM) as here, socket.socket(type=socket.SOCK_DGRAM) as to:
        here.bind(("127.0.0.1", 0))
        to.sendto(b"a datagram", here.getsockname())

        assert here.recv(16) == b"a datagram"


def test_what_is_no_request_is_answered_and_no_call(flipsnack: Flipsnack) -> None:
    port = int(on_loopback(flipsnack).split(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"nonsense\r\n\r\n")

        assert b"400" in client.recv(4096)
    assert flipsnack.calls == []
