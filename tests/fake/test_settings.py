"""Every choice is a setting with a default; a wrong value is refused with the allowed ones."""

from __future__ import annotations

from dataclasses import fields

import pytest

from pytest_flipsnack.fake.settings import Settings, read_setting, setting_names
from tests.fake.world import World

DEFAULTS = {
    "check_signature": True,
    "signature_order": "either",
    "signature_values": "raw",
    "requests_per_second": 0,
    "requests_per_minute": 0,
    "uploads_per_month": 1000,
    "max_file_mb": 500,
    "max_pages": 1000,
    "file_types": "pdf jpg png",
    "unknown_hash": 46,
    "processing_s": 2.0,
    "download_s": 2.0,
    "http_status": 200,
    "records_per_page": 0,
    "first_record": 0,
}
NUMBERS = [
    "requests_per_second",
    "requests_per_minute",
    "uploads_per_month",
    "max_file_mb",
    "max_pages",
    "processing_s",
    "download_s",
    "records_per_page",
]
WRONG = [
    *(("check_signature", value, "is not True or False") for value in (1, "false", None)),
    *(
        ("signature_order", value, "is not one of either, ascii, ignorecase")
        for value in ("Ascii", "", None)
    ),
    *(("signature_values", value, "is not one of raw, encoded, either") for value in ("url", 1)),
    *(
        (name, value, "is not a number from 0")
        for name in NUMBERS
        for value in (-1, -0.5, "5", None, True, float("nan"))
    ),
    *((name, float("inf"), "is not a number from 0") for name in NUMBERS if name[-2:] != "_s"),
    *(
        ("file_types", value, "must be some of these, with blanks between them: pdf jpg png")
        for value in ("pdf gif", "", "pdf,jpg", None, 5, ["pdf"])
    ),
    *(("unknown_hash", value, "is not one of 46, 47") for value in (45, "46", 46.0, True)),
    *(
        ("http_status", value, "is not an HTTP status from 200 to 599")
        for value in (199, 600, 200.0, "200", True)
    ),
    *(("first_record", value, "is not one of 0, 1") for value in (2, -1, True, "0", 0.0)),
]
RIGHT = [
    ("check_signature", False),
    ("signature_order", "ignorecase"),
    ("signature_values", "either"),
    *((name, value) for name in NUMBERS for value in (0, 1, 2.5)),
    ("processing_s", float("inf")),
    ("file_types", "png pdf"),
    ("unknown_hash", 47),
    ("http_status", 599),
    ("first_record", 1),
]


def test_each_setting_has_its_default() -> None:
    assert {row.name: row.default for row in fields(Settings)} == DEFAULTS
    assert setting_names() == tuple(DEFAULTS)


@pytest.mark.parametrize("name", DEFAULTS)
def test_each_setting_has_a_line_for_the_readme(name: str) -> None:
    [text] = [row.metadata["help"] for row in fields(Settings) if row.name == name]

    assert len(text) > 20
    assert "\n" not in text


def test_each_setting_has_a_wrong_and_a_right_value_under_test() -> None:
    assert {name for name, _, _ in WRONG} == {name for name, _ in RIGHT} == set(DEFAULTS)


@pytest.mark.parametrize(("name", "value", "said"), WRONG)
def test_a_wrong_value_is_refused_with_the_allowed_ones(
    name: str, value: object, said: str
) -> None:
    world = World()
    before = world.fake.account.settings

    with pytest.raises(ValueError) as caught:
        world.fake.configure({name: value})

    assert str(caught.value) == f"{name}: {value!r} {said}"
    assert world.fake.account.settings is before


@pytest.mark.parametrize(("name", "value"), RIGHT)
def test_a_right_value_is_taken_and_changes_nothing_else(name: str, value: object) -> None:
    world = World()

    world.fake.configure({name: value})

    settings = world.fake.account.settings
    assert {row: getattr(settings, row) for row in DEFAULTS} == {**DEFAULTS, name: value}


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(TypeError) as caught:
        World().fake.configure({"max_pages": 5, "max_page": 5})

    assert str(caught.value) == f"max_page is not a setting; settings: {', '.join(DEFAULTS)}"


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        *(("check_signature", text, True) for text in ("true", "1", "yes", "On", " TRUE ")),
        *(("check_signature", text, False) for text in ("false", "0", "no", "Off")),
        ("max_pages", "500", 500),
        ("max_pages", " 7 ", 7),
        ("processing_s", "0.5", 0.5),
        ("processing_s", "3", 3.0),
        ("file_types", "pdf jpg", "pdf jpg"),
        ("signature_order", "ascii", "ascii"),
    ],
)
def test_a_setting_is_read_from_an_ini_file(name: str, text: str, value: object) -> None:
    found = read_setting(name, text)

    assert found == value
    assert type(found) is type(DEFAULTS[name])


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("check_signature", "maybe", "check_signature: 'maybe' is not true or false"),
        ("check_signature", "", "check_signature: '' is not true or false"),
        ("max_pages", "many", "max_pages: 'many' is not a number"),
        ("max_pages", "1.5", "max_pages: '1.5' is not a number"),
        ("processing_s", "soon", "processing_s: 'soon' is not a number"),
    ],
)
def test_a_wrong_text_in_an_ini_file_is_refused(name: str, text: str, expected: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_setting(name, text)

    assert str(caught.value) == expected
