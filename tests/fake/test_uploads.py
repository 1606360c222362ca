"""An upload costs little more than itself, and its pages are counted where that is soon done."""

from __future__ import annotations

import builtins
import io
import logging
import os
import tracemalloc
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import Any

import httpx
import pypdf
import pytest
import requests

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.fake import documents
from pytest_flipsnack.fake.documents import page_count
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.uploads import Upload
from tests.fake.world import KEY, PDF, SECRET, UPLOAD, World, pdf, signed, upload

SIZE = 20_000_000
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
LARGE = b"%PDF-1.4\n" + os.urandom(SIZE)
FORM = {"Content-Type": "multipart/form-data; boundary=b"}
END = b"\nstartxref\n%d\n%%%%EOF\n"


def peak(act: Callable[[], object]) -> float:
    """Return the most memory that was held at once, in sizes of the large file."""
    World().reply(upload(pdf(1)))  # whatever is imported with the first is not counted
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1] / SIZE
    finally:
        tracemalloc.stop()


def pieces(*parts: bytes) -> Iterator[bytes]:
    for part in parts:
        view = memoryview(part)
        yield from (bytes(view[at : at + 65_536]) for at in range(0, len(view), 65_536))


def through_requests() -> None:
    fields = signed({"action": "collection.create"})
    answer = requests.post(UPLOAD, data=fields, files={"file": ("a.pdf", LARGE)}, timeout=5)
    assert answer.json()["code"] == 20


def through_httpx() -> None:
    fields = signed({"action": "collection.create"})
    answer = httpx.post(UPLOAD, data=fields, files={"file": ("a.pdf", LARGE)}, timeout=5)
    assert answer.json()["code"] == 20


@pytest.mark.parametrize("send", [through_requests, through_httpx])
def test_a_large_upload_is_read_and_judged_in_three_times_its_size(send: Any) -> None:
    with Flipsnack(KEY, SECRET) as flipsnack:
        assert peak(send) < 3
        [call] = flipsnack.calls
        assert call.files["file"] == LARGE


def test_a_body_that_comes_in_pieces_is_held_once() -> None:
    body = pieces(HEAD, LARGE, b"\r\n--b--\r\n")
    found: list[Request] = []

    assert peak(lambda: found.append(parse("POST", UPLOAD, FORM, body))) < 1.3
    assert len(found[0].uploads[0]) == len(LARGE)


def test_a_part_goes_to_where_the_transport_keeps_it() -> None:
    body = pieces(HEAD, LARGE, b"\r\n--b--\r\n")
    found: list[Request] = []

    def read() -> None:
        found.append(parse("POST", UPLOAD, FORM, body, keep=TemporaryFile))

    assert peak(read) < 0.1
    [kept] = found[0].uploads
    assert (kept.head[:9], len(kept), kept.file == LARGE) == (LARGE[:9], len(LARGE), True)
    found[0].close()
    assert kept.content.closed


def test_a_fake_that_runs_for_long_keeps_no_files() -> None:
    fake = Fake("key-1", "secret-1", Settings(), lambda: 0.0, keep=1000)
    for _ in range(10):
        fake.answer(upload())

    assert [call.action for call in fake.calls] == ["collection.create"] * 10
    assert not any(call.files for call in fake.calls)


def in_memory(content: bytes) -> Upload:
    return Upload("file", "a.pdf", "application/pdf", io.BytesIO(content))


@pytest.mark.parametrize("pages", [1, 7])
def test_the_pages_of_a_pdf_are_counted(pages: int) -> None:
    assert page_count(in_memory(pdf(pages))) == pages


def test_so_are_those_of_one_that_is_packed_and_encrypted() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(3)))
    writer.encrypt("", algorithm="RC4-128")
    written = io.BytesIO()
    writer.write(written)

    assert page_count(in_memory(written.getvalue())) == 3


def test_a_table_that_is_a_little_wrong_is_mended() -> None:
    assert page_count(in_memory(pdf(2).replace(b"startxref\n", b"startxref\n1"))) == 2


@pytest.mark.parametrize(
    "content",
    [
        PDF + bytes(5000),
        pdf(2)[:-10],
        pdf(2)[:-10] + b"%%EOF",
        END % 9 + b"%PDF-1.4" + bytes(3000),
        b"\x89PNG\r\n\x1a\n" + END % 9,
    ],
    ids=["no end", "cut", "cut within", "an end elsewhere", "another type"],
)
def test_no_pages_are_counted_in_what_is_no_whole_pdf(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr(pypdf, "PdfReader", read.append)

    assert page_count(in_memory(content)) is None
    assert read == []


@pytest.mark.parametrize(
    ("most", "value"), [("_MOST_READS", 20), ("_MOST_BYTES", 100)], ids=["reads", "bytes"]
)
def test_reading_a_pdf_ends(most: str, value: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_SMALL", 0)  # small ones are remembered
    assert page_count(in_memory(pdf(2))) == 2
    monkeypatch.setattr(documents, most, value)

    assert page_count(in_memory(pdf(2))) is None


@pytest.mark.parametrize("unit", [b"1 0 obj\n", b"trailer\n<<", b"endobj\n"])
def test_a_large_file_is_not_searched_for_the_objects_of_a_broken_pdf(
    unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    content = in_memory(b"%PDF-1.4\n" + unit * 600_000 + END % 5)
    read = documents._Bounded.read

    def counting(this: Any, size: int = -1) -> bytes:
        got = read(this, size)
        sizes.append(len(got))
        return got

    monkeypatch.setattr(documents._Bounded, "read", counting)

    assert page_count(content) is None
    assert 0 < sum(sizes) < 100_000


def test_without_a_reader_no_pages_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def hidden(name: str, *args: Any) -> Any:
        if name == "pypdf":
            raise ImportError(name)
        return real(name, *args)

    monkeypatch.setattr(builtins, "__import__", hidden)

    assert page_count(in_memory(pdf(2))) is None


def test_what_the_reader_says_is_not_in_the_log_of_the_test(
    caplog: pytest.LogCaptureFixture,
) -> None:
    level = logging.getLogger("pypdf").level

    page_count(in_memory(pdf(2).replace(b"startxref\n", b"startxref\n1")))

    assert caplog.records == []
    assert logging.getLogger("pypdf").level == level


def test_a_document_with_more_pages_than_allowed_is_refused_however_large() -> None:
    assert World({"max_pages": 1999}).code(upload(pdf(2000))) == 35
    assert World({"max_pages": 2000}).code(upload(pdf(2000))) == 20
