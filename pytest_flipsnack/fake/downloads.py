"""The archives that `resourceUrl` leads to, for as long as it lives."""

from __future__ import annotations

import io
import zipfile
from functools import cache

from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request

HOST = "download.flipsnack.com"
"""Where the archives are (choice: no page prints a whole resourceUrl)."""
FOLDER = "/download/"
"""Where a server that stands for all hosts has them."""
_LIFE_S = 60.0  # one minute, as the page of downloadHTML says
_GONE = Reply(None, http_status=404, content_type="text/plain")


class Downloads:
    """The URLs that were handed out, and until when they live."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    def offer(self, request: Request, hash: str, now: float) -> str:
        """Return the URL of a collection's archive, for who asked by this request."""
        name = f"{hash}.zip"
        self._until[name] = now + _LIFE_S
        return f"{request.downloads or f'https://{HOST}'}/{name}"

    def find(self, request: Request, now: float) -> Reply | None:
        """Return what a URL that was handed out leads to; None for any other request."""
        if not self._until or not (request.host == HOST or request.path.startswith(FOLDER)):
            return None
        until = self._until.get(request.path.rpartition("/")[2])
        if until is None:
            return None
        if now >= until:
            return _GONE
        return Reply(None, _archive(), content_type="application/zip")


@cache
def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("index.html", "<!doctype html><title>Flipbook</title>\n")
    return written.getvalue()
