"""44 explained: the text that should have been signed, and what was signed instead."""

from __future__ import annotations

from urllib.parse import quote, quote_plus

import pytest

from pytest_flipsnack.fake.signing import md5
from tests.fake.world import KEY, SECRET, World, raw, shows_no_secret

# In the order sent; empty values, spaces and non-ASCII letters included.
SENT = {
    "collectionHash": "fxh4k89",
    "title": "Ünï çødé & more",
    "action": "collection.update",
    "apiKey": KEY,
    "query": "",
    "description": "",
}
NAMES = sorted(SENT)
PLAIN = "".join(name + SENT[name] for name in NAMES)
EXPECTED = (
    "the MD5 of (secret)actioncollection.updateapiKey***collectionHashfxh4k89descriptionquery"
    "titleÜnï çødé & more"
)


def joined(values: dict[str, str], joint: str = "", between: str = "") -> str:
    return between.join(f"{name}{joint}{values[name]}" for name in sorted(values))


def told(signed_text: str, settings: dict[str, object] | None = None) -> list[str]:
    """Return the explanation of a request signed with the MD5 of some text."""
    world = World(settings or {})
    signature = md5(signed_text)
    assert world.code(raw({**SENT, "signature": signature})) == 44
    [complaint] = world.complaints
    assert shows_no_secret(complaint, signature)
    return complaint.split("\n")


def encoded(way: object) -> dict[str, str]:
    return {name: way(value) for name, value in SENT.items()}  # type: ignore[operator]


SLIPS = {
    "the secret was put at the end instead of the beginning": [PLAIN + SECRET],
    "the secret was left out": [PLAIN],
    "the API key was used as the secret": [KEY + PLAIN],
    "the parameters were signed in the order sent, not sorted by name": [
        SECRET + "".join(name + value for name, value in SENT.items())
    ],
    "the values were signed URL-encoded, not raw": [
        SECRET + joined(encoded(quote_plus)),
        SECRET + joined(encoded(quote)),
        SECRET + joined({name: quote(value, safe="") for name, value in SENT.items()}),
    ],
    "separators were put between names and values": [
        SECRET + joined(SENT, "=", "&"),
        SECRET + "&" + joined(SENT, "=", "&"),
        SECRET + joined(SENT, "="),
        SECRET + joined(SENT, "", "&"),
        SECRET + "&" + joined(SENT, "", "&"),
    ],
    "only the values were signed, without the names": [
        SECRET + "".join(SENT[name] for name in NAMES)
    ],
    "the parameters were sorted by value, not by name": [
        SECRET + "".join(name + value for name, value in sorted(SENT.items(), key=lambda kv: kv[1]))
    ],
    "the parameters were sorted in reverse": [
        SECRET + "".join(name + SENT[name] for name in reversed(NAMES))
    ],
    "empty values were left out of the signed text": [
        SECRET + joined({name: value for name, value in SENT.items() if value})
    ],
    **{
        f"{left} was left out of the signed text": [
            SECRET + joined({name: value for name, value in SENT.items() if name != left})
        ]
        for left in SENT
    },
    "the text was encoded twice": [SECRET + PLAIN.encode().decode("latin-1")],
}


@pytest.mark.parametrize(
    ("slip", "text"), [(slip, text) for slip, texts in SLIPS.items() for text in texts]
)
def test_44_tells_what_was_signed_instead(slip: str, text: str) -> None:
    url = (
        "https://api.flipsnack.com/v1/?collectionHash=fxh4k89"
        "&title=%C3%9Cn%C3%AF+%C3%A7%C3%B8d%C3%A9+%26+more&action=collection.update&apiKey=***"
        "&query=&description=&signature=***"
    )
    assert told(text) == [
        "collection.update was refused with 44 Invalid signature, and the test did not expect 44",
        "    rule:     signature is the MD5 of the secret, then name and value of every parameter "
        "except signature and file, sorted by name; documented (API reference)",
        f"    sent:     GET {url}",
        f"    expected: {EXPECTED}",
        f"    hint:     {slip}",
        "    way out:  correct the request; or, if the test is about this refusal, "
        "call flipsnack.allow(44) before the request",
    ]


def test_44_gives_no_hint_where_no_usual_slip_fits() -> None:
    lines = told("something else entirely")

    assert [line.split(":")[0].strip() for line in lines[1:]] == [
        "rule",
        "sent",
        "expected",
        "way out",
    ]


def test_one_empty_value_left_out_is_told_as_such() -> None:
    sent = {"apiKey": KEY, "action": "collection.getList", "query": ""}
    world = World()
    signature = md5(SECRET + joined({name: value for name, value in sent.items() if value}))

    assert world.code(raw({**sent, "signature": signature})) == 44

    assert "    hint:     empty values were left out of the signed text" in world.complaints[0]


def test_44_names_raw_values_where_the_setting_asks_for_encoded_ones() -> None:
    lines = told(SECRET + PLAIN, {"signature_values": "encoded"})

    assert lines[3:5] == [
        "    expected: the MD5 of (secret)actioncollection.updateapiKey***collectionHashfxh4k89"
        "descriptionquerytitle%C3%9Cn%C3%AF+%C3%A7%C3%B8d%C3%A9+%26+more",
        "    hint:     the values were signed raw, not URL-encoded",
    ]


@pytest.mark.parametrize(
    ("order", "text", "hint"),
    [
        ("ascii", "action{a}apiKey{k}Zebra", "the names were sorted without regard to case"),
        ("ignorecase", "Zebraaction{a}apiKey{k}", "the names were sorted capitals first"),
    ],
)
def test_44_names_the_order_where_the_setting_is_strict(order: str, text: str, hint: str) -> None:
    world = World({"signature_order": order})
    signature = md5(SECRET + text.format(a="user.getStats", k=KEY))
    sent = {"Zebra": "", "action": "user.getStats", "apiKey": KEY, "signature": signature}

    assert world.code(raw(sent)) == 44

    assert f"    hint:     {hint}\n" in world.complaints[0]
