"""Nothing reaches the real hosts: what goes past the fake is stopped, and said."""

from __future__ import annotations

import socket
import urllib.error
import urllib.request
from typing import Any

import pytest

from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.transports.guard import Guard


def complaint(name: str) -> str:
    return (
        f"a request to {name} went past the fake and was stopped\n"
        "    cause:   its HTTP library is not one that is answered in process\n"
        "    way out: give the client the base URL flipsnack.url (uploads: flipsnack.upload_url)"
    )


def test_a_library_that_is_not_answered_is_stopped_and_the_test_fails() -> None:
    with pytest.raises(AssertionError) as caught, Flipsnack() as fake:
        request_past(fake)

    assert str(caught.value) == complaint("api.flipsnack.com")


def request_past(fake: Flipsnack) -> None:
    url = f"https://api.flipsnack.com/v1/?apiKey={fake.api_key}"
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen(url, timeout=5)
    assert str(caught.value.reason) == (
        f"[Errno {socket.EAI_NONAME:d}] "
        "api.flipsnack.com is not reached while the fixture flipsnack is used"
    )


def test_a_request_that_is_tried_again_is_complained_of_once() -> None:
    fake = Flipsnack().start()
    request_past(fake)
    request_past(fake)

    assert fake.stop() == [complaint("api.flipsnack.com")]


class Resolver:
    """Stands in for the resolver and records what reaches it."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []

    def __call__(self, *args: Any, **kwargs: Any) -> list[object]:
        self.asked.append((*args, *kwargs.values()))
        return []


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    found = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    return found


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("api.flipsnack.com", "api.flipsnack.com"),
        ("UPLOAD.Flipsnack.COM", "upload.flipsnack.com"),
        ("flipsnack.com", "flipsnack.com"),
        ("api.flipsnack.com.", "api.flipsnack.com"),
        (b"api.flipsnack.com", "api.flipsnack.com"),
        ("any.other.flipsnack.com", "any.other.flipsnack.com"),
    ],
)
def test_a_name_of_flipsnack_does_not_resolve(
    resolver: Resolver, host: str | bytes, name: str
) -> None:
    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)))
    guard.start()

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(host, 443)
    guard.stop()

    assert said == [complaint(name)]
    assert resolver.asked == []


@pytest.mark.parametrize(
    "host", ["notflipsnack.com", "flipsnack.com.test", "127.0.0.1", None, b"\xff.test", ""]
)
def test_any_other_name_resolves_as_before(resolver: Resolver, host: str | bytes | None) -> None:
    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)))
    guard.start()

    socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    guard.stop()

    assert resolver.asked == [(host, 443, socket.SOCK_STREAM)]
    assert said == []


def test_names_resolve_again_after_the_block(resolver: Resolver) -> None:
    with Flipsnack():
        assert socket.getaddrinfo is not resolver

    assert socket.getaddrinfo is resolver
