"""The form of an upload, read as the parts of a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import policy
from email.headerregistry import HeaderRegistry
from email.message import EmailMessage, Message
from email.parser import BytesFeedParser
from functools import lru_cache
from typing import Any

from pytest_flipsnack.fake.uploads import File


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


@dataclass(slots=True)
class Form:
    """The fields and files of a form; `malformed` says why it cannot be read, or is empty."""

    params: dict[str, str] = field(default_factory=dict)
    uploads: list[File] = field(default_factory=list)
    malformed: str = ""


def read(content_type: str, content: bytes) -> Form:
    """Return what a form holds; raise for hostile headers."""
    form = Form()
    parser = BytesFeedParser(_Message, policy=_POLICY)
    parser.feed(b"Content-Type: " + content_type.encode("latin-1", "replace") + b"\r\n\r\n")
    parser.feed(content)
    message = parser.close()
    if content.strip() == f"--{message.get_boundary()}--".encode("utf-8", "replace"):
        return form  # a form without fields, as urllib3 and browsers write it
    if message.defects or not message.is_multipart():
        names = ", ".join(type(defect).__name__ for defect in message.defects) or "no boundary"
        form.malformed = f"the multipart body cannot be read: {names}"
        return form
    assert isinstance(message, EmailMessage)
    for part in message.iter_parts():
        _read_part(form, part)
    return form


def _read_part(form: Form, part: Message) -> None:
    name = part.get_param("name", header="content-disposition")
    payload = part.get_payload(decode=True)
    if not isinstance(name, str):
        form.malformed = "a part of the multipart body has no name"
        return
    if not isinstance(payload, bytes):
        form.malformed = f"the part {name!r} of the multipart body is a form itself"
        return
    name = _utf8(name)
    filename = part.get_filename()
    if filename is None and name != "file":
        form.params[name] = payload.decode("utf-8", "replace")
    else:
        shown = None if filename is None else _utf8(filename)
        form.uploads.append(File(payload, name, shown, part.get_content_type()))


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
