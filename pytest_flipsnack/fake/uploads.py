"""The files of an upload: how a form is read, and what kind of file it holds."""

from __future__ import annotations

from email import policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, Message
from email.parser import BytesFeedParser
from functools import lru_cache
from typing import Any

from pytest_flipsnack.fake.request import File, Request


@lru_cache(maxsize=256)
def _parsed_header(name: str, value: str) -> Any:
    """Return a parsed header; `email` asks for each several times, and a client repeats its own."""
    return _HEADERS(name, value)


_HEADERS = HeaderRegistry()
_POLICY = policy.HTTP.clone(header_factory=_parsed_header)


class _Message(EmailMessage):
    """A form, whose parts are taken as they are, be they e-mails or multipart themselves."""

    def get_content_maintype(self) -> str:
        return "multipart" if self.get_content_type() == "multipart/form-data" else "application"


def read_multipart(request: Request, content_type: str, content: bytes) -> None:
    """Read the fields and files of a form into a request; raise for hostile headers."""
    parser = BytesFeedParser(_Message, policy=_POLICY)
    parser.feed(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n")
    parser.feed(content)
    message = parser.close()
    if content.strip() == f"--{message.get_boundary()}--".encode("utf-8", "replace"):
        return  # a form without fields, as urllib3 and browsers write it
    if message.defects or not message.is_multipart():
        names = ", ".join(type(defect).__name__ for defect in message.defects) or "no boundary"
        request.malformed = f"the multipart body cannot be read: {names}"
        return
    assert isinstance(message, EmailMessage)
    for part in message.iter_parts():
        _read_part(request, part)


def _read_part(request: Request, part: Message) -> None:
    name = part.get_param("name", header="content-disposition")
    payload = part.get_payload(decode=True)
    if not isinstance(name, str):
        request.malformed = "a part of the multipart body has no name"
        return
    if not isinstance(payload, bytes):
        request.malformed = f"the part {name!r} of the multipart body is a form itself"
        return
    name = _utf8(name)
    filename = part.get_filename()
    if filename is None and name != "file":
        request.params[name] = payload.decode("utf-8", "replace")
    else:
        shown = None if filename is None else _utf8(filename)
        request.uploads.append(File(payload, name, shown, part.get_content_type()))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_HEADER_WITHIN = 1024  # readers accept a PDF header within the first kilobyte


def type_of(content: bytes) -> str | None:
    """Return `pdf`, `jpg` or `png`, or None for anything else."""
    if _BEGINNINGS["pdf"] in content[:_HEADER_WITHIN]:
        return "pdf"
    return next((name for name, start in _BEGINNINGS.items() if content.startswith(start)), None)


def page_count(content: bytes) -> int | None:
    """Return the pages of a PDF, or None where nobody can tell (no reader, not a whole PDF)."""
    if type_of(content) != "pdf":
        return None
    try:
        import io
        import logging

        from pypdf import PdfReader  # the extra `pdf`
    except ImportError:
        return None
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # its warnings would turn up in the log of the test
    try:
        return len(PdfReader(io.BytesIO(content)).pages)
    except Exception:  # any reader error means the pages cannot be counted, which refuses nothing
        return None
    finally:
        logger.setLevel(level)
