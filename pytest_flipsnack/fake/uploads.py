"""The files of an upload: as they came, and as a test looks at them."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Self

HEAD = 1024
"""How much of an upload is looked at to tell what it is."""
Keep = Callable[[], IO[bytes]]
"""Makes what the content of a part is written to."""


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
        return _shown(self.field, self.filename, len(self))


@dataclass(eq=False)
class Upload:
    """A file as it came: `content` is in memory, or in a temporary file where it may be large.

    A `File` is a copy of it, and is made for who looks: a large upload that nobody looks at is in
    memory once.
    """

    field: str
    filename: str | None
    content_type: str
    content: IO[bytes]

    @cached_property
    def file(self) -> File:
        """The file as a test sees it."""
        whole = self.content
        if isinstance(whole, io.BytesIO):
            content = whole.getvalue()  # reading would copy it
        else:
            whole.seek(0)
            content = whole.read()
        return File(content, self.field, self.filename, self.content_type)

    @cached_property
    def head(self) -> bytes:
        """How the file begins."""
        self.content.seek(0)
        return self.content.read(HEAD)

    def __len__(self) -> int:
        return self.content.seek(0, os.SEEK_END)

    def __repr__(self) -> str:
        return _shown(self.field, self.filename, len(self))


class Files(Mapping[str, File]):
    """The files of a request by field name, of several under one name the first."""

    def __init__(self, uploads: Iterable[Upload] = ()) -> None:
        self._uploads = {upload.field: upload for upload in reversed([*uploads])}

    def __getitem__(self, field: str) -> File:
        return self._uploads[field].file

    def __iter__(self) -> Iterator[str]:
        return iter(self._uploads)

    def __len__(self) -> int:
        return len(self._uploads)

    def __repr__(self) -> str:
        return repr(self._uploads)


def _shown(field: str, filename: str | None, size: int) -> str:
    return f"<File {field}={filename!r}, {size} bytes>"
