"""44 explained: the text that should have been signed, and what was signed instead."""

from __future__ import annotations

import hashlib

import pytest

from pytest_flipsnack.fake import near_misses
from pytest_flipsnack.fake.signing import md5
from tests.fake.slips import PLAIN, SENT, SLIPS, joined
from tests.fake.world import KEY, SECRET, World, form, get, part, raw, shows_no_secret, signed

EXPECTED = (
    "the MD5 of (secret)actioncollection.updateapiKey***collectionHashfxh4k89descriptionquery"
    "titleÜnï çødé & more"
)


def told(signed_text: str | bytes, settings: dict[str, object] | None = None) -> list[str]:
    """Return the explanation of a request signed with the MD5 of some text."""
    world = World(settings or {})
    content = signed_text if isinstance(signed_text, bytes) else signed_text.encode()
    signature = hashlib.md5(content).hexdigest()
    assert world.code(raw({**SENT, "signature": signature})) == 44
    [complaint] = world.complaints
    assert shows_no_secret(complaint, signature)
    return complaint.split("\n")


@pytest.mark.parametrize(
    ("slip", "text"), [(slip, text) for slip, texts in SLIPS.items() for text in texts]
)
def test_44_tells_what_was_signed_instead(slip: str, text: str | bytes) -> None:
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
        ("ignorecase", "Zebraaction{a}apiKey{k}", "the names were sorted upper case first"),
    ],
)
def test_44_names_the_order_where_the_setting_is_strict(order: str, text: str, hint: str) -> None:
    world = World({"signature_order": order})
    signature = md5(SECRET + text.format(a="user.getStats", k=KEY))
    sent = {"Zebra": "", "action": "user.getStats", "apiKey": KEY, "signature": signature}

    assert world.code(raw(sent)) == 44

    assert f"    hint:     {hint}\n" in world.complaints[0]


def hint_of(
    sent: dict[str, str], signed_as: dict[str, str] | str, world: World | None = None
) -> str:
    """Return the hint for a request that is signed as another, or as a text after the secret."""
    world = world or World()
    text = signed_as if isinstance(signed_as, str) else joined(signed_as)
    assert world.code(raw({**sent, "signature": md5(SECRET + text)})) == 44
    lines = world.complaints[-1].split("\n")
    return next((line[14:] for line in lines if line.startswith("    hint:     ")), "")


EMBED = {"action": "collection.getEmbed", "apiKey": KEY, "collectionHash": "a", "startPage": "1"}


@pytest.mark.parametrize(
    ("signed_as", "sent_as"),
    [
        ("True", "true"),
        ("True", "1"),
        ("true", "True"),
        ("true", "1"),
        ("1", "true"),
        ("False", "false"),
        ("false", "0"),
        ("None", ""),
        ("", "None"),
        ("null", "None"),
    ],
)
def test_44_names_a_value_that_is_spelt_otherwise_where_it_is_sent(
    signed_as: str, sent_as: str
) -> None:
    hint = hint_of({**EMBED, "https": sent_as}, {**EMBED, "https": signed_as})
    assert hint == f"https was signed as {signed_as!r} and sent as {sent_as!r}"


def test_44_names_the_first_of_two_values_that_are_spelt_otherwise() -> None:
    sent = {**EMBED, "https": "true", "responsive": "false"}
    hint = hint_of(sent, {**sent, "https": "True", "responsive": "False"})
    assert hint == "https was signed as 'True' and sent as 'true'"


OLD = (
    "an earlier signature was signed with the parameters; sign them before signature is among them"
)


def test_44_names_an_earlier_signature_in_the_signed_text() -> None:
    world = World()
    first = get("collection.getList", query="a")
    world.reply(first)
    sent = {"action": "user.getStats", "apiKey": KEY}
    kept = {**sent, "signature": first.params["signature"]}
    assert hint_of(sent, kept, world) == OLD


def test_44_names_the_signature_of_the_same_request_in_the_signed_text() -> None:
    sent = {"action": "user.getStats", "apiKey": KEY}
    assert hint_of(sent, signed(sent)) == OLD


def test_44_names_a_signed_file() -> None:
    world = World()
    params = {"action": "collection.create", "apiKey": KEY}
    signature = md5(SECRET + joined({**params, "file": "book.pdf"}))
    assert world.code(form({**params, "signature": signature}, [part()])) == 44
    assert "    hint:     file was signed as well; it is left out\n" in world.complaints[0]


def test_44_names_names_that_were_sorted_with_their_values() -> None:
    sent = {"action": "user.getStats", "apiKey": KEY, "from": "z", "fromPage": "b"}
    text = "".join(sorted(name + value for name, value in sent.items()))
    hint = "the parameters were sorted by name and value in one, not by name"
    assert hint_of(sent, text) == hint


def test_44_names_windows_letters() -> None:
    sent = {"action": "user.getStats", "apiKey": KEY, "query": "5 €"}
    world = World()
    signature = hashlib.md5((SECRET + joined(sent)).encode("cp1252")).hexdigest()
    assert world.code(raw({**sent, "signature": signature})) == 44
    hint = "the text was signed as Windows writes it (cp1252), not in UTF-8"
    assert f"    hint:     {hint}\n" in world.complaints[0]


def test_an_action_that_nobody_knows_has_no_parameters_that_are_not_sent() -> None:
    sent = near_misses.Sent(SECRET, {"action": "x"}, "0", World().fake.account.settings)
    assert near_misses.near_miss(sent) == ""


@pytest.mark.parametrize(
    ("many", "length", "hashed"), [(10_000, 10, 0), (60, 100_000, 11_000_000), (9, 10, 1_000_000)]
)
def test_a_hint_costs_no_more_however_long_the_request_is(
    monkeypatch: pytest.MonkeyPatch, many: int, length: int, hashed: int
) -> None:
    counted: list[int] = []
    digest = near_misses._digest

    def counting(text: str | bytes) -> str:
        counted.append(len(text))
        return digest(text)

    monkeypatch.setattr(near_misses, "_digest", counting)
    more = {f"p{number}": "x" * length for number in range(many)}
    world = World()
    sent = {"action": "user.getStats", "apiKey": KEY, "signature": "0" * 32, **more}
    assert world.code(raw(sent)) == 44
    assert sum(counted) <= hashed
    assert len(world.complaints[0]) < 10_000
