"""A request is read whatever library wrote it, and one that cannot be read says why."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import urllib3

from pytest_flipsnack.fake.addresses import FLIPSNACK_URL
from pytest_flipsnack.fake.request import UNKNOWN_S, Request, parse
from pytest_flipsnack.fake.uploads import File
from tests.fake.world import API, PDF, UPLOAD

FIELDS = {"action": "collection.create", "title": "Ünï çødé", "description": ""}
NAME = "Büch & Co.pdf"


def posted(body: Any, content_type: str | bytes | None = None, url: str = UPLOAD) -> Request:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return parse("POST", url, headers, body)


def files(request: Request) -> list[File]:
    return [upload.file for upload in request.uploads]


def from_requests() -> Request:
    files = {"file": (NAME, io.BytesIO(PDF), "application/pdf")}
    made = requests.Request("POST", UPLOAD, data=FIELDS, files=files).prepare()
    return parse("POST", str(made.url), made.headers, made.body)


def from_httpx() -> Request:
    files = {"file": (NAME, io.BytesIO(PDF), "application/pdf")}
    made = httpx.Request("POST", UPLOAD, data=FIELDS, files=files)
    return parse("POST", str(made.url), made.headers, made.read())


def from_httpx_in_chunks() -> Request:
    files = {"file": (NAME, io.BytesIO(PDF), "application/pdf")}
    made = httpx.Request("POST", UPLOAD, data=FIELDS, files=files)
    assert isinstance(made.stream, httpx.SyncByteStream)
    return parse("POST", str(made.url), made.headers, made.stream)


def from_urllib3() -> Request:
    fields: list[tuple[str, Any]] = [*FIELDS.items(), ("file", (NAME, PDF, "application/pdf"))]
    body, content_type = urllib3.encode_multipart_formdata(fields)
    return posted(body, content_type)


@pytest.mark.parametrize(
    "request_", [from_requests(), from_httpx(), from_httpx_in_chunks(), from_urllib3()]
)
def test_a_form_is_read_whatever_library_wrote_it(request_: Request) -> None:
    assert request_.malformed == ""
    assert request_.params == FIELDS
    [upload] = files(request_)
    assert (upload, upload.field, upload.filename) == (PDF, "file", NAME)
    assert upload.content_type == "application/pdf"
    assert repr(upload) == "<File file='Büch & Co.pdf', 15 bytes>"


class Reader:
    """A file whose content can be read and not iterated over, as MultipartEncoder is."""

    def __init__(self, content: bytes | str) -> None:
        self._content = content

    def read(self) -> bytes | str:
        return self._content


def chunks(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 7):
        yield content[start : start + 7]


FORM, FORM_TYPE = urllib3.encode_multipart_formdata([("title", "T"), ("file", ("a.pdf", PDF))])


@pytest.mark.parametrize(
    "body",
    [
        FORM,
        bytearray(FORM),
        memoryview(FORM),
        FORM.decode(),
        io.BytesIO(FORM),
        io.StringIO(FORM.decode(), newline=""),
        Reader(FORM),
        Reader(FORM.decode()),
        chunks(FORM),
        [FORM[:50], FORM[50:].decode()],
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_body_is_read_however_it_comes(body: Any) -> None:
    request = posted(body, FORM_TYPE)

    assert (request.malformed, request.params, files(request)) == ("", {"title": "T"}, [PDF])


def test_query_and_form_are_read_together_and_the_form_wins() -> None:
    request = posted(b"title=form&a=1", "application/x-www-form-urlencoded", f"{UPLOAD}?title=q&b=")

    assert request.params == {"title": "form", "a": "1", "b": ""}


@pytest.mark.parametrize("content_type", [None, "", "Application/X-WWW-Form-UrlEncoded; x=y"])
def test_a_body_without_a_type_is_a_form(content_type: str | None) -> None:
    assert posted("title=%C3%9C+b", content_type).params == {"title": "Ü b"}


@pytest.mark.parametrize("body", [None, b"", "", [], iter(()), io.BytesIO()])
def test_an_empty_body_is_no_slip_whatever_its_type(body: Any) -> None:
    request = posted(body, "application/json")

    assert (request.malformed, request.params, request.uploads) == ("", {}, [])


@pytest.mark.parametrize("form", [b"--b--\r\n", b"--b--", b"\r\n--b--\r\n"])
def test_a_form_without_fields_is_a_form(form: bytes) -> None:
    request = posted(form, "multipart/form-data; boundary=b", f"{UPLOAD}?title=T")

    assert (request.malformed, request.params) == ("", {"title": "T"})


def test_the_body_of_a_get_is_not_read() -> None:
    body = (str(1 // count) for count in (1, 0))

    request = parse("get", f"{API}?a=1", {"Content-Type": "application/json"}, body)

    assert (request.method, request.malformed, request.params) == ("GET", "", {"a": "1"})


def test_text_that_is_not_utf8_is_replaced() -> None:
    assert parse("GET", f"{API}?a=%ff", {}, None).params == {"a": "\ufffd"}
    assert posted(b"a=\xff").params == {"a": "\ufffd"}
    assert posted("a=\ud800").params == {"a": "?"}


def part(*headers: str, content: bytes = PDF) -> bytes:
    return "\r\n".join(["--b", *headers, "", ""]).encode() + content + b"\r\n--b--\r\n"


def form(*headers: str, content: bytes = PDF) -> Request:
    return posted(part(*headers, content=content), "multipart/form-data; boundary=b")


DISPOSITION = "Content-Disposition: form-data; "


def test_a_file_keeps_every_byte() -> None:
    content = bytes(range(256)) + b"\r\n--c\r\n\n\r"

    request = form(f'{DISPOSITION}name="file"; filename="a.bin"', content=content)

    assert (request.malformed, files(request)) == ("", [content])


@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed; boundary=c", "text/plain"])
def test_an_upload_is_not_taken_apart(kind: str) -> None:
    content = b"Subject: x\r\n\r\n--c\r\n\r\ny\r\n--c--"

    request = form(
        f'{DISPOSITION}name="file"; filename="a"', f"Content-Type: {kind}", content=content
    )

    assert (request.malformed, files(request)) == ("", [content])


def test_a_part_named_file_is_an_upload_without_a_file_name_too() -> None:
    [upload] = files(form(f'{DISPOSITION}name="file"'))

    assert (upload, upload.filename) == (PDF, None)


def test_a_part_with_a_file_name_is_an_upload_whatever_its_name() -> None:
    [upload] = files(form(f'{DISPOSITION}name="Büch"; filename="Ünï.pdf"'))

    assert (upload.field, upload.filename) == ("Büch", "Ünï.pdf")


def test_of_two_uploads_of_a_name_the_first_is_kept_in_files() -> None:
    parts = [("file", ("1", b"1")), ("file", ("2", b"2")), ("more", ("3", b"3"))]
    request = posted(*urllib3.encode_multipart_formdata(parts))

    assert request.files == {"file": b"1", "more": b"3"}
    assert [*request.files] == ["more", "file"]
    assert (
        repr(request.files)
        == "{'more': <File more='3', 1 bytes>, 'file': <File file='1', 1 bytes>}"
    )


@pytest.mark.parametrize(
    ("url", "host", "expected"),
    [
        ("https://API.Flipsnack.com:443/v1/", None, ("api.flipsnack.com", "/v1/", True)),
        ("http://127.0.0.1:5000/v1", "api.flipsnack.com", ("api.flipsnack.com", "/v1", True)),
        ("/v1/?a=1", None, ("", "/v1/", True)),
        ("https://api.flipsnack.com/v2", None, ("api.flipsnack.com", "/v2", False)),
        ("https://api.flipsnack.com", None, ("api.flipsnack.com", "", False)),
    ],
)
def test_host_and_path_are_read_from_the_url(
    url: str, host: str | None, expected: tuple[str, str, bool]
) -> None:
    request = parse("GET", url, {}, None, host)

    assert (request.host, request.path, request.right_path) == expected


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("https://api.flipsnack.com/v1/", True),
        ("http://UPLOAD.flipsnack.com", True),
        ("https://flipsnack.com?x", True),
        ("https://player.flipsnack.com:443/", True),
        ("https://flipsnack.com.example.org/", False),
        ("https://notflipsnack.com/", False),
        ("https://example.org/?u=https://api.flipsnack.com/", False),
        ("ftp://api.flipsnack.com/", False),
    ],
)
def test_flipsnacks_own_urls_are_told_from_others(url: str, ours: bool) -> None:
    assert (FLIPSNACK_URL.match(url) is not None) is ours


def test_a_timeout_is_unknown_until_a_transport_tells_it() -> None:
    assert parse("GET", API, {}, None).timeout_s == UNKNOWN_S
