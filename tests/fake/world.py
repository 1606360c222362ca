"""An account, a clock moved by hand, and requests as clients send them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

from pypdf import PdfWriter
from urllib3 import encode_multipart_formdata

from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import sign

# Both look different in a URL than in a text.
KEY = "the key/of Ünit+tests"
SECRET = "the secret/of Ünit+tests"
API = "https://api.flipsnack.com/v1/"
UPLOAD = "https://upload.flipsnack.com/v1/"
PDF = b"%PDF-1.4\n%%EOF\n"
HASH = "fxh4k89"

Part = tuple[str, tuple[str, bytes, str]]


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class World:
    """A fake with its clock, and the shortest way to ask it something."""

    settings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = Clock()
        settings = Settings(**self.settings)  # type: ignore[arg-type]
        self.fake = Fake(KEY, SECRET, settings, self.clock)

    @property
    def complaints(self) -> list[str]:
        return self.fake.reported

    def reply(self, request: Request) -> Reply:
        return self.fake.answer(request)

    def ask(self, action: str, /, **params: str) -> dict[str, Any]:
        return envelope_of(self.reply(get(action, **params)))

    def create(self, content: bytes = PDF, **params: str) -> dict[str, Any]:
        return envelope_of(self.reply(upload(content, **params)))

    def code(self, request: Request) -> int:
        code: int = envelope_of(self.reply(request))["code"]
        return code

    def data(self, action: str, /, **params: str) -> dict[str, Any]:
        envelope = self.ask(action, **params)
        assert envelope["code"] == 20, self.complaints
        data: dict[str, Any] = envelope["data"]
        return data


def envelope_of(reply: Reply) -> dict[str, Any]:
    """Return the body of an answer."""
    envelope: dict[str, Any] = json.loads(reply.body)
    return envelope


def signed(params: Mapping[str, str], settings: Settings | None = None) -> dict[str, str]:
    """Return the parameters with key and signature, as a right client sends them."""
    whole = {"apiKey": KEY, **params}
    return {**whole, "signature": sign(SECRET, whole, settings or Settings())}


def with_query(base: str, params: Mapping[str, str]) -> str:
    """Return the URL of a call."""
    return f"{base}?{urlencode(params)}"


def get(action: str, /, base: str = API, method: str = "GET", **params: str) -> Request:
    """Return a signed call with its parameters in the URL."""
    return parse(method, with_query(base, signed({"action": action, **params})), {}, None)


def raw(params: Mapping[str, str]) -> Request:
    """Return a call with exactly these parameters."""
    return parse("GET", with_query(API, params), {}, None)


def part(content: bytes = PDF, name: str = "file", filename: str = "book.pdf") -> Part:
    """Return an upload as one part of a form."""
    return (name, (filename, content, "application/pdf"))


def form(params: Mapping[str, str], parts: Sequence[Part], base: str = UPLOAD) -> Request:
    """Return a POST of a multipart form."""
    body, content_type = encode_multipart_formdata([*params.items(), *parts])
    return parse("POST", base, {"Content-Type": content_type}, body)


def upload(
    content: bytes = PDF, *, action: str = "collection.create", base: str = UPLOAD, **params: str
) -> Request:
    """Return a signed upload."""
    return form(signed({"action": action, **params}), [part(content)], base)


@cache
def pdf(pages: int) -> bytes:
    """Return a whole PDF with so many empty pages."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(72, 72)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def spellings(secret: str) -> list[str]:
    """Return the secret raw and in the encodings that HTTP libraries use."""
    forms = [secret, quote(secret), quote(secret, safe=""), quote_plus(secret)]
    return [*forms, *(form.replace("%C3%9C", "%c3%9c") for form in forms)]


def shows_no_secret(text: str, *signatures: str) -> bool:
    """Return whether a text is free of key, secret and signatures, however they are written."""
    hidden = [*spellings(KEY), *spellings(SECRET), *signatures]
    return not any(form in text for form in hidden)
