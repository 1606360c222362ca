"""The signature is the documented one, and what the pages leave open is a setting."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_flipsnack.fake.near_misses import Sent, near_miss
from pytest_flipsnack.fake.settings import Settings, SignatureOrder, SignatureValues
from pytest_flipsnack.fake.signing import accepts, md5, sign, signed_text

# The worked example of the vendor's page on signing, which is the same in every version of it.
SECRET = "123ABCDE-456-7890-FGH"
KEY = "45FD-267-7SG7832"
EXAMPLE = {"action": "collection.getCollection", "collectionHash": "fxh4k89", "apiKey": KEY}
UPDATE = {"action": "collection.update", "apiKey": KEY, "collectionHash": "fxh4k89"}
MIXED = {"action": "user.getStats", "apiKey": KEY, "Zebra": "1"}
SPACED = {"action": "user.getStats", "apiKey": KEY, "query": "a b/ü"}
DEFAULT = Settings()

texts = st.text(alphabet=st.characters(), max_size=20)
dictionaries = st.dictionaries(texts, texts, max_size=8)


def test_the_documented_example_gives_the_documented_signature() -> None:
    assert sign(SECRET, EXAMPLE) == "26e781d3d1751d82ec284acf4a019def"


def test_the_documented_example_gives_the_documented_string() -> None:
    assert signed_text(SECRET, EXAMPLE) == (
        "123ABCDE-456-7890-FGHactioncollection.getCollectionapiKey45FD-267-7SG7832"
        "collectionHashfxh4k89"
    )


def test_the_signature_that_the_prose_cuts_short_is_not_accepted() -> None:
    assert not accepts(SECRET, EXAMPLE, "26e781d3d1751d82ec284acf4a019", DEFAULT)


def test_the_short_illustration_has_an_md5_of_its_own() -> None:
    params = {"action": "3", "apiKey": "2", "collectionHash": "1"}

    assert signed_text("secretKey", params) == "secretKeyaction3apiKey2collectionHash1"
    assert sign("secretKey", params) == "7e5d0a9d89def991af37cf944b4e58af"


@pytest.mark.parametrize(
    ("title", "signature"),
    [
        ("Ünï çødé", "b75ec1e0f99aa9272f6f7a2e30bd1784"),
        ("a b&c=d", "5a80c4eba21608a94a3c2fb5c8309e9e"),
    ],
)
def test_values_are_signed_raw_and_in_utf8(title: str, signature: str) -> None:
    assert sign(SECRET, {**UPDATE, "title": title}) == signature


def test_signature_and_file_are_left_out_and_the_file_url_is_not() -> None:
    more = {**EXAMPLE, "signature": "anything", "file": "content"}

    assert sign(SECRET, more) == sign(SECRET, EXAMPLE)
    assert sign(SECRET, {**EXAMPLE, "fileUrl": "u"}) != sign(SECRET, EXAMPLE)


def test_the_order_in_which_parameters_are_sent_does_not_matter() -> None:
    assert sign(SECRET, dict(reversed(EXAMPLE.items()))) == sign(SECRET, EXAMPLE)


def test_capital_hex_digits_are_not_held_against_a_client() -> None:
    assert accepts(SECRET, EXAMPLE, "26E781D3D1751D82EC284ACF4A019DEF", DEFAULT)


def in_order(*names: str) -> str:
    return md5(SECRET + "".join(name + MIXED[name] for name in names))


CAPITALS_FIRST = in_order("Zebra", "action", "apiKey")
NO_CASE = in_order("action", "apiKey", "Zebra")
AS_SENT = in_order("apiKey", "action", "Zebra")


@pytest.mark.parametrize(
    ("order", "taken"),
    [
        ("either", [True, True, False]),
        ("ascii", [True, False, False]),
        ("ignorecase", [False, True, False]),
    ],
)
def test_the_sort_order_is_a_setting(order: SignatureOrder, taken: list[bool]) -> None:
    settings = Settings(signature_order=order)

    given = [CAPITALS_FIRST, NO_CASE, AS_SENT]

    assert [accepts(SECRET, MIXED, signature, settings) for signature in given] == taken


def with_query(value: str) -> str:
    return md5(f"{SECRET}actionuser.getStatsapiKey{KEY}query{value}")


VALUES = ["a b/ü", "a+b%2F%C3%BC", "a%20b/%C3%BC", "a%20b%2F%C3%BC", "a b/%C3%BC"]


@pytest.mark.parametrize(
    ("values", "taken"),
    [
        ("raw", [True, False, False, False, False]),
        ("encoded", [False, True, True, True, False]),
        ("either", [True, True, True, True, False]),
    ],
)
def test_the_encoding_of_values_is_a_setting(values: SignatureValues, taken: list[bool]) -> None:
    settings = Settings(signature_values=values)

    assert [accepts(SECRET, SPACED, with_query(value), settings) for value in VALUES] == taken


@pytest.mark.parametrize("order", ["either", "ascii", "ignorecase"])
@pytest.mark.parametrize("values", ["raw", "encoded", "either"])
def test_what_is_signed_under_a_setting_is_accepted_under_it(
    order: SignatureOrder, values: SignatureValues
) -> None:
    settings = Settings(signature_order=order, signature_values=values)
    params = {**MIXED, **SPACED}

    assert accepts(SECRET, params, sign(SECRET, params, settings), settings)


@given(secret=texts, params=dictionaries)
def test_signing_any_dictionary_and_verifying_it_agrees(
    secret: str, params: dict[str, str]
) -> None:
    for values in ("raw", "encoded", "either"):
        settings = Settings(signature_values=values)
        assert accepts(secret, params, sign(secret, params, settings), settings)


@given(params=dictionaries, name=texts, value=texts, added=st.text("xyz", min_size=1))
def test_a_changed_value_is_not_accepted(
    params: dict[str, str], name: str, value: str, added: str
) -> None:
    name = f"p{name}"
    signature = sign(SECRET, {**params, name: value})

    assert not accepts(SECRET, {**params, name: value + added}, signature, DEFAULT)


@given(params=dictionaries, given=texts)
def test_looking_for_the_slip_never_fails(params: dict[str, str], given: str) -> None:
    assert near_miss(Sent(SECRET, params, given, DEFAULT)) == ""
