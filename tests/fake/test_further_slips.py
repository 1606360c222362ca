"""A request that breaks several rules is told of all of them, and of none twice."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.fake.signing import sign
from tests.fake.broken_rules import posted, tampered, two
from tests.fake.world import (
    API,
    HASH,
    KEY,
    SECRET,
    UPLOAD,
    World,
    get,
    raw,
    shows_no_secret,
    signed,
    with_query,
)

STATS = {"action": "user.getStats"}


def sent(method: str = "GET", base: str = API, **params: str) -> Request:
    """Return a call with exactly these parameters."""
    return parse(method, with_query(base, params), {}, None)


def slips(request: Request, **settings: object) -> list[str]:
    """Return the code and the rule of everything that a request is told."""
    world = World(settings)
    world.reply(request)
    refusal = world.fake.calls[-1].refusal
    assert refusal is not None
    return [f"{slip.code.value} {slip.rule}" for slip in refusal.slips]


def test_five_slips_are_one_finding() -> None:
    world = World()
    five = {"apiKey": "another", "action": "collection.update", "collectionhash": HASH}

    assert world.code(sent("POST", UPLOAD, **five, signature="0" * 32)) == 41

    [text] = world.fake.findings()
    assert shows_no_secret(text)
    assert text == (
        "collection.update was refused with 41 Invalid credentials, "
        "and the test did not expect 41\n"
        "    rule:     apiKey must be the key of an account; "
        "documented (status code table, API reference)\n"
        "    sent:     POST https://upload.flipsnack.com/v1/?apiKey=***"
        "&action=collection.update&collectionhash=fxh4k89&signature=***\n"
        "    expected: flipsnack.api_key (or the key of the fixture flipsnack_credentials)\n"
        "    hint:     a key of 7 characters was sent; a client that was made at import, or for "
        "several tests, takes its key from flipsnack_credentials, or give the fake the client's: "
        "flipsnack_api_key and flipsnack_secret in the configuration\n"
        "    also:     40 Bad request: uploads are POST, every other call is GET\n"
        "              expected: GET for collection.update\n"
        "    also:     40 Bad request: uploads go to upload.flipsnack.com, "
        "every other call to api.flipsnack.com\n"
        "              expected: https://api.flipsnack.com/v1 for collection.update\n"
        "    also:     44 Invalid signature: signature is the MD5 of the secret, then name and "
        "value of every parameter except signature and file, sorted by name\n"
        "              expected: the MD5 of (secret)actioncollection.updateapiKeyanother"
        "collectionhashfxh4k89\n"
        "    also:     30 Missing mandatory parameter: collection.update needs collectionHash\n"
        "              expected: a parameter collectionHash; "
        "hint: collectionhash was sent; is it meant to be collectionHash?\n"
        "    way out:  correct the request; or, if the test is about this refusal, "
        "call flipsnack.allow(41) before the request"
    )


def but(name: str, value: str | None, *, called: str = "", **params: str) -> Request:
    """Return a right request, but for one parameter that is sent otherwise than it was signed."""
    whole = signed({**STATS, **params})
    del whole[name]
    return sent(**whole, **({} if value is None else {called or name: value}))


WRONG_VERB = "40 uploads are POST, every other call is GET"
COMMON = "30 every request needs apiKey, signature and action;"
WRONG_KEY = "41 apiKey must be the key of an account"
WRONG_SIGNATURE = (
    "44 signature is the MD5 of the secret, then name and value of every parameter except "
    "signature and file, sorted by name"
)
IN_BODY = {"Content-Type": "multipart/form-data"}


@pytest.mark.parametrize(
    ("request_", "slip"),
    [
        (but("signature", None), f"{COMMON} signature is missing"),
        (but("apiKey", None), f"{COMMON} apiKey is missing"),
        (but("apiKey", KEY, called="apikey"), f"{COMMON} apiKey is missing"),
        (but("action", "user.getStats", called="Action"), f"{COMMON} action is missing"),
        (
            but("action", "user.getstats"),
            "42 action must be a method of the API, not 'user.getstats'",
        ),
        (but("apiKey", "another"), WRONG_KEY),
        (raw(signed({**STATS, "apiKey": "another"})), WRONG_KEY),
        (
            get("user.getStats", "https://www.flipsnack.com/v1/"),
            "40 an invalid URL is a bad request",
        ),
        (
            posted("application/json", b'{"title": "T"}'),
            "40 a request that is incorrectly formatted is a bad request",
        ),
        (
            parse("POST", UPLOAD, IN_BODY, b"--x\r\n"),
            "40 a request that is incorrectly formatted is a bad request",
        ),
        (
            parse(
                "GET", with_query(UPLOAD, signed({"action": "collection.create"})), IN_BODY, b"x"
            ),
            WRONG_VERB,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_follows_from_a_slip_is_no_slip_of_its_own(request_: Request, slip: str) -> None:
    assert slips(request_) == [slip]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            sent(),
            [f"{COMMON} {name} is missing" for name in ("apiKey", "signature", "action")],
        ),
        (tampered(apiKey="another"), [WRONG_KEY, WRONG_SIGNATURE]),
        (
            but("apiKey", "another", title="T", called="apikey"),
            [f"{COMMON} apiKey is missing", WRONG_KEY],
        ),
        (
            but("action", "user.getStat", called="Action"),
            [
                f"{COMMON} action is missing",
                "42 action must be a method of the API, not 'user.getStat'",
            ],
        ),
        (
            sent(**{**STATS, "apikey": KEY, "signature": "0" * 32}),
            [f"{COMMON} apiKey is missing", WRONG_SIGNATURE],
        ),
        (
            sent("POST", f"{API}v2", **signed({"action": "collection.updat", "title": "T"})),
            [
                "40 an invalid URL is a bad request",
                "42 action must be a method of the API, not 'collection.updat'",
                WRONG_VERB,
                "30 collection.update needs collectionHash",
            ],
        ),
        (
            sent("POST", **signed({"Action": "collection.getEmbed"})),
            [
                f"{COMMON} action is missing",
                WRONG_VERB,
                "30 collection.getEmbed needs collectionHash",
            ],
        ),
        (
            sent("POST", **signed({"action": "buy"})),
            ["42 action must be a method of the API, not 'buy'"],
        ),
        (
            sent("GET", UPLOAD, **signed({"action": "flipbook.add"})),
            [WRONG_VERB, "30 flipbook.add needs collectionHash"],
        ),
        (
            sent("POST", UPLOAD, **signed({"action": "flipbook.add"})),
            ["30 flipbook.add needs collectionHash", "30 flipbook.add needs file or fileUrl"],
        ),
    ],
)
def test_slips_that_do_not_follow_from_each_other_are_all_told(
    request_: Request, expected: list[str]
) -> None:
    assert slips(request_) == expected


def test_files_are_judged_one_by_one() -> None:
    request = two("file", "file")
    request.uploads[1] = replace(request.uploads[1], content=io.BytesIO(b"a text"))

    assert slips(request, max_file_mb=1) == [
        "36 one file per upload request",
        "45 an upload is of type pdf, jpg, png",
    ]


def test_files_of_a_body_that_cannot_be_read_are_not_judged() -> None:
    request = two("file", "file")
    request.malformed = "the body is cut"

    assert slips(request) == ["40 a request that is incorrectly formatted is a bad request"]


def test_an_unchecked_signature_is_no_slip() -> None:
    assert slips(tampered(apiKey="another"), check_signature=False) == [WRONG_KEY]


def test_a_further_slip_that_the_test_is_about_is_left_out() -> None:
    world = World()
    world.fake.allow((44,))

    assert world.code(tampered(apiKey="another")) == 41

    [text] = world.complaints
    assert "41 Invalid credentials" in text
    assert "also:" not in text


def test_a_refusal_that_the_test_is_about_names_no_further_slip() -> None:
    world = World()
    world.fake.respond((41,), None, None)

    assert world.code(tampered(apiKey="another")) == 41
    assert world.fake.findings() == []


def test_the_secret_in_a_refused_request_is_told_as_well() -> None:
    world = World()
    whole = {"apiKey": KEY, **STATS, "token": SECRET}

    assert world.code(sent("POST", **whole, signature=sign(SECRET, whole))) == 40

    [text] = world.complaints
    assert shows_no_secret(text)
    assert text.splitlines()[-3:-1] == [
        "    also:     user.getStats was sent with the secret itself, as the parameter token",
        "              rule: the secret signs a request and is never sent with it; documented "
        "(API reference); way out: take it out of the parameters",
    ]


def test_the_secret_as_the_key_is_told_once() -> None:
    world = World()

    assert world.code(raw(signed({**STATS, "apiKey": SECRET}))) == 41

    [text] = world.complaints
    assert "also:" not in text
    assert "hint:     the secret was sent as the API key" in text
