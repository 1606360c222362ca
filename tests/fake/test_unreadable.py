"""A request that cannot be read is a bad request with a reason, and never a crash."""

from __future__ import annotations

from collections.abc import Iterator
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


CANNOT = "the multipart body cannot be read: "


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"{}", "application/json", "the body is application/json, Flipsnack reads multipart/form-data"),
        (b"x", b"Text/Plain; a=b", "the body is text/plain, Flipsnack reads multipart/form-data"),
        (Stumbling(), None, "the body cannot be read: the disk is gone"),
        (stumbling(), None, "the body cannot be read: out of pages"),
        ([1], None, "the body cannot be read: 'int' object is not iterable"),
        (
            b"--b\r\n",
            "multipart/form-data",
            f"{CANNOT}NoBoundaryInMultipartDefect, MultipartInvariantViolationDefect",
        ),
        (
            b"once upon a time",
            "multipart/form-data; boundary=b",
            f"{CANNOT}StartBoundaryNotFoundDefect, MultipartInvariantViolationDefect",
        ),
        (
            f"--b\r\n{DISPOSITION}name=a\r\n\r\n1",
            "multipart/form-data; boundary=b",
            f"{CANNOT}CloseBoundaryNotFoundDefect",
        ),
        # the parser of the standard library itself stumbles over this one
        (part(), "multipart/form-data; \xff00*", f"{CANNOT}string index out of range"),
        (
            part("Content-Type: text/plain"),
            "multipart/form-data; boundary=b",
            "a part of the multipart body has no name",
        ),
        (
            part(f'{DISPOSITION}name="a"', "Content-Type: multipart/form-data; boundary=c",
                 content=b"--c\r\n\r\n1\r\n--c--"),
            "multipart/form-data; boundary=b",
            "the part 'a' of the multipart body is a form itself",
        ),
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

    monkeypatch.setattr(multipart, "read", give_up)
    with pytest.raises(RecursionError):
        parse("POST", UPLOAD, {"Content-Type": "multipart/form-data; boundary=x"}, b"x")
