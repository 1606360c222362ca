"""A refusal tells what was sent, what was expected, and what to do; never a secret."""

from __future__ import annotations

import pytest

from pytest_flipsnack.fake.request import Request
from tests.fake.broken_rules import (
    BY_URL,
    READ,
    Step,
    keyed,
    nothing,
    posted,
    seeded,
    tampered,
)
from tests.fake.world import (
    KEY,
    SECRET,
    UPLOAD,
    World,
    get,
    raw,
    signed,
)

CURRENT_ACTIONS = (
    "collection.create, collection.getCollection, collection.update, collection.deleteCollection, "
    "collection.getEmbed, collection.getStats, collection.getList, collection.downloadHTML, "
    "user.getStats, zapier.getZapierLeadFormSample, products.create, products.update, "
    "products.delete"
)
WAY_OUT = "    way out: "
ALSO_44 = (
    "    also:     44 Invalid signature: signature is the MD5 of the secret, then name and value of "
    "every parameter except signature and file, sorted by name\n"
    "              expected: the MD5 of (secret)actionuser.getStatsapikey***\n"
)
ANY_REQUEST = "https://api.flipsnack.com/v1/?apiKey=***&action=user.getStats&signature=***"


def explanation(request: Request, before: Step = nothing, **settings: object) -> str:
    """Return the one text that a test with this request fails with."""
    world = World(settings)
    before(world)
    world.reply(request)
    [complaint] = world.fake.findings()
    return complaint


def told(head: str, rule: str, sent: str, expected: str, hint: str = "") -> str:
    """Return the text of a refusal; `head` is the action, the code and its message."""
    action, code, message = head.split(" ", 2)
    hint = f"    hint:     {hint}\n" if hint else ""
    return (
        f"{action} was refused with {code} {message}, and the test did not expect {code}\n"
        f"    rule:     {rule}\n"
        f"    sent:     {sent}\n"
        f"    expected: {expected}\n"
        f"{hint}"
        f"    way out:  correct the request; or, if the test is about this refusal, "
        f"call flipsnack.allow({code}) before the request"
    )


def test_a_wrong_signature_tells_the_text_that_should_have_been_signed() -> None:
    request = tampered(title="a b")

    assert explanation(request) == (
        "user.getStats was refused with 44 Invalid signature, and the test did not expect 44\n"
        "    rule:     signature is the MD5 of the secret, then name and value of every parameter "
        "except signature and file, sorted by name; documented (API reference)\n"
        "    sent:     GET https://api.flipsnack.com/v1/?apiKey=***&action=user.getStats&title=a+b"
        "&signature=***\n"
        "    expected: the MD5 of (secret)actionuser.getStatsapiKey***titlea b\n"
        "    way out:  correct the request; or, if the test is about this refusal, "
        "call flipsnack.allow(44) before the request"
    )


def test_a_request_without_action_is_told_as_such() -> None:
    assert explanation(raw(signed({}))) == told(
        "a 30 Missing mandatory parameter",
        "every request needs apiKey, signature and action; action is missing; "
        "documented (status code table, API reference)",
        "GET https://api.flipsnack.com/v1/?apiKey=***&signature=***",
        "a parameter action",
    ).replace("a was refused", "a request without action was refused", 1)


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            get("user.getStat"),
            told(
                "user.getStat 42 Invalid action",
                "action must be a method of the API, not 'user.getStat'; documented (status code table)",
                f"GET {ANY_REQUEST.replace('getStats', 'getStat')}",
                CURRENT_ACTIONS,
                "did you mean user.getStats?",
            ),
        ),
        (
            get("zzzzzz"),
            told(
                "zzzzzz 42 Invalid action",
                "action must be a method of the API, not 'zzzzzz'; documented (status code table)",
                f"GET {ANY_REQUEST.replace('user.getStats', 'zzzzzz')}",
                CURRENT_ACTIONS,
            ),
        ),
        (
            get("collection.update", colectionHash="h"),
            told(
                "collection.update 30 Missing mandatory parameter",
                "collection.update needs collectionHash; documented (API reference)",
                "GET https://api.flipsnack.com/v1/?apiKey=***&action=collection.update"
                "&colectionHash=h&signature=***",
                "a parameter collectionHash",
                "colectionHash was sent; is it meant to be collectionHash?",
            ),
        ),
        (
            get("collection.create", UPLOAD, "POST", fileURL="u"),
            told(
                "collection.create 30 Missing mandatory parameter",
                "collection.create needs file or fileUrl; documented (API reference)",
                "POST https://upload.flipsnack.com/v1/?apiKey=***&action=collection.create"
                "&fileURL=u&signature=***",
                "a parameter file or fileUrl",
                "fileURL was sent; is it meant to be file or fileUrl?",
            ),
        ),
        (
            raw({"apikey": KEY, "signature": "x", "action": "user.getStats"}),
            told(
                "user.getStats 30 Missing mandatory parameter",
                "every request needs apiKey, signature and action; apiKey is missing; "
                "documented (status code table, API reference)",
                "GET https://api.flipsnack.com/v1/?apikey=***&signature=***&action=user.getStats",
                "a parameter apiKey",
                "apikey was sent; is it meant to be apiKey?",
            ).replace(WAY_OUT, f"{ALSO_44}{WAY_OUT}"),
        ),
        *(
            (
                keyed(key),
                told(
                    "user.getStats 41 Invalid credentials",
                    "apiKey must be the key of an account; documented (status code table, API reference)",
                    f"GET {ANY_REQUEST}",
                    "flipsnack.api_key (or the key of the fixture flipsnack_credentials)",
                    hint,
                ),
            )
            for key, hint in (
                (
                    "another",
                    "a key of 7 characters was sent; a client that was made at import, or for "
                    "several tests, takes its key from flipsnack_credentials, or give the fake the "
                    "client's: flipsnack_api_key and flipsnack_secret in the configuration",
                ),
                (f"{KEY}\n", "the key has white space around it"),
                (
                    SECRET,
                    "the secret was sent as the API key; only Flipsnack and you may know it",
                ),
            )
        ),
        (
            get("user.getStats", method="POST"),
            told(
                "user.getStats 40 Bad request",
                "uploads are POST, every other call is GET; documented (status code table)",
                f"POST {ANY_REQUEST}",
                "GET for user.getStats",
            ),
        ),
        (
            get("collection.create", UPLOAD, **BY_URL),
            told(
                "collection.create 40 Bad request",
                "uploads are POST, every other call is GET; documented (status code table)",
                "GET https://upload.flipsnack.com/v1/?apiKey=***&action=collection.create"
                "&fileUrl=https%3A%2F%2Fx.test%2Fa.pdf&signature=***",
                "POST for collection.create",
            ),
        ),
        (
            get("user.getStats", UPLOAD),
            told(
                "user.getStats 40 Bad request",
                "uploads go to upload.flipsnack.com, every other call to api.flipsnack.com; "
                "documented (status code table, API reference)",
                f"GET {ANY_REQUEST.replace('api.', 'upload.')}",
                "https://api.flipsnack.com/v1 for user.getStats",
            ),
        ),
        (
            get("user.getStats", "https://api.flipsnack.com/v2/"),
            told(
                "user.getStats 40 Bad request",
                "an invalid URL is a bad request; documented (status code table)",
                f"GET {ANY_REQUEST.replace('v1', 'v2')}",
                "https://api.flipsnack.com/v1 or https://upload.flipsnack.com/v1",
            ),
        ),
        (
            posted("application/json", b"{}"),
            told(
                "collection.create 40 Bad request",
                "a request that is incorrectly formatted is a bad request; documented (status code table)",
                "POST https://upload.flipsnack.com/v1/?apiKey=***&action=collection.create"
                "&fileUrl=https%3A%2F%2Fx.test%2Fa&signature=***",
                "a readable request; the body is application/json, "
                "Flipsnack reads multipart/form-data",
            ),
        ),
    ],
    ids=lambda value: value.splitlines()[0] if isinstance(value, str) else "",
)
def test_a_refusal_is_explained(request_: Request, expected: str) -> None:
    assert explanation(request_) == expected


@pytest.mark.parametrize(
    ("held", "known", "hint"),
    [
        ("fxh4k80", "fxh4k80", "did you mean fxh4k80?"),
        ("another", "another", ""),
    ],
)
def test_an_unknown_hash_tells_the_nearest(held: str, known: str, hint: str) -> None:
    assert explanation(READ, seeded(held)) == told(
        "collection.getCollection 46 Invalid flipbook hash",
        "there must be a flipbook 'fxh4k89'; documented (status code table)",
        "GET https://api.flipsnack.com/v1/?apiKey=***&action=collection.getCollection"
        "&collectionHash=fxh4k89&signature=***",
        f"one of flipsnack.collections: {known}",
        hint,
    )


def test_an_account_without_collections_says_so() -> None:
    lines = explanation(READ, lambda world: world.fake.account.collections.clear()).splitlines()

    assert lines[3] == "    expected: one of flipsnack.collections: (none)"


def test_a_long_url_is_cut_where_its_secrets_are_masked() -> None:
    sent = explanation(get("user.getStats", method="POST", x="y" * 400)).splitlines()[2]

    assert (
        sent == f"    sent:     POST {ANY_REQUEST.partition('&sig')[0]}&x=".ljust(319, "y") + "..."
    )
