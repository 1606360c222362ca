"""What kind of file an upload is, and how many pages it has."""

from __future__ import annotations

import logging
import os
import re
from functools import lru_cache
from io import BytesIO
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_flipsnack.fake.uploads import Upload


def _pdf() -> bytes:
    """Return a PDF of one empty page, with a stream of bytes that are no text in any encoding."""
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] /Contents 4 0 R >>",
        b"<< /Length 256 >>\nstream\n" + bytes(range(256)) + b"\nendstream",
    )
    made = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    places: list[int] = []
    for number, body in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + trailer


PDF = _pdf()
"""A document for tests of uploads."""
_BEGINNINGS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
_TAIL = 2048  # readers look for the end of a PDF within its last kilobyte
_END = re.compile(rb"startxref\s+\d+\s+%%EOF")
_SMALL = 65_536  # bytes
_MOST_READS = 200_000
_MOST_BYTES = 2_000_000


def type_of(upload: Upload) -> str | None:
    """Return `pdf`, `jpg` or `png`, or None for anything else."""
    if _BEGINNINGS["pdf"] in upload.head:  # readers accept a header within the first kilobyte
        return "pdf"
    return next((n for n, start in _BEGINNINGS.items() if upload.head.startswith(start)), None)


def page_count(upload: Upload) -> int | None:
    """Return the pages of a PDF, or None where nobody can tell.

    That is where there is no reader, or no whole PDF, or one that takes long to read.
    """
    if type_of(upload) != "pdf" or not _ends_like_a_pdf(upload):
        return None
    try:
        from pypdf import PdfReader  # the extra `pdf`
    except ImportError:
        return None
    if len(upload) > _SMALL:
        return _count(upload.content, PdfReader)
    upload.content.seek(0)
    return _count_small(upload.content.read(), PdfReader)


@lru_cache(maxsize=8)
def _count_small(content: bytes, reader: Any) -> int | None:
    """Remember small documents, which tests send over and over again."""
    return _count(BytesIO(content), reader)


def _count(content: IO[bytes], reader: Any) -> int | None:
    logger = logging.getLogger("pypdf")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)  # its warnings would turn up in the log of the test
    try:
        root: Any = reader(_Bounded(content)).trailer["/Root"]
        # the number that the root of the pages holds: going through all pages takes seconds
        return int(root["/Pages"]["/Count"])
    except Exception:  # any reader error means the pages cannot be counted, which refuses nothing
        return None
    finally:
        logger.setLevel(level)


def _ends_like_a_pdf(upload: Upload) -> bool:
    """Return whether it has an end, without which a reader would search all of it for objects."""
    upload.content.seek(max(0, len(upload) - _TAIL))
    return _END.search(upload.content.read(_TAIL)) is not None


class _Bounded:
    """A file that cannot be read any more once much has been read, so that reading it ends."""

    def __init__(self, content: IO[bytes]) -> None:
        self._content = content
        self._reads, self._bytes = _MOST_READS, _MOST_BYTES
        self.seek, self.tell = content.seek, content.tell

    def read(self, size: int = -1) -> bytes:
        """Read as a file does, or raise `OSError`."""
        if size < 0:
            here = self.tell()
            size = self.seek(0, os.SEEK_END) - here
            self.seek(here)
        self._reads -= 1
        self._bytes -= size
        if self._reads < 0 or self._bytes < 0:
            raise OSError("it takes too long to read")
        return self._content.read(size)
