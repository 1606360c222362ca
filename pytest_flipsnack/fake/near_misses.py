"""What a wrong signature was probably made of: each usual slip is tried, within a bound."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import permutations
from typing import Literal
from unicodedata import normalize

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.fake import signing
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import Key, Pair

_MOST_PARAMETERS = 64
_MOST_CHARACTERS = 4_000_000
"""So much is hashed for one hint; a request may be as long as it likes."""
_MOST_IN_ANY_ORDER = 6  # 720 orders
_LEADING = ("action", "apiKey")
_TRUTHS = [*permutations([("True", "False"), ("true", "false"), ("1", "0")], 2)]
_NOTHING = ("", "None", "null")
_FORMS: tuple[Literal["NFC", "NFD"], ...] = ("NFC", "NFD")
_ENCODINGS = (
    ("latin-1", "replace", "as Latin-1"),
    ("cp1252", "replace", "as Windows writes it (cp1252)"),
    ("ascii", "ignore", "without the letters that are not ASCII"),
    ("ascii", "replace", "with ? for the letters that are not ASCII"),
    ("utf-16", "replace", "as UTF-16"),
    ("utf-16-le", "replace", "as UTF-16"),
    ("utf-8-sig", "replace", "in UTF-8 with a byte order mark"),
)


@dataclass(frozen=True, slots=True, repr=False)
class Sent:
    """A request with a wrong signature; `earlier` are signatures of requests before it."""

    secret: str
    params: Mapping[str, str]
    signature: str
    settings: Settings
    earlier: Iterable[str] = ()
    files: Iterable[str] = ()

    @property
    def pairs(self) -> list[Pair]:
        """What is signed, in the order sent."""
        return signing.written(self.params, self.settings)

    @property
    def by_name(self) -> Key:
        """The documented order."""
        return signing.ORDERS[self.settings.signature_order][0]

    def text(self, pairs: Iterable[Pair]) -> str:
        """Return the text that is signed for other parameters than those sent."""
        return self.secret + signing.joined(pairs, self.by_name)


Slips = Iterator[tuple[str, str | bytes]]
"""What somebody may have signed, each after the sentence that says so."""


def near_miss(sent: Sent) -> str:
    """Return what the client signed instead, or an empty text where none of the usual slips fits."""
    if len(sent.pairs) > _MOST_PARAMETERS:
        return ""
    wanted, left = sent.signature.lower(), _MOST_CHARACTERS
    for slip, text in _slips(sent):
        if _digest(text) == wanted:
            return slip
        left -= len(text)
        if left < 0:
            break
    return ""


def _digest(text: str | bytes) -> str:
    content = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def _slips(sent: Sent) -> Slips:
    for kind in (
        _secrets, _orders, _values, _joints, _left_out, _put_in, _spellings, _letters, _bytes,
        _any_order,
    ):  # fmt: skip
        yield from kind(sent)


def _secrets(sent: Sent) -> Slips:
    secret, text = sent.secret, signing.joined(sent.pairs, sent.by_name)
    yield "the secret was put at the end instead of the beginning", text + secret
    yield "the secret was put at both ends; it belongs to the beginning", secret + text + secret
    yield "the secret was left out", text
    yield "the API key was used as the secret", sent.params.get("apiKey", "") + text
    for around in ("\n", "\r\n", " "):
        yield "the secret was signed with white space around it", f"{secret}{around}{text}"
    yield "the secret was signed with white space around it", f" {secret}{text}"


def _orders(sent: Sent) -> Slips:
    pairs = sent.pairs
    ordered = sorted(pairs, key=sent.by_name)
    for order, how in (("ignorecase", "without regard to case"), ("ascii", "upper case first")):
        text = sent.secret + signing.joined(pairs, signing.ORDERS[order][0])
        yield f"the names were sorted {how}", text
    others: tuple[tuple[str, Iterable[Pair]], ...] = (
        ("signed in the order sent, not sorted by name", pairs),
        ("sorted in reverse", reversed(ordered)),
        ("sorted by value, not by name", sorted(pairs, key=lambda pair: pair[1])),
        ("sorted by value, not by name", sorted(ordered, key=lambda pair: pair[1])),
        ("sorted by name and value in one, not by name", sorted(pairs, key="".join)),
        ("sorted by the length of their names", sorted(ordered, key=lambda pair: len(pair[0]))),
    )
    for how, others_first in others:
        yield f"the parameters were {how}", sent.secret + _run(others_first)
    for rest, how in ((pairs, "in the order sent"), (ordered, "by name")):
        own = [pair for pair in rest if pair[0] not in _LEADING]
        for names in permutations(_LEADING):
            common = [(name, value) for name in names for key, value in rest if key == name]
            slip = (
                f"{' and '.join(names)} were signed {{}} the others {how}, not all sorted by name"
            )
            yield slip.format("first,"), sent.secret + _run([*common, *own])
            yield slip.format("last,"), sent.secret + _run([*own, *common])


def _run(pairs: Iterable[Pair]) -> str:
    return "".join(name + value for name, value in pairs)


def _any_order(sent: Sent) -> Slips:
    pairs = sent.pairs
    for order in permutations(pairs) if len(pairs) <= _MOST_IN_ANY_ORDER else ():
        names = ", ".join(name for name, _ in order)
        yield (
            f"the parameters were signed as {names}, not sorted by name",
            sent.secret + _run(order),
        )


def _values(sent: Sent) -> Slips:
    raw = signing.signed_pairs(sent.params)
    if sent.settings.signature_values == "encoded":
        yield "the values were signed raw, not URL-encoded", sent.text(raw)
    else:
        for encoded in signing.encoded(raw):
            yield "the values were signed URL-encoded, not raw", sent.text(encoded)


def _joints(sent: Sent) -> Slips:
    ordered = sorted(sent.pairs, key=sent.by_name)
    for joint, between in (("=", "&"), ("=", ""), ("", "&")):
        text = between.join(f"{name}{joint}{value}" for name, value in ordered)
        yield "separators were put between names and values", sent.secret + text
        yield "separators were put between names and values", sent.secret + between + text
    values = "".join(value for _, value in ordered)
    yield "only the values were signed, without the names", sent.secret + values


def _left_out(sent: Sent) -> Slips:
    pairs = sent.pairs
    filled = [pair for pair in pairs if pair[1]]
    yield "empty values were left out of the signed text", sent.text(filled)
    for name, _ in pairs:
        rest = [pair for pair in pairs if pair[0] != name]
        yield f"{name} was left out of the signed text", sent.text(rest)
    own = [pair for pair in pairs if pair[0] not in _LEADING]
    yield f"{' and '.join(_LEADING)} were left out of the signed text", sent.text(own)


def _put_in(sent: Sent) -> Slips:
    """Yield what is signed with a parameter that is not sent, or that is never signed."""
    pairs = sent.pairs
    for signature in _old_signatures(sent):
        what = "an earlier signature" if signature else "an empty signature"
        slip = f"{what} was signed with the parameters; sign them before signature is among them"
        yield slip, sent.text([*pairs, ("signature", signature)])
    for file in ("", *sent.files):
        yield "file was signed as well; it is left out", sent.text([*pairs, ("file", file)])
    action = ACTIONS.get(sent.params.get("action", ""))
    missing = [param.name for param in action.params] if action is not None else []
    missing = [name for name in missing if name not in {*sent.params, *signing.UNSIGNED}]
    for value in _NOTHING:
        for name in missing:
            slip = f"{name} was signed as {value!r} and not sent"
            yield slip, sent.text([*pairs, (name, value)])
        slip = f"{', '.join(missing)} were signed as {value!r} and not sent"
        yield slip, sent.text([*pairs, *((name, value) for name in missing)])


def _old_signatures(sent: Sent) -> Iterator[str]:
    yield ""
    yield from sent.earlier
    yield signing.sign(sent.secret, sent.params, sent.settings)  # of the same request, before


def _spellings(sent: Sent) -> Slips:
    """Yield what is signed where one spelling of a value is signed and another sent."""
    pairs = sent.pairs
    tables = [
        *(dict(zip(sent_as, signed_as, strict=True)) for sent_as, signed_as in _TRUTHS),
        *({sent_as: signed_as} for sent_as, signed_as in permutations(_NOTHING, 2)),
    ]
    for table in tables:
        fitting = [name for name, value in pairs if value in table]
        # all of them, or one alone: 1 may be a number
        for names in (fitting, *([name] for name in fitting)) if fitting else ():
            changed = [(name, table[value] if name in names else value) for name, value in pairs]
            value = sent.params[names[0]]
            slip = f"{names[0]} was signed as {table[value]!r} and sent as {value!r}"
            yield slip, sent.text(changed)


def _letters(sent: Sent) -> Slips:
    """Yield what is signed where names or values are changed on the way."""
    pairs = sent.pairs
    changes: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("in lower case", str.lower),
        ("in upper case", str.upper),
        ("without the white space around them", str.strip),
        *((f"in another Unicode form ({form})", partial(normalize, form)) for form in _FORMS),
    )
    for how, change in changes:
        for whose, text in (
            ("names", sent.text([(change(name), value) for name, value in pairs])),
            ("names", sent.secret + _run((change(n), v) for n, v in sorted(pairs))),
            ("values", sent.text([(name, change(value)) for name, value in pairs])),
        ):
            yield f"the {whose} were signed {how}", text
    text = sent.text(pairs)
    yield "the whole text was signed in lower case", text.lower()
    yield "the whole text was signed in upper case", text.upper()


def _bytes(sent: Sent) -> Slips:
    text = sent.text(sent.pairs)
    for encoding, errors, how in _ENCODINGS:
        yield f"the text was signed {how}, not in UTF-8", text.encode(encoding, errors)
    twice = text.encode("utf-8", "replace")
    for encoding in ("latin-1", "cp1252"):
        yield "the text was encoded twice", twice.decode(encoding, "replace")
