"""How a request is signed, and what a wrong signature was probably made of."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote, quote_plus

from pytest_flipsnack.fake.settings import Settings

_DOCUMENTED = Settings()
UNSIGNED = ("signature", "file")
"""Left out of the signed text (R0, M)."""

Key = Callable[[tuple[str, str]], str]
_ORDERS: dict[str, tuple[Key, ...]] = {
    "ascii": (lambda pair: pair[0],),
    "ignorecase": (lambda pair: pair[0].lower(),),
}
_ORDERS["either"] = _ORDERS["ascii"] + _ORDERS["ignorecase"]


def md5(text: str) -> str:
    """Return the lower-case hex MD5 of the text in UTF-8."""
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def signed_text(secret: str, params: Mapping[str, str], settings: Settings = _DOCUMENTED) -> str:
    """Return the documented string: the secret, then name and value of each parameter by name."""
    return secret + _joined(_written(params, settings), _ORDERS[settings.signature_order][0])


def sign(secret: str, params: Mapping[str, str], settings: Settings = _DOCUMENTED) -> str:
    """Return the signature of the parameters (pages H1, R0, M; sign-request)."""
    return md5(signed_text(secret, params, settings))


def accepts(secret: str, params: Mapping[str, str], given: str, settings: Settings) -> bool:
    """Return whether `given` signs `params` under the settings; upper and lower case hex are equal."""
    wanted = given.lower()
    if wanted == sign(secret, params, settings):
        return True
    pairs = _signed(params)
    variants = {"raw": [pairs], "encoded": _encoded(pairs), "either": [pairs, *_encoded(pairs)]}
    return any(
        wanted == md5(secret + _joined(variant, key))
        for variant in variants[settings.signature_values]
        for key in _ORDERS[settings.signature_order]
    )


def near_miss(secret: str, params: Mapping[str, str], given: str, settings: Settings) -> str:
    """Return what the client signed instead, or an empty text where none of the usual slips fits."""
    wanted = given.lower()
    slips = _slips(secret, params, settings)
    return next((slip for slip, text in slips if md5(text) == wanted), "")


def _signed(params: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in params.items() if name not in UNSIGNED]


def _written(params: Mapping[str, str], settings: Settings) -> list[tuple[str, str]]:
    pairs = _signed(params)
    return _encoded(pairs)[0] if settings.signature_values == "encoded" else pairs


def _encoded(pairs: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    ways: tuple[Callable[[str], str], ...] = (
        lambda value: quote_plus(value, errors="replace"),
        lambda value: quote(value, errors="replace"),
        lambda value: quote(value, safe="", errors="replace"),
    )
    return [[(name, way(value)) for name, value in pairs] for way in ways]


def _joined(pairs: list[tuple[str, str]], key: Key) -> str:
    return "".join(name + value for name, value in sorted(pairs, key=key))


def _slips(secret: str, params: Mapping[str, str], settings: Settings) -> Iterator[tuple[str, str]]:
    pairs = _written(params, settings)
    by_name = _ORDERS[settings.signature_order][0]
    text = _joined(pairs, by_name)
    yield "the secret was put at the end instead of the beginning", text + secret
    yield "the secret was left out", text
    yield "the API key was used as the secret", params.get("apiKey", "") + text
    for order, how in (("ignorecase", "without regard to case"), ("ascii", "capitals first")):
        yield f"the names were sorted {how}", secret + _joined(pairs, _ORDERS[order][0])
    yield (
        "the parameters were signed in the order sent, not sorted by name",
        secret + "".join(name + value for name, value in pairs),
    )
    if settings.signature_values == "encoded":
        yield (
            "the values were signed raw, not URL-encoded",
            secret + _joined(_signed(params), by_name),
        )
    else:
        for encoded in _encoded(pairs):
            yield "the values were signed URL-encoded, not raw", secret + _joined(encoded, by_name)
    yield from _joins(pairs, secret, by_name)
    filled = [pair for pair in pairs if pair[1]]
    yield "empty values were left out of the signed text", secret + _joined(filled, by_name)
    for name, _ in pairs:
        rest = [pair for pair in pairs if pair[0] != name]
        yield f"{name} was left out of the signed text", secret + _joined(rest, by_name)
    latin = text.encode("utf-8", "replace").decode("latin-1")
    yield "the text was encoded twice", secret + latin


def _joins(
    pairs: Sequence[tuple[str, str]], secret: str, by_name: Key
) -> Iterator[tuple[str, str]]:
    """Yield what is signed where names and values are joined otherwise than documented."""
    ordered = sorted(pairs, key=by_name)
    for joint, between in (("=", "&"), ("=", ""), ("", "&")):
        joined = between.join(f"{name}{joint}{value}" for name, value in ordered)
        yield "separators were put between names and values", secret + joined
        yield "separators were put between names and values", secret + between + joined
    yield (
        "only the values were signed, without the names",
        secret + "".join(value for _, value in ordered),
    )
    yield (
        "the parameters were sorted by value, not by name",
        secret + "".join(name + value for name, value in sorted(pairs, key=lambda pair: pair[1])),
    )
    yield (
        "the parameters were sorted in reverse",
        secret + "".join(name + value for name, value in reversed(ordered)),
    )
