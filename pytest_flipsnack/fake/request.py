"""A request as Flipsnack sees it, parsed from whatever a transport received."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from pytest_flipsnack.catalogue.action import BASE_PATH
from pytest_flipsnack.fake.uploads import File

FLIPSNACK_URL = re.compile(r"https?://([\w.-]+\.)?flipsnack\.com(?=[:/?#]|$)", re.IGNORECASE)
"""Matches every URL of Flipsnack's own domain; none of them is ever sent out."""


UNKNOWN_S = -1.0
"""A timeout that a transport cannot see."""


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
    uploads: list[File] = field(default_factory=list)
    malformed: str = ""
    timeout_s: float | None = UNKNOWN_S
    blocked_loop: bool = False
    unverified: bool = False
    port: int = 0
    downloads: str = ""

    def __repr__(self) -> str:
        # anything in it may be a secret, and which are is not known here
        return f"<Request {len(self.params)} parameters, {len(self.uploads)} uploads>"

    @property
    def action(self) -> str | None:
        """The `action` parameter as sent, known or not."""
        return self.params.get("action")

    @property
    def files(self) -> dict[str, File]:
        """The uploads by field name."""
        return {upload.field: upload for upload in reversed(self.uploads)}

    @property
    def right_path(self) -> bool:
        """Whether the path is that of version 1 of the API, with or without the slash."""
        return self.path in {BASE_PATH, f"{BASE_PATH}/"}


def parse(
    method: str,
    url: str,
    headers: Mapping[str, str | bytes],
    body: bytes | str | Iterable[bytes | str] | None,
    host: str | None = None,
) -> Request:
    """Read a request; never raise, whatever was sent.

    `headers` is looked up by `Content-Type` and must ignore case. `host` overrides the URL's
    own, for a transport that listens elsewhere.
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
        return request
    try:
        content = whole(body)
    except RecursionError:
        raise  # not the request's doing: the client calls itself again and again
    except Exception as error:  # a file or generator of the client's own raises what it likes
        request.malformed = f"the body cannot be read: {error}"
        return request
    if content:
        _read_form(request, _header(headers.get("Content-Type")), content)
    return request


def _header(value: str | bytes | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""


def whole(body: bytes | str | Iterable[bytes | str] | None) -> bytes:
    """Return the body of a request, read to its end."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body)
    if hasattr(body, "read"):  # MultipartEncoder of requests_toolbelt cannot be iterated over
        return whole(body.read())
    return b"".join(whole(chunk) for chunk in body)


def _read_form(request: Request, content_type: str, content: bytes) -> None:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        from pytest_flipsnack.fake.multipart import read  # few clients upload anything

        try:
            form = read(content_type, content)
        except RecursionError:
            raise
        except Exception as error:
            # email.parser has many ways to stumble over hostile headers; all mean the same here
            request.malformed = f"the multipart body cannot be read: {error}"
            return
        request.params.update(form.params)
        request.uploads += form.uploads
        request.malformed = form.malformed or request.malformed
    elif kind in {"application/x-www-form-urlencoded", ""}:
        text = content.decode("utf-8", "replace")
        request.params.update(parse_qsl(text, keep_blank_values=True, errors="replace"))
    else:
        request.malformed = f"the body is {kind}, Flipsnack reads multipart/form-data"
