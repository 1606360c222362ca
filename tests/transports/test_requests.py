"""Clients on `requests` reach the fake however they send, and find everything as it was after."""

from __future__ import annotations

import io
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import requests_mock
import responses
from requests.adapters import HTTPAdapter
from urllib3 import encode_multipart_formdata

from pytest_flipsnack.flipsnack import Flipsnack
from tests.transports.right_client import API, PDF, UPLOAD, ask, signed


@pytest.fixture
def fake() -> Iterator[Flipsnack]:
    with Flipsnack() as started:
        yield started


def patched() -> list[object]:
    return [
        HTTPAdapter.send,
        responses.RequestsMock._find_match,
        requests_mock.adapter.Adapter.send,
        requests.Session.get_adapter,
        socket.getaddrinfo,
        socket.socket.connect,
        socket.socket.recv,
        socket.socket.recv_into,
    ]


@pytest.mark.parametrize("scheme", ["http", "https", "HTTPS"])
@pytest.mark.parametrize("rest", ["/v1", "/v1/", ":443/v1/"])
@pytest.mark.parametrize("host", ["api.flipsnack.com", "API.Flipsnack.com"])
def test_every_spelling_of_the_url_is_answered(
    fake: Flipsnack, scheme: str, host: str, rest: str
) -> None:
    assert ask(fake, url=f"{scheme}://{host}{rest}") == 20


def test_an_answer_is_a_whole_response(fake: Flipsnack) -> None:
    response = requests.get(API, params=signed(fake))

    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.json()["status"] == "OK"
    assert response.request.url == response.url
    assert response.url.startswith(f"{API}?apiKey=")


def test_an_answer_can_be_streamed(fake: Flipsnack) -> None:
    with requests.get(API, params=signed(fake), stream=True) as response:
        chunks = list(response.iter_content(16))

    assert len(chunks) > 1
    assert b"".join(chunks).startswith(b'{"code": 20, "status": "OK"')


def test_the_http_status_of_an_error_is_the_settings(fake: Flipsnack) -> None:
    fake.configure(http_status=503)
    fake.respond(22)

    response = requests.get(API, params=signed(fake))

    assert (response.status_code, response.json()["code"]) == (503, 22)


def test_a_prepared_request_is_answered(fake: Flipsnack) -> None:
    prepared = requests.Request("GET", API, params=signed(fake)).prepare()

    with requests.Session() as session:
        assert session.send(prepared).json()["code"] == 20


def test_a_session_made_before_the_fake_is_answered() -> None:
    with requests.Session() as session, Flipsnack() as fake:
        assert session.get(API, params=signed(fake)).json()["code"] == 20


def test_an_adapter_of_the_clients_own_keeps_its_say(fake: Flipsnack) -> None:
    seen = []

    class Adapter(HTTPAdapter):
        def send(
            self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
        ) -> requests.Response:
            seen.append(request.method)
            response = super().send(request, *args, **kwargs)
            response.headers["X-Seen"] = "yes"
            return response

    with requests.Session() as session:
        session.mount("https://api.flipsnack.com", Adapter())
        response = session.get(API, params=signed(fake))

    assert seen == ["GET"]
    assert (response.headers["X-Seen"], response.json()["code"]) == ("yes", 20)


def test_an_adapter_that_asks_nobody_is_left_alone(fake: Flipsnack) -> None:
    class Canned(HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            response = requests.Response()
            response.status_code = 299
            return response

    with requests.Session() as session:
        session.mount("https://", Canned())
        assert session.get(API).status_code == 299
    assert fake.calls == []


def test_a_timeout_that_the_client_sets_is_recorded(fake: Flipsnack) -> None:
    for timeout in (3, (1, 4), None):
        requests.get(API, params=signed(fake), timeout=timeout)

    assert [call.timeout_s for call in fake.calls] == [3, 4, None]


def test_an_upload_arrives_with_its_file(fake: Flipsnack) -> None:
    params = signed(fake, "collection.create", title="Ünï")

    response = requests.post(UPLOAD, data=params, files={"file": ("büch.pdf", PDF)})

    assert response.json()["data"]["collectionTitle"] == "Ünï"
    [call] = fake.calls
    assert (call.files["file"], call.files["file"].filename) == (PDF, "büch.pdf")
    assert call.params == {"title": "Ünï"}


def whole(body: bytes) -> bytes:
    return body


def in_pieces(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 7):
        yield body[start : start + 7]


class Reader:
    """An encoder that can be read and not iterated over, as in requests_toolbelt."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)
        self.len = len(body)

    def read(self, size: int = -1) -> bytes:
        return self._body.read(size)


@pytest.mark.parametrize("how", [whole, in_pieces, io.BytesIO, Reader, bytearray])
@pytest.mark.parametrize("tries", [1, 3])
def test_an_upload_may_be_streamed_in_any_way(fake: Flipsnack, how: Any, tries: int) -> None:
    params = signed(fake, "collection.create")
    body, content_type = encode_multipart_formdata([*params.items(), ("file", ("a.pdf", PDF))])
    fake.respond(*[31] * (tries - 1), 20)

    codes = [
        requests.post(UPLOAD, data=how(body), headers={"Content-Type": content_type}).json()["code"]
        for _ in range(tries)
    ]

    assert codes == [31] * (tries - 1) + [20]
    assert [call.files["file"] for call in fake.calls] == [PDF] * tries


def test_everything_is_as_it_was_after_the_block() -> None:
    before = patched()

    with Flipsnack() as fake:
        inside = patched()
        ask(fake)

    assert patched() == before
    assert all(now is then for now, then in zip(patched(), before, strict=True))
    assert HTTPAdapter.send is not inside[0]


def test_everything_is_as_it_was_after_a_block_that_raised() -> None:
    before = patched()

    def failing() -> None:
        with Flipsnack() as fake:
            fake.respond(31)
            raise KeyError("the test's own")

    with pytest.raises(KeyError, match="the test's own"):
        failing()

    assert all(now is then for now, then in zip(patched(), before, strict=True))


def test_everything_is_as_it_was_after_a_base_url_was_used() -> None:
    before = patched()

    with Flipsnack() as fake:
        assert ask(fake, url=fake.url) == 20

    assert all(now is then for now, then in zip(patched(), before, strict=True))


def test_fakes_nest_and_the_inner_one_answers() -> None:
    with Flipsnack() as outer:
        with Flipsnack() as inner:
            ask(inner)
        ask(outer)

    assert (len(outer.calls), len(inner.calls)) == (1, 1)
