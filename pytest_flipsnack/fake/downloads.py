"""The archives behind a `resourceUrl`: served for a minute, whole or in part."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from functools import cache

from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request

HOST = "download.flipsnack.com"
"""Where the archives are (choice: no page prints a whole resourceUrl)."""
FOLDER = "/download/"
"""Where a server that stands for all hosts has them."""
_LIFE_S = 60.0  # one minute, as the page of downloadHTML says
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)
_AGAIN = "call collection.downloadHTML and fetch the resourceUrl of its answer"


class Downloads:
    """The URLs that were handed out, and until when they live."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._offers: dict[str, int] = {}
        self.life_s = _LIFE_S
        """For how long a new URL leads to its archive, in seconds."""
        self.fetched = 0
        """How many archives were sent, whole or in part."""
        self.expired = 0
        """How many requests came for an archive after its minute."""

    def offer(self, request: Request, hash: str, now: float) -> str:
        """Return the URL of a collection's archive, for who asked by this request."""
        number = self._offers.get(hash, 1)
        name = f"{hash}-{number}.zip" if number > 1 else f"{hash}.zip"
        if now >= self._until.get(name, now + 1):  # an old URL never comes to life again
            self._offers[hash] = number + 1
            name = f"{hash}-{number + 1}.zip"
        self._until[name] = now + self.life_s
        return f"{request.downloads or f'https://{HOST}'}/{name}"

    def offered(self, url: str) -> bool:
        """Return whether this URL was handed out."""
        host, _, name = url.partition("?")[0].rpartition("/")
        return name in self._until and host.lower() in {f"https://{HOST}", f"http://{HOST}"}

    def find(self, request: Request, now: float, report: Callable[[Finding], None]) -> Reply | None:
        """Return what a URL of an archive leads to; None for any other request.

        One that was never handed out is reported: it can only be a slip of the test or the client.
        """
        in_folder = bool(request.downloads) and request.path.startswith(FOLDER)
        if not (request.host == HOST or in_folder):
            return None
        name = request.path.rpartition("/")[2]
        until = self._until.get(name)
        if until is None:
            report(self._unknown(request.method, name))
            return _text(404, f"There is no archive at this URL: {_AGAIN}.")
        if request.method not in {"GET", "HEAD"}:
            return _text(405, "An archive is fetched by GET.", ("Allow", "GET, HEAD"))
        if now >= until:
            self.expired += 1
            return _text(404, f"This resourceUrl expired after one minute: {_AGAIN}.")
        reply = _part(_archive(), request.range)
        self.fetched += request.method == "GET" and reply.http_status < 400
        return reply

    def _unknown(self, method: str, name: str) -> Finding:
        return Finding(
            f"{method} of the archive {name[:100]!r} was answered with HTTP 404",
            (
                ("expected", f"a resourceUrl of this test: {', '.join(self._until) or '(none)'}"),
                ("way out", f"{_AGAIN}, within the same test"),
            ),
        )


def _text(http_status: int, text: str, *headers: tuple[str, str]) -> Reply:
    return Reply(None, f"{text}\n".encode(), http_status, "text/plain", more_headers=headers)


def _part(content: bytes, wanted: str) -> Reply:
    """Return the bytes that a Range header asks for, or all (RFC 9110, 14.2)."""
    whole = Reply(None, content, 200, "application/zip", more_headers=(("Accept-Ranges", "bytes"),))
    found = _RANGE.fullmatch(wanted.strip())
    if found is None or found[0].endswith("=-"):
        return whole  # several parts and unknown units may be answered with all
    size = len(content)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size), size - 1)
        if found[2] and int(found[2]) < first:
            return whole  # no range, as the RFC says
    else:
        first, last = max(0, size - int(found[2])), size - 1
    if first >= size:
        return _text(416, f"The archive has {size} bytes.", ("Content-Range", f"bytes */{size}"))
    place = ("Content-Range", f"bytes {first}-{last}/{size}")
    more = (*whole.more_headers, place)
    return Reply(None, content[first : last + 1], 206, whole.content_type, more_headers=more)


@cache
def _archive() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("index.html", "<!doctype html><title>Flipbook</title>\n")
    return written.getvalue()
