"""What cannot be sent cannot be declared, and the reason is told where it was declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.fake.world import World

KNOWN = "20, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50"


@pytest.mark.parametrize("code", [39, "39", True])
def test_a_code_that_does_not_exist_cannot_be_declared(code: object) -> None:
    expected = f"{code!r} is not a Flipsnack status code; known codes: {KNOWN}"
    fake = World().fake

    declarations: list[Callable[[], None]] = [
        lambda: fake.respond((20, code), None, None),
        lambda: fake.always(code, None),
        lambda: fake.allow((code,)),
    ]
    for declare in declarations:
        with pytest.raises(ValueError) as caught:
            declare()
        assert str(caught.value) == expected
    assert fake.undelivered() == []


def test_an_action_that_does_not_exist_cannot_be_declared() -> None:
    fake = World().fake

    declarations: list[Callable[[], None]] = [
        lambda: fake.respond((20,), "user.stats", None),
        lambda: fake.always(50, "user.stats"),
        lambda: fake.fail("timeout", "user.stats"),
    ]
    for declare in declarations:
        with pytest.raises(ValueError) as caught:
            declare()
        assert str(caught.value).startswith(
            "'user.stats' is not a Flipsnack action; known actions: "
        )
    assert fake.undelivered() == []


@pytest.mark.parametrize(
    ("declared", "action", "data", "expected"),
    [
        ((), None, None, "respond() needs at least one status code, as in respond(31, 20)"),
        (
            (31, 50),
            None,
            {"views": 1},
            "data comes with code 20 only; Flipsnack leaves it out of every error (API reference)",
        ),
        (
            (20,),
            "collection.deleteCollection",
            {},
            "collection.deleteCollection answers 20 without data (API reference); leave data out",
        ),
        (
            (20,),
            "user.getStats",
            {"views": "1", "downloads": None},
            "data does not satisfy the schema of user.getStats:\n"
            "    downloads: None is not of type 'number'\n"
            "    views: '1' is not of type 'number'",
        ),
    ],
)
def test_unfit_data_is_refused_where_it_is_declared(
    declared: tuple[object, ...],
    action: str | None,
    data: Mapping[str, object] | None,
    expected: str,
) -> None:
    with pytest.raises(ValueError) as caught:
        World().fake.respond(declared, action, data)

    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([1], "data must be a mapping, as in data={'views': 1}, not [1]"),
        (
            {"views": {1}},
            "data cannot be written as JSON: Object of type set is not JSON serializable",
        ),
        (
            {"views": float("nan")},
            "data cannot be written as JSON: Out of range float values are not JSON compliant: nan",
        ),
    ],
)
def test_what_is_no_json_is_refused_where_it_is_declared(data: Any, expected: str) -> None:
    with pytest.raises(TypeError) as caught:
        World().fake.respond((20,), None, data)

    assert str(caught.value).startswith(expected.removesuffix(": nan"))
