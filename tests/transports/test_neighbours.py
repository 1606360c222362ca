"""The traps of stubbing: other tools inside and outside ours, proxies, Hypothesis, silence."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import requests_mock
import responses
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from requests.adapters import HTTPAdapter

from pytest_flipsnack.flipsnack import Flipsnack
from tests.transports.right_client import API, ask, signed

OTHER = "https://other.test/"


def other() -> object:
    """Return what another host answers."""
    return requests.get(OTHER, timeout=5).json()


# 1. A stub of the same kind must not be gone past, whichever of the two is inside.


def test_responses_inside_ours_keeps_its_hosts_and_leaves_ours_to_us() -> None:
    with Flipsnack() as fake, responses.RequestsMock() as theirs:
        theirs.get(OTHER, json="theirs")

        assert (ask(fake), other()) == (20, "theirs")


def test_responses_outside_ours_keeps_its_hosts_and_leaves_ours_to_us() -> None:
    with responses.RequestsMock() as theirs, Flipsnack() as fake:
        theirs.get(OTHER, json="theirs")

        assert (ask(fake), other()) == (20, "theirs")
        assert len(theirs.calls) == 1


def test_a_function_decorated_with_responses_reaches_both() -> None:
    @responses.activate
    def decorated(fake: Flipsnack) -> tuple[int, object]:
        responses.get(OTHER, json="theirs")
        return ask(fake), other()

    with Flipsnack() as fake:
        assert decorated(fake) == (20, "theirs")


@responses.activate
def test_ours_inside_a_function_decorated_with_responses() -> None:
    responses.get(OTHER, json="theirs")

    with Flipsnack() as fake:
        assert (ask(fake), other()) == (20, "theirs")


def test_requests_mock_inside_ours_keeps_its_hosts_and_leaves_ours_to_us() -> None:
    with Flipsnack() as fake, requests_mock.Mocker() as theirs:
        theirs.get(OTHER, json="theirs")

        assert (ask(fake), other()) == (20, "theirs")


def test_requests_mock_outside_ours_keeps_its_hosts_and_leaves_ours_to_us() -> None:
    with requests_mock.Mocker() as theirs, Flipsnack() as fake:
        theirs.get(OTHER, json="theirs")

        assert (ask(fake), other()) == (20, "theirs")


def test_a_stub_of_theirs_for_flipsnack_answers_where_it_is_the_inner_one() -> None:
    with Flipsnack() as fake:
        with responses.RequestsMock() as theirs:
            theirs.get(API, json={"code": 77})
            assert ask(fake) == 77
        with requests_mock.Mocker() as mocker:
            mocker.get(API, json={"code": 78})
            assert ask(fake) == 78
        assert fake.calls == []


# 2. Other hosts' traffic reaches whatever was active before.


def test_a_host_that_responses_does_not_know_is_refused_by_responses() -> None:
    with (
        Flipsnack(),
        responses.RequestsMock(),
        pytest.raises(requests.ConnectionError, match="Connection refused by Responses"),
    ):
        other()


def test_a_host_that_requests_mock_does_not_know_is_refused_by_requests_mock() -> None:
    with Flipsnack(), requests_mock.Mocker(), pytest.raises(requests_mock.NoMockAddress):
        other()


def test_a_server_of_the_tests_own_is_reached_over_the_wire() -> None:
    with HTTPServer() as server, Flipsnack() as fake:
        server.expect_request("/hello").respond_with_json("over the wire")

        assert requests.get(server.url_for("/hello"), timeout=5).json() == "over the wire"
        assert ask(fake) == 20
        assert len(fake.calls) == 1


def test_a_patch_that_another_tool_puts_back_late_answers_nothing_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(HTTPAdapter, "send", HTTPAdapter.send)  # put right after this test
    fake, theirs = Flipsnack(), responses.RequestsMock()
    fake.start()
    theirs.start()
    fake.stop()
    theirs.stop()

    with HTTPServer() as server:
        server.expect_request("/hello").respond_with_json("over the wire")
        assert requests.get(server.url_for("/hello"), timeout=5).json() == "over the wire"
    monkeypatch.setattr("socket.getaddrinfo", None)
    with pytest.raises(TypeError, match="'NoneType' object is not callable"):
        ask(fake)
    assert fake.calls == []


# 3. A retry adapter waits for real: test_wire.py.

# 4. No text shows the key.


def test_no_failure_text_shows_the_key() -> None:
    with pytest.raises(AssertionError) as caught, Flipsnack() as fake:
        requests.get(API, params={**signed(fake), "action": "user.stats"}, timeout=5)

    text = str(caught.value)
    assert "apiKey=***&action=user.stats&signature=***" in text
    assert fake.api_key not in text
    assert fake.secret not in text


# 5. An error that the client swallows still fails the test.


def test_a_client_that_swallows_everything_is_found_out() -> None:
    def careless(fake: Flipsnack) -> None:
        with contextlib.suppress(Exception):
            requests.post(API, params=signed(fake), timeout=5)
            raise RuntimeError("swallowed as well")

    fake = Flipsnack()
    fake.respond(50)
    with pytest.raises(AssertionError) as caught, fake:
        careless(fake)

    lines = str(caught.value).splitlines()
    assert lines[0] == (
        "user.getStats was refused with 40 Bad request, and the test did not expect 40"
    )
    assert lines[5:] == [
        "a declared answer was never delivered",
        f"    declared: 50 Operation failed, at test_neighbours.py:{line_of('fake.respond(50)')}",
        f"    requests: t={fake.calls[0].at:.1f} s user.getStats 40",
        "    way out:  let the client send the request, or declare fewer answers",
    ]


def line_of(text: str) -> int:
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip() == text)


# 6. A proxy in the environment takes no part.


@pytest.mark.parametrize("url", ["http://api.flipsnack.com/v1", API])
def test_a_proxy_in_the_environment_is_not_asked(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    through_a_proxy(monkeypatch)

    with Flipsnack() as fake:
        assert ask(fake, url=url) == 20


def test_a_proxy_in_the_environment_does_not_get_the_base_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    through_a_proxy(monkeypatch)

    with Flipsnack() as fake:
        assert ask(fake, url=fake.url) == 20


def test_other_hosts_still_go_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    through_a_proxy(monkeypatch)

    with Flipsnack(), pytest.raises(requests.exceptions.ProxyError):
        other()


def through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")


# 7. Hypothesis wants a plain context manager, not a fixture of one test.


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(title=st.text(max_size=5))
def test_a_property_makes_a_fake_for_each_example(title: str) -> None:
    with Flipsnack() as fake:
        answer = requests.get(
            API, params=signed(fake, "collection.getList", query=title), timeout=5
        )

    assert answer.json()["code"] == 20


# 8. A plugin that stubs by default would break every other tool: ours is quiet when unused.


def test_nothing_is_patched_and_nothing_heavy_imported_until_a_test_asks() -> None:
    script = (
        "import sys, socket, pytest_flipsnack, pytest_flipsnack.plugin\n"
        "heavy = {'requests', 'responses', 'jsonschema', 'httpx', 'urllib3'} & set(sys.modules)\n"
        "print(sorted(heavy), socket.getaddrinfo.__module__)"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("[] socket\n", "")


def test_a_fake_that_was_only_made_answers_nothing() -> None:
    before = HTTPAdapter.send

    fake = Flipsnack()

    assert HTTPAdapter.send is before
    assert fake.calls == []
