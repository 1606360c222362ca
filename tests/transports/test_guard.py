"""Nothing reaches the real hosts: what goes past the fake is stopped, and said."""

from __future__ import annotations

import socket
import ssl
import urllib.error
import urllib.request
from typing import Any

import pytest
import pytest_socket

from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.transports.guard import Guard, PlainConnection


def complaint(what: str) -> str:
    return (
        f"{what} is no call of the API, and was stopped\n"
        "    allowed: https://api.flipsnack.com/v1 and https://upload.flipsnack.com/v1 are the "
        "fake's; nothing else of flipsnack.com is reached while a test uses it\n"
        "    way out: stub this URL in the test; where the client meant to call the API, let it "
        "use one of these two"
    )


def missing(host: str) -> str:
    return (
        f"a request to {host} went past the fake and was stopped\n"
        "    cause:   its HTTP library is not one that is answered in process\n"
        "    way out: install the loopback server: pip install 'pytest-flipsnack[server]'"
    )


def test_another_host_is_not_looked_up_and_the_test_fails() -> None:
    with pytest.raises(AssertionError) as caught, Flipsnack():
        request_past()

    assert str(caught.value) == complaint("a request to www.flipsnack.com")


def request_past() -> None:
    with pytest.raises(urllib.error.URLError) as caught:
        urllib.request.urlopen("https://www.flipsnack.com/acme/report.html", timeout=5)
    assert str(caught.value.reason) == (
        f"[Errno {socket.EAI_NONAME:d}] "
        "www.flipsnack.com is not reached while the fixture flipsnack is used"
    )


def test_a_request_that_is_tried_again_is_complained_of_once() -> None:
    fake = Flipsnack().start()
    request_past()
    request_past()

    assert fake.stop() == [complaint("a request to www.flipsnack.com")]


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
        ("www.flipsnack.com", "www.flipsnack.com"),
        ("CDN.Flipsnack.COM", "cdn.flipsnack.com"),
        ("flipsnack.com", "flipsnack.com"),
        ("www.flipsnack.com.", "www.flipsnack.com"),
        (b"www.flipsnack.com", "www.flipsnack.com"),
        ("any.other.flipsnack.com", "any.other.flipsnack.com"),
    ],
)
def test_a_name_of_flipsnack_does_not_resolve(
    resolver: Resolver, host: str | bytes, name: str
) -> None:
    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)), lambda host: 5000)
    guard.start()

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(host, 443)
    guard.stop()

    assert said == [complaint(f"a request to {name}")]
    assert resolver.asked == []


@pytest.mark.parametrize(
    "host", ["notflipsnack.com", "flipsnack.com.test", "127.0.0.1", None, b"\xff.test", ""]
)
def test_any_other_name_resolves_as_before(resolver: Resolver, host: str | bytes | None) -> None:
    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)), lambda host: 5000)
    guard.start()

    socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    guard.stop()

    assert resolver.asked == [(host, 443, socket.SOCK_STREAM)]
    assert said == []


def test_names_resolve_again_after_the_block(resolver: Resolver) -> None:
    with Flipsnack():
        assert socket.getaddrinfo is not resolver

    assert socket.getaddrinfo is resolver


def test_the_documented_hosts_are_the_loopback_server(resolver: Resolver) -> None:
    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)), lambda host: 5000)
    guard.start()

    socket.getaddrinfo("API.flipsnack.com.", 443, 0, socket.SOCK_STREAM)
    socket.getaddrinfo(b"download.flipsnack.com", port="https")
    guard.stop()

    assert resolver.asked == [
        ("127.0.0.1", 5000, socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, 0)
    ]
    assert said == []


@pytest.mark.parametrize("host", ["download.flipsnack.com", "api.flipsnack.com"])
def test_without_the_server_a_request_is_stopped_and_told_what_to_install(host: str) -> None:
    def absent(host: str) -> int:
        raise ImportError

    said: list[str] = []
    guard = Guard(lambda found: said.append(str(found)), absent)
    guard.start()

    with pytest.raises(socket.gaierror):
        socket.getaddrinfo(host, 443)
    guard.stop()

    assert said == [missing(host)]


def test_only_the_archives_go_without_tls_and_only_while_a_fake_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wrapped: list[object] = []
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", lambda *args, **how: wrapped.append(how))
    theirs = ssl.SSLContext.wrap_socket
    context, sock = ssl.create_default_context(), socket.socket()
    guard = Guard(never_reports, lambda host: 5000)
    guard.start()
    assert ssl.SSLContext.wrap_socket is theirs
    for _ in range(2):
        socket.getaddrinfo("download.flipsnack.com", 443)

    assert context.wrap_socket(sock, server_hostname="download.flipsnack.com") is sock
    context.wrap_socket(sock, server_hostname="example.org")
    context.wrap_socket(sock)
    ours = ssl.SSLContext.wrap_socket
    guard.stop()
    ours(context, sock, server_hostname="download.flipsnack.com")
    sock.close()

    hosts = ["example.org", None, "download.flipsnack.com"]
    assert [how.get("server_hostname") for how in wrapped] == hosts  # type: ignore[attr-defined]
    assert ssl.SSLContext.wrap_socket is theirs


def never_reports(found: object) -> None:
    raise AssertionError(found)


def test_a_plain_connection_passes_on_what_comes_until_its_end() -> None:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    plain = PlainConnection(incoming, outgoing)
    plain.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        plain.read(10)

    incoming.write(b"abcdef")
    into = bytearray(4)
    assert (plain.read(2), plain.read(4, memoryview(into)), bytes(into)) == (b"ab", 4, b"cdef")
    incoming.write_eof()
    assert (plain.read(2), plain.read(2, memoryview(into))) == (b"", 0)
    assert (plain.write(b"xy"), outgoing.read()) == (2, b"xy")
    assert (plain.getpeercert(), plain.cipher(), plain.unwrap()) == (None, None, None)


@pytest.mark.parametrize("lifted", [True, False])
def test_a_block_of_pytest_socket_stands_unless_it_was_lifted_meanwhile(lifted: bool) -> None:
    free = socket.getaddrinfo
    pytest_socket.disable_socket()
    blocked = socket.getaddrinfo
    try:
        fake = Flipsnack().start()
        if lifted:
            pytest_socket.enable_socket()  # as it does before the fixtures of a test end
        assert fake.stop() == []

        assert socket.getaddrinfo is (free if lifted else blocked)
    finally:
        pytest_socket.enable_socket()
    assert socket.getaddrinfo is free
