"""A request that cannot be read is a bad request with a reason, and never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

from pytest_flipsnack.fake import multipart
from pytest_flipsnack.fake.request import parse
from tests.fake.test_request import DISPOSITION, part, posted
from tests.fake.world import UPLOAD


class Stumbling:
    """A file that fails as it is read."""

    def read(self) -> bytes:
        raise OSError("the disk is gone")


def stumbling() -> Iterator[bytes]:
    yield b"a="
    raise RuntimeError("out of pages")


FORM = "multipart/form-data; boundary=b"
FEW = [f"--b\r\n{DISPOSITION}name=file\r\n\r\n%PDF-"]
CANNOT = "the multipart body cannot be read: "


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"{}", "application/json", "the body is application/json, Flipsnack reads multipart/form-data"),
        (b"x", b"Text/Plain; a=b", "the body is text/plain, Flipsnack reads multipart/form-data"),
        (Stumbling(), None, "the body cannot be read: the disk is gone"),
        (stumbling(), None, "the body cannot be read: out of pages"),
        ([1], None, "the body cannot be read: 'int' object is not iterable"),
        (b"--b\r\n", "multipart/form-data", f"{CANNOT}its Content-Type names no boundary"),
        (b"--\r\n", 'multipart/form-data; boundary=""', f"{CANNOT}its Content-Type names no boundary"),
        (b"once upon a time", FORM, f"{CANNOT}its boundary is not in it"),
        (b"--bc\r\n--b", FORM, f"{CANNOT}its boundary is not in it"),
        (f"--b\r\n{DISPOSITION}name=a\r\n\r\n1", FORM, f"{CANNOT}it ends before its closing boundary"),
        (f"--b\r\n{DISPOSITION}name=a\r\n", FORM, f"{CANNOT}it ends before its closing boundary"),
        (b"--b\r\n" + b"a: b\r\n" * 20_000, FORM, f"{CANNOT}the headers of a part do not end"),
        # the parser of the standard library itself stumbles over this one
        (part(), "multipart/form-data; \xff00*", f"{CANNOT}string index out of range"),
        (part("Content-Type: text/plain"), FORM, "a part of the multipart body has no name"),
        (chain(FEW, stumbling()), FORM, "the body cannot be read: out of pages"),
    ],
)  # fmt: skip
def test_a_body_that_cannot_be_read_says_why(
    body: Any, content_type: str | bytes | None, reason: str
) -> None:
    assert posted(body, content_type).malformed == reason


def test_a_url_that_cannot_be_read_says_why() -> None:
    request = parse("GET", "https://[api.flipsnack.com/v1", {}, None)

    assert request.malformed == "the URL cannot be read: Invalid IPv6 URL"
    assert (request.host, request.path, request.action) == ("", "", None)


class Endless:
    """A body that calls itself again."""

    def read(self) -> bytes:
        return self.read()


def test_a_client_that_calls_itself_again_and_again_is_not_taken_for_a_bad_request() -> None:
    with pytest.raises(RecursionError):
        parse("POST", UPLOAD, {}, Endless())  # type: ignore[arg-type]


def test_nor_is_one_that_runs_out_of_calls_while_its_form_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def give_up(*args: object) -> None:
        raise RecursionError

    monkeypatch.setattr(multipart.FormReader, "feed", give_up)
    with pytest.raises(RecursionError):
        parse("POST", UPLOAD, {"Content-Type": "multipart/form-data; boundary=x"}, b"x")
