"""What can come back instead of an envelope."""

from __future__ import annotations

import json

import pytest

from pytest_flipsnack.fake.faults import FAULTS, fault_of
from tests.fake.world import World, get

WIRE = ["timeout", "refused", "reset"]
BODIES = {
    "html": (200, b"<!DOCTYPE html>"),
    "empty": (200, b""),
    "broken_json": (200, b'{"code": 20, '),
    "truncated": (200, b'{"code": 20, "status": "OK", "data": {"col'),
    "json_array": (200, b"[]"),
    "not_utf8": (200, b'{"code": 20, "status": "\xff'),
    "http_500": (500, b"<html>"),
    "http_500_envelope": (500, b'{"code": 50, "status": "Operation failed"}'),
    "unknown_code": (200, b'{"code": 99, "status": "Something new"}'),
    "unknown_code_0": (200, b'{"code": 0, "status": "Something new"}'),
    "unknown_code_21": (200, b'{"code": 21, "status": "Something new"}'),
    "unknown_code_59": (200, b'{"code": 59, "status": "Something new"}'),
    "string_code": (200, b'{"code": "41", "status": "Invalid credentials"}'),
    "null_code": (200, b'{"code": null, "status": "OK"}'),
    "missing_code": (200, b'{"status": "OK", "data": {}}'),
}


def test_each_fault_has_its_test() -> None:
    assert list(FAULTS) == [*WIRE, *BODIES]


@pytest.mark.parametrize("name", WIRE)
def test_a_fault_on_the_wire_has_no_answer(name: str) -> None:
    world = World()
    world.fake.fail(name, None)

    reply = world.reply(get("user.getStats"))

    assert (reply.wire, reply.code, reply.fault, reply.body) == (name, None, name, b"")


@pytest.mark.parametrize("name", BODIES)
def test_a_fault_in_the_body_comes_over_http(name: str) -> None:
    world = World()
    world.fake.fail(name, None)
    http_status, start = BODIES[name]

    reply = world.reply(get("user.getStats"))

    assert (reply.wire, reply.code, reply.fault) == (None, None, name)
    assert reply.http_status == http_status
    assert reply.body.startswith(start)


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_recorded_and_counts_as_no_code(name: str) -> None:
    world = World()
    world.fake.fail(name, "user.getStats")

    world.reply(get("user.getStats"))

    [call] = world.fake.calls
    assert (call.code, call.fault, call.outcome) == (None, name, name)
    assert str(call) == f"t=0.0 s user.getStats {name}"
    assert world.fake.hits == {}
    assert world.fake.findings() == []


@pytest.mark.parametrize("name", ["html", "http_500"])
def test_a_page_is_told_to_be_html(name: str) -> None:
    assert FAULTS[name].content_type == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", ["broken_json", "truncated", "not_utf8", "empty"])
def test_a_body_that_is_no_json_cannot_be_read_as_such(name: str) -> None:
    with pytest.raises(ValueError):
        json.loads(FAULTS[name].body)


@pytest.mark.parametrize(
    ("spelling", "name"),
    [
        ("maintenance", "html"),
        ("Maintenance Page", "html"),
        ("empty-body", "empty"),
        ("invalid_json", "broken_json"),
        (" TIMEOUT ", "timeout"),
        ("http-500-envelope", "http_500_envelope"),
    ],
)
def test_a_fault_is_found_in_any_spelling(spelling: str, name: str) -> None:
    assert fault_of(spelling) is FAULTS[name]


@pytest.mark.parametrize("wrong", ["tiemout", "", 500, None], ids=repr)
def test_an_unknown_fault_is_refused_with_the_known_ones(wrong: object) -> None:
    with pytest.raises(ValueError) as caught:
        World().fake.fail(wrong, None)

    assert str(caught.value) == (
        f"{wrong!r} is not a fault; known faults: timeout, refused, reset, html, empty, "
        "broken_json, truncated, json_array, not_utf8, http_500, http_500_envelope, unknown_code, "
        "unknown_code_0, unknown_code_21, unknown_code_59, string_code, null_code, missing_code"
    )


def test_a_transport_that_hears_no_request_can_still_refuse_the_connection() -> None:
    world = World()
    world.fake.fail("refused", "user.getStats")
    world.fake.respond((50,), "user.getStats", None)
    world.clock.pass_(2)

    assert [world.fake.refuse_connection() for _ in range(2)] == [True, False]
    assert [str(call) for call in world.fake.calls] == ["t=2.0 s user.getStats refused"]
    assert world.ask("user.getStats")["code"] == 50
    assert world.fake.findings() == []


def test_a_connection_is_refused_only_where_that_comes_next() -> None:
    world = World()
    world.fake.respond((50,), None, None)
    world.fake.fail("refused", None)

    assert not world.fake.refuse_connection()
    assert world.fake.calls == []
