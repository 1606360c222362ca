"""Keep keys, secrets and signatures out of every text the plugin writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

MASK = "***"
_IN_URL = re.compile(r"((?:api[_-]?key|signature|secret)=)[^&\s'\"<>)]+", re.IGNORECASE)
_MIN_LENGTH = 4  # a shorter secret would mask ordinary words


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with every secret, raw or URL-encoded, replaced by `***`."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        if len(secret) >= _MIN_LENGTH:
            text = _forms(secret).sub(MASK, text)
    return _IN_URL.sub(rf"\1{MASK}", text)


@cache
def _forms(secret: str) -> re.Pattern[str]:
    # Every library encodes its own choice of characters, some with small hex digits.
    return re.compile("".join(map(_either, secret)))


def _either(character: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    plus = r"|\+" if character == " " else ""
    return f"(?:{re.escape(character)}|(?i:{encoded}){plus})"
