"""A request as Flipsnack sees it, parsed from whatever a transport received."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import parse_qsl, urlsplit

from pytest_flipsnack.catalogue.action import BASE_PATH
from pytest_flipsnack.fake.uploads import Files, Keep, Upload

UNKNOWN_S = -1.0
"""A timeout that a transport cannot see."""
Body = bytes | str | Iterable[bytes | str] | None
_PIECE = 262_144


class _UnreadableError(Exception):
    """What the client gave as a body cannot be read."""


@dataclass(slots=True, repr=False)
class Request:
    """What was sent: `params` from the query and the form together, `uploads` in order.

    `malformed` says why the request cannot be read, or is empty. `timeout_s` is how long the
    client waits for an answer, None without end; `UNKNOWN_S` where the transport cannot tell.
    `blocked_loop` says that a running event loop stood still for the request, `unverified` that
    the certificate of the server is not checked. `port` is the client's. `downloads` is the base URL of the archives, where it is not the documented host's.
    """

    method: str
    url: str
    host: str = ""
    path: str = ""
    params: dict[str, str] = field(default_factory=dict)
    uploads: list[Upload] = field(default_factory=list)
    malformed: str = ""
    timeout_s: float | None = UNKNOWN_S
    blocked_loop: bool = False
    unverified: bool = False
    port: int = 0
    downloads: str = ""
    range: str = ""

    def __repr__(self) -> str:
        # anything in it may be a secret, and which are is not known here
        return f"<Request {len(self.params)} parameters, {len(self.uploads)} uploads>"

    @property
    def action(self) -> str | None:
        """The `action` parameter as sent, known or not."""
        return self.params.get("action")

    @property
    def files(self) -> Files:
        """The uploads by field name."""
        return Files(self.uploads)

    @property
    def right_path(self) -> bool:
        """Whether the path is that of version 1 of the API, with or without the slash."""
        return self.path in {BASE_PATH, f"{BASE_PATH}/"}

    def close(self) -> None:
        """Let go of the uploads, where nobody will look at them any more."""
        for upload in self.uploads:
            upload.content.close()


def parse(
    method: str,
    url: str,
    headers: Mapping[str, str | bytes],
    body: Body,
    host: str | None = None,
    *,
    keep: Keep = io.BytesIO,
) -> Request:
    """Read a request; never raise, whatever was sent.

    `headers` is looked up by name and must ignore case. `host` overrides the URL's
    own, for a transport that listens elsewhere. `keep` makes what an upload is written to.
    """
    request = Request(method.upper(), url)
    try:
        parts = urlsplit(url)
        request.host = host or (parts.hostname or "").lower()
    except ValueError as error:
        request.malformed = f"the URL cannot be read: {error}"
        return request
    request.path = parts.path
    request.params.update(parse_qsl(parts.query, keep_blank_values=True, errors="replace"))
    if request.method == "GET":
        # no archive has a validator, so a condition on one never holds
        request.range = "" if headers.get("If-Range") else _header(headers.get("Range"))
        return request
    pieces = filter(len, _readable(body))
    try:
        first = next(pieces, None)
        if first is not None:
            kind = _header(headers.get("Content-Type"))
            _read_form(request, kind, chain([first], pieces), keep)
    except _UnreadableError as error:
        request.malformed = str(error)
    return request


def _header(value: str | bytes | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


def whole(body: Body) -> bytes:
    """Return the body of a request, read to its end."""
    return body if isinstance(body, bytes) else b"".join(_pieces(body))


def _pieces(body: Body) -> Iterator[bytes | memoryview]:
    if body is None:
        return
    if isinstance(body, str):
        body = body.encode("utf-8", "replace")
    if isinstance(body, bytes | bytearray | memoryview):
        content = memoryview(bytes(body))
        for start in range(0, len(content), _PIECE):
            yield content[start : start + _PIECE]
    elif hasattr(body, "read"):  # MultipartEncoder of requests_toolbelt cannot be iterated over
        yield from _pieces(body.read())
    else:
        for piece in body:
            yield from _pieces(piece)


def _readable(body: Body) -> Iterator[bytes | memoryview]:
    try:
        yield from _pieces(body)
    except RecursionError:
        raise  # not the request's doing: the client calls itself again and again
    except Exception as error:  # a file or generator of the client's own raises what it likes
        raise _UnreadableError(f"the body cannot be read: {error}") from error


def _read_form(
    request: Request, content_type: str, pieces: Iterable[bytes | memoryview], keep: Keep
) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        from pytest_flipsnack.fake.multipart import FormReader  # few clients upload anything

        try:
            reader = FormReader(content_type, keep)
            request.uploads = reader.form.uploads
            for piece in pieces:
                reader.feed(piece)
        except (RecursionError, _UnreadableError):
            raise
        except Exception as error:
            # `email` has many ways to stumble over hostile headers; all mean the same here
            request.malformed = f"the multipart body cannot be read: {error}"
            return
        form = reader.close()
        request.params.update(form.params)
        request.malformed = form.malformed
    elif kind in {"application/x-www-form-urlencoded", ""}:
        text = b"".join(pieces).decode("utf-8", "replace")
        request.params.update(parse_qsl(text, keep_blank_values=True, errors="replace"))
    else:
        request.malformed = f"the body is {kind}, Flipsnack reads multipart/form-data"
