"""Keep keys, secrets and signatures out of every text the plugin writes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from functools import cache

MASK = "***"
_IN_URL = re.compile(r"((?:api[_-]?key|signature|secret)=)[^&\s'\"<>)]+", re.IGNORECASE)
_MIN_LENGTH = 8
_LONGEST_WORD = 19
_BETWEEN_WORDS = re.compile(r"[-_.\s]+")


def is_unmistakable(credential: str) -> bool:
    """Return whether a text can only be a credential, so that logs may be searched for it.

    A key such as `key`, `my-secret` or `secret_key` is in ordinary texts too: finding it there
    would be a false alarm, and masking it would garble the text. So a credential needs 8
    characters, and more in it than words: a digit, a sign other than `-`, `_` and `.`, or 20
    letters in a row.
    """
    words = _BETWEEN_WORDS.split(credential)
    only_words = all(len(word) <= _LONGEST_WORD and word.isalpha() for word in words if word)
    return len(credential) >= _MIN_LENGTH and not only_words


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` with every unmistakable secret replaced by `***`.

    It is found as it is, URL-encoded, and as `repr`, JSON and HTML escape it.
    """
    for secret in sorted(set(secrets), key=len, reverse=True):
        if is_unmistakable(secret):
            text = _forms(secret).sub(MASK, text)
    return _IN_URL.sub(rf"\1{MASK}", text)


@cache
def _forms(secret: str) -> re.Pattern[str]:
    # Every library encodes its own choice of characters, some with small hex digits.
    return re.compile("".join(map(_either, secret)))


def _either(character: str) -> str:
    encoded = "".join(f"%{byte:02x}" for byte in character.encode("utf-8", "replace"))
    plus = r"|\+" if character == " " else ""
    escaped = "".join(f"|(?i:{re.escape(form)})" for form in _escapes(character))
    return f"(?:{re.escape(character)}|(?i:{encoded}){plus}{escaped})"


def _escapes(character: str) -> list[str]:
    if character.isascii() and character.isalnum():
        return []
    number = ord(character)
    forms = {
        ascii(character)[1:-1],
        json.dumps(character)[1:-1],
        f"\\{character}",
        html.escape(character),
        f"&#{number};",
        f"&#x{number:x};",
    }
    return sorted(forms - {character}, key=len, reverse=True)


def one_line(text: str) -> str:
    """Return text with its line breaks and control characters escaped: it cannot forge a line."""
    return "".join(
        character if character.isprintable() else ascii(character)[1:-1] for character in text
    )


class Secrets:
    """Values that no text may show; its own text does not either."""

    __slots__ = ("_values",)

    def __init__(self, *values: str) -> None:
        self._values = values

    def hide(self, text: str) -> str:
        """Return the text without these values."""
        return mask(text, self._values)

    def __repr__(self) -> str:
        return f"<{len(self._values)} secrets>"
