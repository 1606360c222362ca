"""Where a code is found in an error or a result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import pytest

from pytest_flipsnack.contract.carried_code import carried_code, carries, members


class Known(Enum):
    RATE = 31


class WithCode(Exception):
    def __init__(self, code: Any) -> None:
        self.code = code


class ByClass(Exception):
    number = 31


class Slotted(Exception):
    __slots__ = ("kind",)

    def __init__(self) -> None:
        self.kind = Known.RATE


@dataclass
class Result:
    ok: bool
    what: object


@pytest.mark.parametrize(
    "value",
    [
        WithCode(31),
        WithCode(Known.RATE),
        WithCode("31"),
        ByClass(),
        Slotted(),
        Exception(31),
        Exception("Flipsnack answered 31"),
        Exception("requests per second limit exceeded"),
        {"code": 31},
        {"error": 31},
        (False, 31),
        Result(ok=False, what=Known.RATE),
    ],
    ids=repr,
)
def test_a_value_tells_its_code(value: object) -> None:
    assert carries(value, 31)


@pytest.mark.parametrize(
    "value",
    [Exception("failed"), Exception("read 310 bytes"), None, WithCode(32), {"ok": False}],
    ids=repr,
)
def test_a_value_that_tells_nothing_is_seen(value: object) -> None:
    assert not carries(value, 31)


def test_the_usual_places_are_read_for_the_code() -> None:
    assert carried_code(WithCode(Known.RATE)) == 31
    assert carried_code({"code": 50}) == 50
    assert carried_code(WithCode(True)) is None
    assert carried_code("no code") is None


def test_an_http_status_is_not_taken_for_a_code() -> None:
    error = WithCode(200)
    error.error_code = 31  # type: ignore[attr-defined]
    assert carried_code(error) == 31
    assert carried_code(WithCode(404)) is None


def test_an_address_in_a_text_is_no_code() -> None:
    assert not carries("<Answer object at 0x7f50ab50>", 50)
    assert carries("<Answer 50 at 0x7f41ab>", 50)


class Named(NamedTuple):
    title: str
    hash: str


def test_the_members_of_a_result_are_its_named_leaves() -> None:
    nested = {"rows": [Named("T", "h")], "one": {"views": 0}}
    assert set(members(nested)) == {("title", "T"), ("hash", "h"), ("views", 0)}


def test_members_end_at_what_is_no_part_of_it_and_at_a_depth() -> None:
    owner = Result(ok=True, what=1)
    of_client = dict(members({"owner": owner, "kept": 2}, without=[owner]))
    assert of_client.keys() == {"owner", "kept"}
    deep: object = {"end": 1}
    for _ in range(9):
        deep = {"deeper": deep}
    assert "end" not in dict(members(deep))
