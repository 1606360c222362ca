"""A request in the order sent, and what may have been signed in its place."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import normalize
from urllib.parse import quote, quote_plus

from tests.fake.world import KEY, SECRET

# In the order sent; empty values, spaces and non-ASCII letters included.
SENT = {
    "collectionHash": "fxh4k89",
    "title": "Ünï çødé & more",
    "action": "collection.update",
    "apiKey": KEY,
    "query": "",
    "description": "",
}
NAMES = sorted(SENT)
_UNSENT = ("Width", "Height", "Status")
PLAIN = "".join(name + SENT[name] for name in NAMES)


def joined(values: dict[str, str], joint: str = "", between: str = "") -> str:
    return between.join(f"{name}{joint}{values[name]}" for name in sorted(values))


def encoded(way: object) -> dict[str, str]:
    return {name: way(value) for name, value in SENT.items()}  # type: ignore[operator]


SLIPS: dict[str, Sequence[str | bytes]] = {
    "the secret was put at the end instead of the beginning": [PLAIN + SECRET],
    "the secret was put at both ends; it belongs to the beginning": [SECRET + PLAIN + SECRET],
    "the secret was signed with white space around it": [
        f"{SECRET}\n{PLAIN}",
        f"{SECRET}\r\n{PLAIN}",
        f"{SECRET} {PLAIN}",
        f" {SECRET}{PLAIN}",
    ],
    "the secret was left out": [PLAIN],
    "the API key was used as the secret": [KEY + PLAIN],
    "the parameters were signed in the order sent, not sorted by name": [
        SECRET + "".join(name + value for name, value in SENT.items())
    ],
    "the values were signed URL-encoded, not raw": [
        SECRET + joined(encoded(quote_plus)),
        SECRET + joined(encoded(quote)),
        SECRET + joined({name: quote(value, safe="") for name, value in SENT.items()}),
    ],
    "separators were put between names and values": [
        SECRET + joined(SENT, "=", "&"),
        SECRET + "&" + joined(SENT, "=", "&"),
        SECRET + joined(SENT, "="),
        SECRET + joined(SENT, "", "&"),
        SECRET + "&" + joined(SENT, "", "&"),
    ],
    "only the values were signed, without the names": [
        SECRET + "".join(SENT[name] for name in NAMES)
    ],
    "the parameters were sorted by value, not by name": [
        SECRET + "".join(name + value for name, value in sorted(SENT.items(), key=lambda kv: kv[1]))
    ],
    "the parameters were sorted in reverse": [
        SECRET + "".join(name + SENT[name] for name in reversed(NAMES))
    ],
    "empty values were left out of the signed text": [
        SECRET + joined({name: value for name, value in SENT.items() if value})
    ],
    **{
        f"{left} was left out of the signed text": [
            SECRET + joined({name: value for name, value in SENT.items() if name != left})
        ]
        for left in SENT
    },
    "action and apiKey were left out of the signed text": [
        SECRET + joined({n: v for n, v in SENT.items() if n not in {"action", "apiKey"}})
    ],
    "the parameters were sorted by the length of their names": [
        SECRET + "".join(name + SENT[name] for name in sorted(NAMES, key=len))
    ],
    "action and apiKey were signed last, the others by name, not all sorted by name": [
        SECRET + "".join(name + SENT[name] for name in [*NAMES[2:], "action", "apiKey"])
    ],
    "apiKey and action were signed first, the others in the order sent, not all sorted by name": [
        SECRET
        + "".join(
            name + SENT[name]
            for name in ["apiKey", "action", "collectionHash", "title", "query", "description"]
        )
    ],
    "the parameters were signed as title, query, apiKey, action, description, collectionHash, "
    "not sorted by name": [
        SECRET
        + "".join(
            name + SENT[name]
            for name in ["title", "query", "apiKey", "action", "description", "collectionHash"]
        )
    ],
    "an empty signature was signed with the parameters; sign them before signature is among them": [
        SECRET + joined({**SENT, "signature": ""})
    ],
    "file was signed as well; it is left out": [SECRET + joined({**SENT, "file": ""})],
    "collectionWidth was signed as 'None' and not sent": [
        SECRET + joined({**SENT, "collectionWidth": "None"})
    ],
    "collectionWidth, collectionHeight, collectionStatus were signed as 'null' and not sent": [
        SECRET + joined({**SENT, **dict.fromkeys(("collection" + n for n in _UNSENT), "null")})
    ],
    "query was signed as 'None' and sent as ''": [
        SECRET + joined({**SENT, "query": "None", "description": "None"}),
        SECRET + joined({**SENT, "query": "None"}),
    ],
    "the names were signed in upper case": [
        SECRET + "".join(name.upper() + SENT[name] for name in NAMES)
    ],
    "the names were signed in lower case": [
        SECRET + "".join(sorted(name.lower() + SENT[name] for name in NAMES))
    ],
    "the values were signed in lower case": [
        SECRET + joined({name: value.lower() for name, value in SENT.items()})
    ],
    "the values were signed in another Unicode form (NFD)": [
        SECRET + joined({name: normalize("NFD", value) for name, value in SENT.items()})
    ],
    "the whole text was signed in lower case": [(SECRET + PLAIN).lower()],
    "the whole text was signed in upper case": [(SECRET + PLAIN).upper()],
    "the text was signed as Latin-1, not in UTF-8": [(SECRET + PLAIN).encode("latin-1")],
    "the text was signed without the letters that are not ASCII, not in UTF-8": [
        (SECRET + PLAIN).encode("ascii", "ignore")
    ],
    "the text was signed with ? for the letters that are not ASCII, not in UTF-8": [
        (SECRET + PLAIN).encode("ascii", "replace")
    ],
    "the text was signed as UTF-16, not in UTF-8": [
        (SECRET + PLAIN).encode("utf-16"),
        (SECRET + PLAIN).encode("utf-16-le"),
    ],
    "the text was signed in UTF-8 with a byte order mark, not in UTF-8": [
        (SECRET + PLAIN).encode("utf-8-sig")
    ],
    "the text was encoded twice": [
        (SECRET + PLAIN).encode().decode("latin-1"),
        (SECRET + PLAIN).encode().decode("cp1252", "replace"),
    ],
}
