"""How a request is signed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, quote_plus

from pytest_flipsnack.fake.settings import Settings

_DOCUMENTED = Settings()
UNSIGNED = ("signature", "file")
"""Left out of the signed text (R0, M)."""

Pair = tuple[str, str]
Key = Callable[[Pair], str]
ORDERS: dict[str, tuple[Key, ...]] = {
    "ascii": (lambda pair: pair[0],),
    "ignorecase": (lambda pair: pair[0].lower(),),
}
ORDERS["either"] = ORDERS["ascii"] + ORDERS["ignorecase"]


def md5(text: str) -> str:
    """Return the lower-case hex MD5 of the text in UTF-8."""
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def signed_text(secret: str, params: Mapping[str, str], settings: Settings = _DOCUMENTED) -> str:
    """Return the documented string: the secret, then name and value of each parameter by name."""
    return secret + joined(written(params, settings), ORDERS[settings.signature_order][0])


def sign(secret: str, params: Mapping[str, str], settings: Settings = _DOCUMENTED) -> str:
    """Return the signature of the parameters (pages H1, R0, M; sign-request)."""
    return md5(signed_text(secret, params, settings))


def accepts(secret: str, params: Mapping[str, str], given: str, settings: Settings) -> bool:
    """Return whether `given` signs `params` under the settings; upper and lower case hex are equal."""
    wanted = given.lower()
    if wanted == sign(secret, params, settings):
        return True
    pairs = signed_pairs(params)
    variants = [] if settings.signature_values == "encoded" else [pairs]
    if settings.signature_values != "raw":
        variants += encoded(pairs)
    return any(
        wanted == md5(secret + joined(variant, key))
        for variant in variants
        for key in ORDERS[settings.signature_order]
    )


def signed_pairs(params: Mapping[str, str]) -> list[Pair]:
    """Return the parameters that are signed, in the order sent."""
    return [(name, value) for name, value in params.items() if name not in UNSIGNED]


def written(params: Mapping[str, str], settings: Settings) -> list[Pair]:
    """Return the parameters that are signed, their values as the settings have them."""
    pairs = signed_pairs(params)
    return encoded(pairs)[0] if settings.signature_values == "encoded" else pairs


def encoded(pairs: list[Pair]) -> list[list[Pair]]:
    """Return the pairs with URL-encoded values, in each of the usual ways."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda value: quote_plus(value, errors="replace"),
        lambda value: quote(value, errors="replace"),
        lambda value: quote(value, safe="", errors="replace"),
    )
    return [[(name, way(value)) for name, value in pairs] for way in ways]


def joined(pairs: Iterable[Pair], key: Key) -> str:
    """Return names and values without separators, in an order."""
    return "".join(name + value for name, value in sorted(pairs, key=key))
