"""The table of rules under test: what breaks each one alone, and what mends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import sign
from tests.fake.world import (
    API,
    HASH,
    KEY,
    PDF,
    SECRET,
    UPLOAD,
    World,
    form,
    get,
    part,
    pdf,
    raw,
    signed,
    upload,
    with_query,
)

Step = Callable[[World], object]


def nothing(world: World) -> None:
    """Leave the account as it is."""


@dataclass(frozen=True)
class Case:
    """A request that breaks a rule and nothing else.

    `before` brings the account to where the request breaks the rule. `mended` is the same
    request put right; where it is left out, `mend` puts the account right.
    """

    rule: str
    name: str
    code: int
    broken: Request
    mended: Request | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    before: Step = nothing
    mend: Step = nothing

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def seeded(hash: str = HASH, **how: object) -> Step:
    return lambda world: world.fake.account.collections.add(hash, **how)  # type: ignore[arg-type]


def asked(times: int) -> Step:
    return lambda world: [world.ask("user.getStats") for _ in range(times)]


def created(times: int) -> Step:
    return lambda world: [world.create() for _ in range(times)]


def passes(seconds: float) -> Step:
    return lambda world: world.clock.pass_(seconds)


def change(**values: object) -> Step:
    def apply(world: World) -> None:
        for name, value in values.items():
            setattr(world.fake.account.collections[HASH], name, value)

    return apply


def configure(**settings: object) -> Step:
    return lambda world: world.fake.configure(settings)


def posted(content_type: str, body: bytes) -> Request:
    """Return an upload by URL, all of it in the query, with some body."""
    url = with_query(UPLOAD, signed({"action": "collection.create", "fileUrl": "https://x.test/a"}))
    return parse("POST", url, {"Content-Type": content_type}, body)


def keyed(key: str) -> Request:
    return raw(signed({"action": "user.getStats", "apiKey": key}))


def tampered(signature: str = "0" * 32, **params: str) -> Request:
    return raw({**signed({"action": "user.getStats", **params}), "signature": signature})


def two(first: str, second: str) -> Request:
    """Return an upload of two files."""
    params = signed({"action": "collection.create"})
    return form(params, [part(name=first), part(name=second, filename="second.pdf")])


def large(size: int) -> bytes:
    """Return so many bytes that begin like a PDF."""
    return PDF + b"0" * (size - len(PDF))


def forgotten(world: World) -> None:
    world.fake.account.collections.clear()


def lacking(action: Action) -> list[Case]:
    """Return a case for each parameter that an action cannot do without."""
    base, method = UPLOAD if action.upload else API, action.verb or "GET"
    whole = {name: SAMPLES[name] for name in action.required} | (BY_URL if action.one_of else {})
    mended = get(action.name, base, method, **whole)
    cases = []
    for left in whole:
        rest = {name: value for name, value in whole.items() if name != left}
        broken = get(action.name, base, method, **rest)
        cases.append(Case("required", f"{action.name} without {left}", 30, broken, mended))
    return cases


SAMPLES = {
    "collectionHash": HASH,
    "flipbookHash": "b1",
    "sourceHash": "s1",
    "products": "[]",
    "productsSKU": "[]",
}
BY_URL = {"fileUrl": "https://x.test/a.pdf"}
ACTION = {"action": "user.getStats"}
STATS = get("user.getStats")
UPDATE = get("collection.update", collectionHash=HASH, title="T")
DOWNLOAD = get("collection.downloadHTML", collectionHash=HASH)
READ = get("collection.getCollection", collectionHash=HASH)
JPG, PNG = b"\xff\xd8\xff\xe0 a photograph", b"\x89PNG\r\n\x1a\n a picture"
PDF_ONLY, SMALL = {"file_types": "pdf"}, {"max_file_mb": 1}
ENCODED = raw(signed({**ACTION, "query": "a b"}, Settings(signature_values="encoded")))
# "a" comes before "Z" only where case is ignored
MIXED_CASE = raw(signed({**ACTION, "Zebra": "1"}, Settings(signature_order="ignorecase")))

REQUEST_CASES = [
    Case("malformed", "a JSON body", 40, posted("application/json", b"{}"), posted("", b"")),
    Case(
        "malformed",
        "a form without its boundary",
        40,
        posted("multipart/form-data", b"--x\r\n"),
        posted("application/x-www-form-urlencoded", b""),
    ),
    *(
        Case("url", repr(path), 40, get("user.getStats", f"https://api.flipsnack.com{path}"), STATS)
        for path in ("/v2/", "/", "", "/v1//", "/V1", "/v1/index.php")
    ),
    Case("common", "no apiKey", 30, raw({**ACTION, "signature": sign(SECRET, ACTION)}), STATS),
    Case("common", "no signature", 30, raw({**ACTION, "apiKey": KEY}), STATS),
    Case("common", "no action", 30, raw(signed({})), STATS),
    Case("key", "another key", 41, keyed("another key"), STATS),
    Case("key", "an empty key", 41, keyed(""), STATS),
    Case("key", "white space", 41, keyed(f" {KEY}"), STATS),
    Case("key", "the secret", 41, keyed(SECRET), STATS),
    Case("action", "unknown", 42, get("user.getstats"), STATS),
    Case("action", "empty", 42, get(""), STATS),
    Case("verb", "a GET that uploads", 40, get("collection.create", UPLOAD, **BY_URL), upload()),
    *(
        Case("verb", f"a {verb} that does not", 40, get("user.getStats", method=verb), STATS)
        for verb in ("POST", "HEAD", "PUT", "DELETE", "NONSENSE")
    ),
    Case("host", "an upload to the API", 40, upload(base=API), upload()),
    Case("host", "a call to the upload host", 40, get("user.getStats", UPLOAD), STATS),
    Case("signature", "none of this request", 44, tampered(), STATS),
    Case("signature", "empty", 44, tampered(""), STATS),
    Case("signature", "unchecked", 44, tampered(), mend=configure(check_signature=False)),
    Case(
        "signature",
        "of another order",
        44,
        MIXED_CASE,
        settings={"signature_order": "ascii"},
        mend=configure(signature_order="either"),
    ),
    Case("signature", "of other values", 44, ENCODED, mend=configure(signature_values="either")),
    *(case for action in ACTIONS.values() for case in lacking(action)),
    Case("files", "two of a name", 36, two("file", "file"), upload()),
    Case("files", "two names", 36, two("file", "more"), upload()),
    Case("format", "a text", 45, upload(b"once upon a time"), upload()),
    Case("format", "nothing", 45, upload(b""), upload()),
    Case("format", "a late header", 45, upload(b" " * 1024 + PDF), upload(b" " * 1019 + PDF)),
    Case("format", "a JPG", 45, upload(JPG), None, PDF_ONLY, mend=configure(file_types="pdf jpg")),
    Case("format", "a PNG", 45, upload(PNG), None, PDF_ONLY, mend=configure(file_types="pdf png")),
    Case("format", "a PDF", 45, upload(), upload(JPG), {"file_types": "jpg"}),
    Case("size", "a byte too many", 34, upload(large(1_000_001)), upload(large(1_000_000)), SMALL),
    Case(
        "size",
        "no limit",
        34,
        upload(large(1_000_001)),
        settings=SMALL,
        mend=configure(max_file_mb=0),
    ),
    Case("pages", "a page too many", 35, upload(pdf(4)), upload(pdf(3)), {"max_pages": 3}),
    Case(
        "pages",
        "no limit",
        35,
        upload(pdf(4)),
        settings={"max_pages": 3},
        mend=configure(max_pages=0),
    ),
]

ACCOUNT_CASES = [
    Case(
        "second",
        "the sixth within a second",
        31,
        STATS,
        settings={"requests_per_second": 5},
        before=asked(5),
        mend=passes(1),
    ),
    Case(
        "minute",
        "the third within a minute",
        32,
        STATS,
        settings={"requests_per_minute": 2},
        before=asked(2),
        mend=passes(60),
    ),
    Case(
        "month",
        "the third upload",
        33,
        upload(),
        settings={"uploads_per_month": 2},
        before=created(2),
        mend=configure(uploads_per_month=3),
    ),
    Case("hash", "unknown", 46, READ, before=seeded("another"), mend=seeded()),
    Case("hash", "unknown", 47, READ, None, {"unknown_hash": 47}, seeded("another"), seeded()),
    Case("hash", "forgotten", 46, READ, before=forgotten, mend=seeded()),
    Case("hash", "empty", 46, get("collection.getCollection", collectionHash=""), READ),
    Case("owner", "deleted", 43, READ, None, {}, seeded(deleted=True), change(deleted=False)),
    Case("owner", "foreign", 43, READ, None, {}, seeded(foreign=True), change(foreign=False)),
    Case("processing", "update", 38, UPDATE, None, {}, seeded(processing_s=3), passes(3)),
    Case("processing", "download", 38, DOWNLOAD, None, {}, seeded(processing_s=3), passes(3)),
]
