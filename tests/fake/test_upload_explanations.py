"""What the refusal of an upload says about the file."""

from __future__ import annotations

from urllib.parse import urlencode

from pytest_flipsnack.fake.request import parse
from tests.fake.broken_rules import JPG, two
from tests.fake.explaining import explanation
from tests.fake.world import SECRET, UPLOAD, World, form, part, pdf, signed, upload


def test_45_shows_how_the_file_begins() -> None:
    assert explanation(upload(b"once upon a time")) == [
        "collection.create was refused with 45 Invalid file format, and the test did not expect 45",
        "    rule:     an upload is of type pdf, jpg, png; documented (status code table, API reference, help centre)",
        "    sent:     POST https://upload.flipsnack.com/v1/ with <File file='book.pdf', 16 bytes>",
        "    expected: a file that begins like one of these types",
        "    hint:     16 bytes were sent, beginning b'once upon a '",
    ]


def test_36_shows_both_files() -> None:
    assert explanation(two("file", "more"))[1:] == [
        "    rule:     one file per upload request; documented (status code table, help centre)",
        "    sent:     POST https://upload.flipsnack.com/v1/ with "
        "<File file='book.pdf', 15 bytes>, <File more='second.pdf', 15 bytes>",
        "    expected: one file",
    ]


def test_34_tells_the_size_and_the_setting() -> None:
    lines = explanation(upload(JPG + b"0" * 1_540_000), World({"max_file_mb": 1}))

    assert lines[0].startswith("collection.create was refused with 34 File size too large, ")
    assert lines[3:] == [
        "    expected: at most 1 MB (setting max_file_mb)",
        "    hint:     1.5 MB were sent",
    ]


def test_35_tells_the_pages_and_the_setting() -> None:
    lines = explanation(upload(pdf(4)), World({"max_pages": 3}))

    assert (
        lines[1]
        == "    rule:     a document has a largest number of pages; documented (status code table)"
    )
    assert lines[3:] == [
        "    expected: at most 3 pages (setting max_pages)",
        "    hint:     4 pages were sent",
    ]


def test_a_part_with_the_secret_in_its_file_name_is_masked() -> None:
    params = signed({"action": "collection.create"})

    lines = explanation(form(params, [part(b"text", filename=f"{SECRET}.pdf")]))

    assert lines[2].endswith("with <File file='***.pdf', 4 bytes>")


def test_an_empty_upload_was_probably_read_before() -> None:
    assert explanation(upload(b""))[-1] == (
        "    hint:     0 bytes were sent; the file was already read: reopen or rewind it"
    )


def test_a_file_that_is_sent_as_text_is_no_upload() -> None:
    sent = signed({"action": "collection.create"}) | {"file": "document.pdf"}
    body = urlencode(sent)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    lines = explanation(parse("POST", UPLOAD, kind, body))

    assert lines[0].startswith("collection.create was refused with 30 Missing mandatory parameter")
    assert lines[-1] == ("    hint:     file was sent as text, not as a file of a multipart form")
