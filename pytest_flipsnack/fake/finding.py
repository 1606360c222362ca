"""What a test fails for, as one value that prints itself, with its secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source

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
    """Return `text` with every unmistakable secret, raw or URL-encoded, replaced by `***`."""
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
    return f"(?:{re.escape(character)}|(?i:{encoded}){plus})"


HEADLINE_ATTRIBUTE = "flipsnack_finding"
"""The attribute of an exception that carries the first line of the finding it was raised for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened, and labelled lines: what was allowed, what was seen, the way out.

    `str()` prints the labels below each other. Who shows a finding masks the secrets in it.
    """

    what: str
    lines: tuple[tuple[str, str], ...] = ()

    def adding(self, label: str, text: str) -> Finding:
        """Return a finding with one more line."""
        return Finding(self.what, (*self.lines, (label, text)))

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.lines), default=0) + 1
        return "\n".join(
            [self.what, *(f"    {f'{label}:':<{width}} {text}" for label, text in self.lines)]
        )


def failure(text: str, kind: type[BaseException] = AssertionError, **how: object) -> BaseException:
    """Return the exception for a finding, or for several, as masked text."""
    made = kind(text, **how)
    setattr(made, HEADLINE_ATTRIBUTE, text.partition("\n")[0])
    return made


@dataclass(frozen=True, slots=True)
class Refusal:
    """A documented rule that a request broke. Every text is already masked."""

    code: Code
    rule: str
    sent: str
    expected: str
    hint: str = ""
    source: Source = TABLE

    def explain(self, action: str | None) -> Finding:
        """Return the finding for a test author: what happened, what was allowed, what to do."""
        found = Finding(
            f"{action or 'a request without action'} was refused with {self.code.label}, "
            f"and the test did not expect {self.code.value}",
            (
                ("rule", f"{self.rule}; {self.source}"),
                ("sent", self.sent),
                ("expected", self.expected),
            ),
        )
        if self.hint:
            found = found.adding("hint", self.hint)
        return found.adding(
            "way out",
            "correct the request; or, if the test is about this refusal, "
            f"call flipsnack.allow({self.code.value}) before the request",
        )


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return the known name that is most like `name`, or an empty text."""
    import difflib  # only ever needed for a message

    lowered = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=cutoff)
    return lowered[found[0]] if found else ""
