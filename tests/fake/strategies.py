"""Requests that no test author would think of, for Hypothesis."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.fake.request import Request, parse
from tests.fake.world import API, HASH, KEY, PDF, SECRET, UPLOAD, pdf, signed, with_query

METHODS = ["GET", "POST", "get", "Post", "HEAD", "PUT", "DELETE", "OPTIONS", "", "Ünï"]
DELETED, FOREIGN, YOUNG = "deleted", "foreign", "young"
PARAMETERS = [
    *("apiKey", "signature", "action", "file", "fileUrl", "format", "callback", "apikey", ""),
    *sorted({param.name for action in ACTIONS.values() for param in action.params}),
]
WORDS = [
    *("", "0", "-1", "1e308", "nan", "inf", "-inf", "9" * 400, "true", "public", "name", "desc"),
    *(
        KEY,
        SECRET,
        HASH,
        DELETED,
        FOREIGN,
        YOUNG,
        "\x00",
        "a&b=c",
        "%",
        "%zz",
        "%ff",
        "Ünï \U0001f4d6",
    ),
]
text = st.text(max_size=30)
words = st.sampled_from(WORDS) | text
names = st.sampled_from(PARAMETERS) | text
contents = st.binary(max_size=40) | st.sampled_from(
    [PDF, pdf(2), PDF[:6], b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"--b", b"--b--", b""]
)
methods = st.sampled_from(METHODS) | st.text(max_size=6)
params = st.dictionaries(names, words, max_size=6)
BASES = [
    *(API, API[:-1], UPLOAD, API.replace("https", "http"), "HTTPS://API.FLIPSNACK.COM/v1/"),
    *("https://flipsnack.com", "https://api.flipsnack.com:443/v1", "http://[", "http://[::1]/v1"),
    *("https://u:p@api.flipsnack.com/v1", "//api.flipsnack.com/v1", "/v1", "", "https://a\u2100b/"),
    *("https://api.flipsnack.com/v1;x", "https://api.flipsnack.com/v1/#", "https://x:port/v1/"),
]
bases = st.sampled_from(BASES) | text

CONTENT_TYPES: list[str | bytes] = [
    *(
        "multipart/form-data; boundary=b",
        'Multipart/Form-Data; boundary="b"',
        "multipart/form-data",
    ),
    *(
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary*=utf-8''b",
        "multipart/mixed",
    ),
    *("multipart/form-data; boundary=b; boundary=c", "multipart/form-data; boundary=Ünï", ""),
    *("multipart/form-data; boundary=b\r\nX: y", "multipart/form-data;;;=;", "text/plain", ";"),
    *("application/x-www-form-urlencoded; charset=latin-1", "application/json", "\ud800"),
    *(b"multipart/form-data; boundary=b", b"multipart/form-data; boundary=\xff", b"\xff"),
]
content_types = st.sampled_from(CONTENT_TYPES) | text | st.binary(max_size=20)
HEADERS = [
    *(b'Content-Disposition: form-data; name="file"; filename="b.pdf"',),
    *(b'Content-Disposition: form-data; name="action"', b"Content-Disposition: form-data"),
    *(b"content-disposition: form-data; name=title", b"Content-Disposition:", b"X", b":", b""),
    *(b"Content-Disposition: form-data; name*=utf-8''%C3%BC", b"Content-Type: application/pdf"),
    *(b"Content-Disposition: form-data; name*0=a; name*1=b", b"Content-Type: message/rfc822"),
    *(b'Content-Disposition: form-data; name="\xff\xfe"; filename="\xfc"', b"Content-Type: \xff"),
    *(b'Content-Disposition: form-data; name="=?utf-8?q?=FF?="', b"MIME-Version: 0"),
    *(b"Content-Disposition: ;;;=", b'Content-Disposition: form-data; name="', b" folded"),
    *(b"Content-Disposition: form-data; name=a; filename*=x'y'%zz", b"Content-Type: a/b/c; =;"),
    *(
        b"Content-Type: multipart/mixed; boundary=c",
        b"Content-Type: multipart/form-data; boundary=b",
    ),
    *(b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: quoted-printable"),
    *(b"Content-Transfer-Encoding: x-uuencode", b"Content-Transfer-Encoding: \xff", b"From x"),
]
JOINTS = [b"\r\n--b\r\n", b"--b\r\n", b"\n--b\n", b"\r\n--b--\r\n", b"--b--", b"--c\r\n", b"\r\n"]
headers = st.lists(st.sampled_from(HEADERS), max_size=3).map(
    lambda lines: b"".join(line + b"\r\n" for line in lines) + b"\r\n"
)
assembled = st.lists(st.sampled_from(JOINTS) | headers | contents, max_size=9).map(
    lambda pieces: b"--b\r\n" + b"".join(pieces)
)
WHOLE = b"--b\r\n" + HEADERS[0] + b"\r\n\r\n" + PDF + b"\r\n--b--\r\n"


@st.composite
def spliced(draw: st.DrawFn) -> bytes:
    """A whole form, in which up to two pieces are replaced."""
    body = WHOLE
    for _ in range(draw(st.integers(0, 2))):
        start = draw(st.integers(0, len(body)))
        end = draw(st.integers(start, min(len(body), start + 9)))
        body = body[:start] + draw(st.binary(max_size=4) | st.sampled_from(JOINTS)) + body[end:]
    return body


class Stumbling:
    """A file that cannot be read."""

    def read(self) -> bytes:
        raise OSError("the disk is gone")


def queried(base: str, query: dict[str, str]) -> str:
    return f"{base}?{urlencode(query, errors='replace')}"


@st.composite
def calls(draw: st.DrawFn) -> Request:
    """Any method, URL, parameters, header and body."""
    url = queried(draw(bases), draw(params)) + draw(st.just("") | text)
    header = {"Content-Type": draw(content_types)} if draw(st.booleans()) else {}
    body = draw(
        st.none()
        | text
        | contents
        | contents.map(bytearray)
        | st.lists(text | contents, max_size=4)
        | st.sampled_from([Stumbling(), [3]])
    )
    return parse(draw(methods), url, header, body)  # type: ignore[arg-type]


@st.composite
def signed_calls(draw: st.DrawFn) -> Request:
    """A call with all that it must have, right but for the values of its parameters."""
    action = ACTIONS[draw(st.sampled_from(sorted(ACTIONS)))]
    own = st.sampled_from([param.name for param in action.params] or ["format"])
    given = draw(st.dictionaries(own, words, max_size=5)) | {
        name: draw(st.sampled_from([HASH, HASH, YOUNG, DELETED, FOREIGN]) | text)
        for name in action.required
    }
    if action.upload:
        given.setdefault("fileUrl", draw(words))
    base = UPLOAD if action.upload else API
    # what cannot travel in a URL is signed as it arrives
    sent = {name: value.encode("utf-8", "replace").decode() for name, value in given.items()}
    return parse(
        action.verb or draw(st.sampled_from(["GET", "POST"])),
        with_query(base, signed({"action": action.name, **sent})),
        {},
        None,
    )


@st.composite
def forms(draw: st.DrawFn) -> Request:
    """An upload as HTTP libraries write it, with any fields and files."""
    fields = draw(params | st.just({}))
    if draw(st.integers(0, 3)):
        action = draw(st.sampled_from([name for name, one in ACTIONS.items() if one.upload]))
        fields = signed(fields | {"action": action, "apiKey": KEY, "collectionHash": HASH})
    files = draw(st.lists(st.tuples(names, text, contents), max_size=2))
    if draw(st.integers(0, 2)):
        files = [("file", "book.pdf", draw(st.just(PDF) | contents))]
    parts = [(quote(name), (quote(filename), content)) for name, filename, content in files]
    plain = {
        name.encode("utf-8", "replace"): value.encode("utf-8", "replace")
        for name, value in fields.items()
    }
    body, kind = encode_multipart_formdata(
        [*((name.decode(), value) for name, value in plain.items()), *parts]
    )
    pieces = (
        [body] if draw(st.booleans()) else [body[at : at + 50] for at in range(0, len(body), 50)]
    )
    return parse("POST", UPLOAD, {"Content-Type": kind}, pieces)


@st.composite
def hostile_forms(draw: st.DrawFn) -> Request:
    """An upload whose body is made to trip the reader up."""
    query = signed({"action": "collection.create", "fileUrl": "https://x.test/a.pdf"})
    url = queried(UPLOAD, query if draw(st.integers(0, 3)) else draw(params))
    kind = draw(st.sampled_from(CONTENT_TYPES[:2]) | content_types)
    return parse("POST", url, {"Content-Type": kind}, draw(spliced() | assembled))
