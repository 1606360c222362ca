"""Keep keys, secrets and signatures out of every text the plugin writes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
_IN_URL = re.compile(r"((?:apiKey|signature)=)[^&\s'\"<>)]+")
_MIN_LENGTH = 4  # a shorter secret would mask ordinary words


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with every secret, raw or URL-encoded, replaced by `***`."""
    forms = {
        form
        for secret in secrets
        if len(secret) >= _MIN_LENGTH
        for form in (secret, quote(secret, safe=""), quote_plus(secret))
    }
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return _IN_URL.sub(rf"\1{MASK}", text)
