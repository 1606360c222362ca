"""The codes are those of the vendor's table, and each tells how a client handles it."""

from __future__ import annotations

import pytest

from pytest_flipsnack.catalogue.codes import Code, Handling, code_of
from pytest_flipsnack.catalogue.facts import TABLE, Basis

TABLE_OF_THE_VENDOR = [
    (20, "OK"),
    (22, "Maintenance mode"),
    (30, "Missing mandatory parameter"),
    (31, "Requests per second limit exceeded"),
    (32, "Requests per minute limit exceeded"),
    (33, "Uploads per month exceeded"),
    (34, "File size too large"),
    (35, "Flipbook maximum pages number exceeded"),
    (36, "Multiple files upload not allowed"),
    (37, "Delete flipbook not available for this flipbook"),
    (38, "Flipbook is in processing state"),
    (40, "Bad request"),
    (41, "Invalid credentials"),
    (42, "Invalid action"),
    (43, "Forbidden"),
    (44, "Invalid signature"),
    (45, "Invalid file format"),
    (46, "Invalid flipbook hash"),
    (47, "Invalid flipbook hash"),
    (50, "Operation failed"),
]
HANDLING = {20: "accept", 22: "retry", 31: "retry", 32: "retry", 38: "poll", 50: "retry"}
KNOWN = "20, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50"


def test_the_codes_and_messages_are_those_of_the_table() -> None:
    assert [(code.value, code.message) for code in Code] == TABLE_OF_THE_VENDOR


def test_a_code_is_an_integer_in_the_manner_of_http_status() -> None:
    assert Code(31) is Code.REQUESTS_PER_SECOND
    assert int(Code.OK) == 20
    assert f"{Code.OK:d}" == "20"


def test_a_label_is_the_code_with_its_message() -> None:
    assert Code(31).label == "31 Requests per second limit exceeded"


@pytest.mark.parametrize("code", Code, ids=int)
def test_each_code_is_handled_as_the_design_says(code: Code) -> None:
    assert code.handling is Handling(HANDLING.get(code.value, "error"))


def test_only_37_is_deprecated() -> None:
    assert [code for code in Code if code.deprecated] == [37]


@pytest.mark.parametrize("code", Code, ids=int)
def test_each_code_comes_from_the_table_with_a_meaning_of_our_own(code: Code) -> None:
    assert code.source is TABLE
    assert code.meaning != code.message
    assert code.meaning.endswith(".")


@pytest.mark.parametrize("code", Code, ids=int)
def test_a_handling_is_documented_only_where_the_table_gives_advice(code: Code) -> None:
    advised = code.value in HANDLING
    assert code.handling_source.basis is (Basis.DOCUMENTED if advised else Basis.INFERRED)
    assert code.handling_source.pages == ("SEED",)


def test_an_integer_names_its_code() -> None:
    assert code_of(44) is Code.INVALID_SIGNATURE
    assert code_of(Code.FORBIDDEN) is Code.FORBIDDEN


@pytest.mark.parametrize("wrong", [39, 0, -20, "39", None, True, 20.0], ids=repr)
def test_what_is_no_code_is_refused_with_the_known_ones(wrong: object) -> None:
    with pytest.raises(ValueError) as caught:
        code_of(wrong)

    assert str(caught.value) == f"{wrong!r} is not a Flipsnack status code; known codes: {KNOWN}"


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("31", "'31' is text; write 31 without quotes"),
        ([31, 20], "[31, 20] is a list; write its codes one by one, as in respond(31, 20)"),
    ],
)
def test_a_code_in_the_wrong_form_is_told_the_right_one(wrong: object, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        code_of(wrong)
    assert str(caught.value) == text
