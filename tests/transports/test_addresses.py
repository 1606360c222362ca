"""By which names a server may be called."""

from __future__ import annotations

import pytest

from pytest_flipsnack.transports.server.addresses import Address


@pytest.mark.parametrize(
    ("host", "open"),
    [
        ("127.0.0.1", False),
        ("127.1.2.3", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("10.0.0.7", True),
        ("build-machine", True),
    ],
)
def test_what_other_machines_reach_is_open(host: str, open: bool) -> None:
    assert Address(host).open is open


@pytest.mark.parametrize(
    ("host", "authority"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("localhost", "localhost"),
    ],
)
def test_a_url_has_an_address_that_can_be_connected_to(host: str, authority: str) -> None:
    assert Address(host).authority == authority


@pytest.mark.parametrize(
    ("bound", "names", "host", "ours"),
    [
        ("127.0.0.1", (), "localhost:8000", True),
        ("127.0.0.1", (), "localhost.", True),
        ("127.0.0.1", (), "notlocalhost", False),
        ("127.0.0.1", (), "flipsnack", False),
        ("127.0.0.1", ("flipsnack",), "flipsnack:8000", True),
        ("127.0.0.1", (), "10.0.0.7", False),
        ("0.0.0.0", (), "10.0.0.7:80", True),
        ("0.0.0.0", (), "[fd00::7]:80", True),
        ("0.0.0.0", (), "flipsnack", True),
        ("0.0.0.0", (), "localhost", True),
        ("0.0.0.0", (), "fake.localhost", True),
        ("0.0.0.0", (), "fake.example", False),
        ("0.0.0.0", ("Fake.Example",), "fake.example", True),
        ("fake.example", (), "fake.example:80", True),
        ("0.0.0.0", (), "10.0.0.7.evil.example", False),
        ("0.0.0.0", (), "a,b", False),
        ("0.0.0.0", (), "", False),
    ],
)
def test_a_host_is_ours_or_a_stranger(
    bound: str, names: tuple[str, ...], host: str, ours: bool
) -> None:
    assert (Address(bound, names).stranger({"HTTP_HOST": host}) == "") is ours


def test_who_names_no_host_is_no_browser() -> None:
    assert Address().stranger({}) == ""
    assert Address().stranger({"HTTP_ORIGIN": "http://evil.example"}) != ""


@pytest.mark.parametrize("origin", ["http://127.0.0.1:80", "HTTP://127.0.0.1:80"])
def test_its_own_origin_is_no_stranger(origin: str) -> None:
    assert Address().stranger({"HTTP_HOST": "127.0.0.1:80", "HTTP_ORIGIN": origin}) == ""


@pytest.mark.parametrize("name", ["", "a b", "a..b", "*", "x" * 64, "unix:///s", "http://a", "a:1"])
def test_what_is_no_host_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is neither an address nor a name of a host"):
        Address(name)
    with pytest.raises(ValueError, match="is neither an address nor a name of a host"):
        Address(names=[name])
