"""Key, secret and signatures stay out of every text the plugin writes."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest

from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.masking import is_unmistakable, mask, one_line
from pytest_flipsnack.fake.request import Request
from tests.fake.broken_rules import ACCOUNT_CASES, REQUEST_CASES, Case, posted, seeded
from tests.fake.world import (
    KEY,
    SECRET,
    World,
    get,
    raw,
    shows_no_secret,
    signed,
    spellings,
    upload,
)


@pytest.mark.parametrize("spelling", spellings(SECRET))
def test_a_secret_is_masked_in_any_spelling(spelling: str) -> None:
    assert mask(f"before {spelling} after {spelling}", [KEY, SECRET]) == "before *** after ***"


def test_a_secret_half_encoded_is_masked() -> None:
    assert mask("the%20secret/of+%c3%9Cnit%2Btests", [SECRET]) == "***"


def test_a_secret_that_contains_another_is_masked_whole() -> None:
    assert mask("k3y-5678-more", ["k3y-5678", "k3y-5678-more"]) == "***"


def test_every_secret_is_masked() -> None:
    assert mask(f"{KEY}:{SECRET}", [KEY, SECRET]) == "***:***"


@pytest.mark.parametrize(
    "word", ["", "key", "secret", "s3cr3t", "password", "my-secret", "secret_key", "Our Secret."]
)
def test_a_credential_that_may_be_an_ordinary_word_masks_no_text(word: str) -> None:
    assert not is_unmistakable(word)
    assert mask(f"an {word} of words", [word]) == f"an {word} of words"


@pytest.mark.parametrize(
    "credential",
    ["s3cr3t-x", "12345678", "a/b+c=de", "test-secret-8b1e4a06", "ABCDEFGHIJKLMNOPQRST"],
)
def test_a_credential_that_is_no_word_is_masked(credential: str) -> None:
    assert is_unmistakable(credential)
    assert mask(f"an {credential} of words", [credential]) == "an *** of words"


def test_characters_of_patterns_are_taken_as_they_are() -> None:
    assert mask("a.c+(d.e and abccd.e", ["a.c+(d.e"]) == "*** and abccd.e"


@pytest.mark.parametrize("name", ["apiKey", "APIKEY", "api_key", "api-key", "signature", "secret"])
@pytest.mark.parametrize("end", ["", "&action=x", " (read timeout)", "'", '"', ">", ")", "\n"])
def test_a_credential_in_a_url_is_masked_whatever_its_value(name: str, end: str) -> None:
    url = f"https://api.flipsnack.com/v1/?{name}="

    assert mask(f"{url}any%20thing{end}") == f"{url}***{end}"


def test_an_empty_credential_stays_visible_as_such() -> None:
    assert mask("?apiKey=&signature=") == "?apiKey=&signature="


def test_other_parameters_stay_readable() -> None:
    text = "https://api.flipsnack.com/v1/?action=user.getStats&title=a+b"

    assert mask(text, [KEY, SECRET]) == text


def test_a_lone_surrogate_in_a_secret_is_masked_too() -> None:
    assert mask("abcd\ud800efgh", ["abcd\ud800efgh"]) == "***"


@pytest.mark.parametrize("case", REQUEST_CASES + ACCOUNT_CASES, ids=str)
def test_no_refusal_shows_a_secret(case: Case) -> None:
    world = World(case.settings)
    case.before(world)

    world.reply(case.broken)

    call = world.fake.calls[-1]
    assert call.refusal is not None
    signatures = [text for text in [case.broken.params.get("signature")] if text]
    for text in [str(call.refusal.explain(None)), *world.fake.findings()]:
        assert shows_no_secret(text, *signatures)


def misplaced(hidden: str) -> list[Request]:
    """Return requests that carry a credential where none belongs."""
    whole = signed({"action": "user.getStats"})
    named = upload(b"a text")
    named.uploads[0].filename = f"{hidden}.pdf"
    return [
        named,
        get(hidden),
        get("user.getStats", method="POST", title=hidden),
        get("user.getStats", f"https://api.flipsnack.com/{quote(hidden)}"),
        get("user.getStats", f"https://api.flipsnack.com/{quote_plus(hidden)}"),
        get("collection.getCollection", collectionHash=hidden),
        raw({**whole, hidden: "1", "signature": "0" * 32}),
        raw({**whole, "action": f"x{hidden}x"}),
        raw({**whole, "apiKey": f"{hidden}0"}),
        upload(b"a text", action=hidden),
        posted(f"text/{hidden}", b"{}"),
    ]


@pytest.mark.parametrize("number", range(len(misplaced(KEY))))
@pytest.mark.parametrize("hidden", [KEY, SECRET], ids=["key", "secret"])
def test_a_credential_in_the_wrong_place_is_not_shown(hidden: str, number: int) -> None:
    request = misplaced(hidden)[number]
    world = World()
    seeded(f"{hidden}!")(world)

    world.reply(request)

    [text] = world.fake.findings()
    assert shows_no_secret(text, request.params.get("signature", "none"))


def test_a_complaint_is_masked_and_kept_once() -> None:
    world = World()

    for _ in range(2):
        text = f"GET https://api.flipsnack.com/v1/?apiKey=x failed with {SECRET}"
        world.fake.report(Finding(text))

    assert world.fake.findings() == [
        "GET https://api.flipsnack.com/v1/?apiKey=*** failed with ***",
    ]


def test_a_text_about_a_client_is_masked_with_its_signatures_too() -> None:
    world = World()
    signature = signed({"action": "user.getStats"})["signature"]
    world.ask("user.getStats")

    assert world.fake.masked(f"{KEY} {SECRET} sent {signature}") == "*** *** sent ***"


AWKWARD = "s3cret \"of'<é>&\\/\n\U0001f511"


@pytest.mark.parametrize(
    "escaped",
    [
        repr(AWKWARD),
        ascii(AWKWARD),
        json.dumps(AWKWARD),
        json.dumps(AWKWARD, ensure_ascii=False),
        json.dumps(AWKWARD).replace("/", "\\/").replace("\\u00e9", "\\u00E9"),
        html.escape(AWKWARD),
        AWKWARD.encode("ascii", "xmlcharrefreplace").decode(),
        html.escape(AWKWARD).replace("&#x27;", "&#39;"),
    ],
    ids=["repr", "ascii", "json", "json-unicode", "json-php", "html", "xml", "html-decimal"],
)
def test_a_secret_is_masked_as_repr_json_and_html_escape_it(escaped: str) -> None:
    masked = mask(f"<<{escaped}>>", [AWKWARD])

    assert masked.replace('"', "").replace("'", "") == "<<***>>"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a\\nb"),
        ("a\r\x1b[31m", "a\\r\\x1b[31m"),
        ("a\u2028b\x85", "a\\u2028b\\x85"),
        ("grün 🔑", "grün 🔑"),
    ],
)
def test_one_line_is_one_line(text: str, shown: str) -> None:
    assert one_line(text) == shown
