"""A file of an upload, and what kind of file it is, judged by how it begins."""

from __future__ import annotations

from typing import Self


class File(bytes):
    """An uploaded file: its bytes, with the field, file name and content type it came under."""

    field: str
    filename: str | None
    content_type: str

    def __new__(
        cls,
        content: bytes,
        field: str = "file",
        filename: str | None = None,
        content_type: str = "",
    ) -> Self:
        made = super().__new__(cls, content)
        made.field = field
        made.filename = filename
        made.content_type = content_type
        return made

    def __repr__(self) -> str:
        return f"<File {self.field}={self.filename!r}, {len(self)} bytes>"


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
