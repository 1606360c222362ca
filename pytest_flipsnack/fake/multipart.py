"""The form of an upload, read piece by piece."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from email import policy
from email.headerregistry import HeaderRegistry
from email.message import Message
from email.parser import BytesHeaderParser
from functools import lru_cache
from typing import IO, Any

from pytest_flipsnack.fake.uploads import Keep, Upload


@lru_cache(maxsize=256)
def _parsed_header(name: str, value: str) -> Any:
    """Return a parsed header; `email` asks for each several times, and a client repeats its own."""
    return _HEADERS(name, value)


_HEADERS = HeaderRegistry()
_PARSER = BytesHeaderParser(policy=policy.HTTP.clone(header_factory=_parsed_header))
_HEAD_ENDS = re.compile(rb"\n\r?\n")
_MOST_HEAD = 65_536
_MOST_PADDING = 64
_ENCODED = {"base64", "quoted-printable"}
_CANNOT = "the multipart body cannot be read:"


@dataclass(slots=True)
class _Part:
    """A part that is being read."""

    name: str
    headers: Message
    content: IO[bytes]
    is_file: bool

    def decode(self) -> None:
        """Undo an encoding for e-mails, which few clients use and some servers read."""
        if self.headers.get("Content-Transfer-Encoding", "").lower() in _ENCODED:
            self.content.seek(0)
            self.headers.set_payload(self.content.read().decode("latin-1"))
            content = self.headers.get_payload(decode=True)
            assert isinstance(content, bytes)
            self.content.seek(0)
            self.content.truncate()
            self.content.write(content)


@dataclass(slots=True)
class Form:
    """The fields and files of a form; `malformed` says why it cannot be read, or is empty."""

    params: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    malformed: str = ""


class FormReader:
    """Reads a form in pieces of any size, and holds no more of it than one piece.

    A file goes to what `keep` makes for it. The parts are told apart here, in one way whatever is
    installed; their headers are read by `email`.
    """

    def __init__(self, content_type: str, keep: Keep) -> None:
        self.form = Form()
        self._keep = keep
        self._part: _Part | None = None
        self._in_head = self._done = False
        head = b"Content-Type: " + content_type.encode("latin-1", "replace")
        boundary = _PARSER.parsebytes(head).get_boundary()
        if not boundary:
            self._stop(f"{_CANNOT} its Content-Type names no boundary")
            boundary = ""
        # a line of its own; the search is as fast as for plain text, as it begins with one
        line = b"\n--" + boundary.encode("utf-8", "surrogateescape")
        self._line = re.compile(re.escape(line) + rb"(?:(--)|[ \t]{0,%d}\r?\n)" % _MOST_PADDING)
        self._held = len(line) + _MOST_PADDING + 4  # the longest beginning of a line, and "\r"
        self._rest = b"\n"  # the first line needs none before it

    def feed(self, piece: bytes | memoryview) -> None:
        """Read on."""
        data = self._rest + piece
        at: int | None = 0
        while at is not None and not self._done:
            at = self._read_head(data, at) if self._in_head else self._read_content(data, at)

    def close(self) -> Form:
        """Return what has been read."""
        if not self._done:
            begun = self._in_head or self._part is not None
            why = "it ends before its closing boundary" if begun else "its boundary is not in it"
            self._stop(f"{_CANNOT} {why}")
        return self.form

    def _read_content(self, data: bytes, at: int) -> int | None:
        """Read to the next boundary; return where its line ends, None where it is yet to come."""
        found = self._line.search(data, at)
        if found is None:
            end = max(at, len(data) - self._held)
            self._rest = data[end:]
        else:
            end = found.start()
            end -= end > at and data[end - 1 : end] == b"\r"
        if self._part is not None:
            self._part.content.write(memoryview(data)[at:end])
        if found is None:
            return None
        self._end_part()
        self._done, self._in_head = found[1] is not None, True
        return found.end() - 1  # the head of the next part may be nothing but an empty line

    def _read_head(self, data: bytes, at: int) -> int | None:
        """Read the headers of a part; return where they end, None where that is yet to come."""
        found = _HEAD_ENDS.search(data, at)
        if found is None:
            self._rest = data[at:]
            if len(self._rest) > _MOST_HEAD:
                self._stop(f"{_CANNOT} the headers of a part do not end")
            return None
        headers = _PARSER.parsebytes(data[at + 1 : found.end()])
        name = headers.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            self._stop("a part of the multipart body has no name")
            return None
        name, filename = _utf8(name), headers.get_filename()
        is_file = filename is not None or name == "file"
        content = self._keep() if is_file else io.BytesIO()
        self._part, self._in_head = _Part(name, headers, content, is_file), False
        if is_file:
            shown = None if filename is None else _utf8(filename)
            kind = headers.get_content_type()
            self.form.uploads.append(Upload(name, shown, kind, content))
        return found.end()

    def _end_part(self) -> None:
        part = self._part
        if part is None:
            return
        part.decode()
        if not part.is_file:
            part.content.seek(0)
            self.form.params[part.name] = part.content.read().decode("utf-8", "replace")

    def _stop(self, malformed: str) -> None:
        self._done, self.form.malformed = True, malformed


def _utf8(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
