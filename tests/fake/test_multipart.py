"""A form is taken apart as other readers do, in whatever pieces it comes."""

from __future__ import annotations

import io
import re
from typing import IO, Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import encode_multipart_formdata
from werkzeug.formparser import MultiPartParser

from pytest_flipsnack.fake.multipart import Form, FormReader

KIND = "multipart/form-data; boundary=b"
NEARLY = [
    *(
        b"",
        b"\n",
        b"\r",
        b"\r\n",
        b"--",
        b"-",
        b"b",
        b"--b",
        b"\n--",
        b"\r\n--",
        b"--bb",
        b"\r\n--c",
    ),
    *(b"\r\n--bb\r\n", b" \t", b"%PDF-1.4", bytes(range(256))),
]
contents = st.lists(st.sampled_from(NEARLY) | st.binary(max_size=5), max_size=8).map(b"".join)
LINE = re.compile(rb"[\r\n]--b(--|[ \t\r\n])")


def is_apart(content: bytes) -> bool:
    """Return whether nothing in it is a boundary, for werkzeug after a bare "\\r" as well."""
    return LINE.search(b"\n" + content + b"\r\n") is None


fitting = contents.filter(is_apart)


def in_memory(**facts: object) -> IO[bytes]:
    return io.BytesIO()


def read(body: bytes, size: int, kind: str = KIND) -> Form:
    reader = FormReader(kind, io.BytesIO)
    for at in range(0, len(body), size):
        reader.feed(memoryview(body)[at : at + size])
    return reader.close()


@given(parts=st.lists(st.tuples(st.booleans(), fitting), max_size=5), size=st.integers(1, 60))
def test_a_form_is_read_as_werkzeug_reads_it(parts: list[tuple[bool, bytes]], size: int) -> None:
    fields = [
        (f"n{at}", (f"{at}.pdf", content, "application/pdf") if is_file else content)
        for at, (is_file, content) in enumerate(parts)
    ]
    body, _ = encode_multipart_formdata(fields, boundary="b")
    form, files = MultiPartParser(stream_factory=cast("Any", in_memory)).parse(
        io.BytesIO(body), b"b", len(body)
    )

    found = read(body, size)

    assert found.malformed == ""
    assert found.params == dict(form.items())
    assert [(one.field, one.file, one.filename) for one in found.uploads] == [
        (name, one.read(), one.filename) for name, one in files.items()
    ]
    assert [one.file for one in found.uploads] == [content for is_file, content in parts if is_file]


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    "body",
    [
        PART + b"--b--\r\n",
        PART + b"--b--",
        PART.replace(b"\r\n", b"\n") + b"--b--\n",
        b"what comes before\r\n" + PART + b"--b--",
        PART + b"--b--\r\nwhat comes after\r\n" + PART,
        PART.replace(b"--b", b"--b \t") + b"--b-- ",
    ],
    ids=["whole", "no last line", "line feeds", "preamble", "epilogue", "padding"],
)
def test_lines_may_end_and_forms_may_begin_otherwise(body: bytes, size: int) -> None:
    found = read(body, size)

    assert (found.malformed, found.params) == ("", {"a": "1"})


@pytest.mark.parametrize(
    "boundary", ["b", "a.*+?b", "-" * 68 + "b", "=_x/(y)", "B b"], ids=lambda boundary: boundary[:8]
)
def test_a_boundary_may_have_any_of_its_characters(boundary: str) -> None:
    body, _ = encode_multipart_formdata({"a": "1", "b": b"2"}, boundary=boundary)

    assert read(body, 5, f'multipart/form-data; boundary="{boundary}"').params == {
        "a": "1",
        "b": "2",
    }


@pytest.mark.parametrize(
    ("encoding", "content"),
    [("base64", b"JVBERi0xLjQ="), ("Quoted-Printable", b"%PDF=2D1.4"), ("binary", b"%PDF-1.4")],
)
def test_an_encoding_for_e_mails_is_undone(encoding: str, content: bytes) -> None:
    head = '--b\r\nContent-Disposition: form-data; name="file"\r\n'
    head += f"Content-Transfer-Encoding: {encoding}\r\n\r\n"

    [upload] = read(head.encode() + content + b"\r\n--b--", 9).uploads

    assert upload.file == b"%PDF-1.4"


def test_a_field_of_a_form_within_a_form_is_its_text() -> None:
    inner = b"--c\r\n\r\n1\r\n--c--"
    head = b"Content-Type: multipart/mixed; boundary=c\r\n\r\n"
    body = PART.partition(b"\r\n\r\n")[0] + b"\r\n" + head + inner + b"\r\n--b--"

    assert read(body, 11).params == {"a": inner.decode()}
