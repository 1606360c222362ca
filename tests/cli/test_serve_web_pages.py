"""Control requests of web pages are refused; who asks for the health is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.cli.served import Served


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with Served("--quiet", "--allow-host", "fake.test.example") as made:
        yield made


FOREIGN: dict[str, dict[str, str]] = {
    "a form": {"Origin": "http://evil.example", "Content-Type": "text/plain"},
    "a sandboxed page": {"Origin": "null"},
    "a page of another local server": {"Origin": "http://localhost:1"},
    "a rebound name": {"Host": "evil.example"},
    "a rebound name with its port": {"Host": "evil.example:80", "Origin": "http://evil.example:80"},
    "a name that begins like ours": {"Host": "127.0.0.1.evil.example"},
    "a name that ends like ours": {"Host": "evil.example@127.0.0.1"},
    "another address": {"Host": "192.0.2.1"},
    "no name at all": {"Host": "[::1"},
}


@pytest.mark.parametrize("how", FOREIGN)
def test_a_web_page_is_refused(served: Served, how: str) -> None:
    for verb, name in (("POST", "test"), ("GET", "calls"), ("OPTIONS", "test")):
        status, body = served.raw(verb, f"/_flipsnack/{name}", FOREIGN[how], b'{"passed": true}')
        assert status == 403
        assert list(json.loads(body)) == ["error"]


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        (
            {"Host": "evil.example"},
            "Host 'evil.example' is no name of this server; use its address, or start serve with "
            "--allow-host NAME",
        ),
        (
            {"Origin": "http://evil.example"},
            "Origin 'http://evil.example' is another site; control requests come from tests, "
            "not pages",
        ),
    ],
)
def test_it_is_told_why(served: Served, headers: Mapping[str, str], text: str) -> None:
    _, body = served.raw("GET", "/_flipsnack/calls", headers)
    assert json.loads(body)["error"] == text


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1:1", "127.9.9.9", "[::1]:80", "a.LOCALHOST"]
)
def test_this_machine_is_no_stranger(served: Served, host: str) -> None:
    assert served.raw("GET", "/_flipsnack/calls", {"Host": host})[0] == 200


def test_a_name_that_was_allowed_is_no_stranger(served: Served) -> None:
    headers = {"Host": "Fake.test.example:80", "Origin": "http://fake.test.example:80"}
    assert served.raw("GET", "/_flipsnack/calls", headers)[0] == 200


@pytest.mark.parametrize("verb", ["GET", "HEAD"])
def test_the_health_address_answers_anybody_and_is_no_call(served: Served, verb: str) -> None:
    status, body = served.raw(verb, "/_flipsnack/health", {"Host": "balancer.example"})
    assert (status, body) == (200, b'{"status": "ok"}' if verb == "GET" else b"")
    assert served.raw("GET", "/_flipsnack/calls", {}) == (200, b"[]")


def test_a_health_request_that_changes_something_is_none(served: Served) -> None:
    status, body = served.raw("POST", "/_flipsnack/health", {})
    assert status == 404
    assert json.loads(body)["error"].startswith(
        "POST /_flipsnack/health is not a control request; known: "
    )
    assert json.loads(body)["error"].endswith("GET /_flipsnack/calls, GET /_flipsnack/health")


def test_a_request_of_the_api_may_call_the_server_anything(served: Served) -> None:
    status, body = served.raw("GET", "/v1/", {"Host": "evil.example", "Origin": "http://a.example"})
    assert (status, json.loads(body)["code"]) == (200, 30)
    served.control("POST", "test", b'{"passed": false}')


def test_serving_other_machines_is_warned_of_and_their_names_are_taken() -> None:
    with Served("--quiet", "--host", "0.0.0.0") as served:
        assert served.process.stderr is not None
        upload_port = served.upload_url.split(":")[2].split("/")[0]
        assert served.process.stderr.readline() == (
            f"pytest-flipsnack: --host 0.0.0.0 opens ports {served.port} and {upload_port} to other "
            "machines: whoever reaches them reads the requests of your tests, ends tests and fills "
            "the coverage; in a container, publish them to 127.0.0.1 only\n"
        )
        assert served.url == f"http://127.0.0.1:{served.port}/v1"
        for host in ("flipsnack:8000", "10.0.0.7"):
            assert served.raw("GET", "/_flipsnack/calls", {"Host": host})[0] == 200
        assert served.raw("GET", "/_flipsnack/calls", {"Host": "evil.example"})[0] == 403
        assert served.stop() == (0, "")
