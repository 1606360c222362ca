"""The checks of what a contract class declares: what is wrong is named, with what is allowed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from inspect import isfunction, signature
from urllib.parse import urlsplit

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, code_of
from pytest_flipsnack.contract.exceptions import are_exceptions
from pytest_flipsnack.contract.retries import read_retry
from pytest_flipsnack.contract.suite.declarations import (
    ACTION_ATTRIBUTE,
    PRACTICES,
    Declarations,
    calls_of,
)
from pytest_flipsnack.fake.finding import nearest

_LISTS = {
    "without": '["timeout"]',
    "polls": '["collection.downloadHTML"]',
    "waits_out_38": '["collection.update"]',
    "urls": '["https://api.flipsnack.com/v1/"]',
}
_MAPPINGS = {
    "raises": "{31: RateLimited}",
    "returns": "{31: None}",
    "retries": "{31: 3}",
    "pages": '{"collection.getList": 50}',
}
_VALUES = tuple(Declarations.__annotations__)
_METHODS = ("failed", "code_of")
_LIKE_VALUE, _LIKE_METHOD = 0.75, 0.85
_LONGER = 2  # letters; `page_size` is another word than `pages`


def check_declarations(cls: type[Declarations]) -> None:
    """Raise `ValueError` or `TypeError` for a declaration that is wrong."""
    _check_shapes(cls)
    _check_practices(cls)
    _check_exceptions(cls)
    _check_spelling(cls)
    _check_codes(cls)
    _check_places(cls)
    if not calls_of(cls):
        raise ValueError(
            f"{cls.__name__} has no call; write one as @call('collection.getList') "
            f"def get_list(self, client): return client.list_collections()"
        )


def _check_shapes(cls: type[Declarations]) -> None:
    for name, example in _LISTS.items():
        value = getattr(cls, name)
        # an iterator would be empty for the second test
        if isinstance(value, str) or not isinstance(value, Collection):
            raise _unfit(cls, name, f"a list, as in {name} = {example}")
    for name, example in _MAPPINGS.items():
        if not isinstance(getattr(cls, name), Mapping):
            raise _unfit(cls, name, f"a dictionary, as in {name} = {example}")
    for action, size in cls.pages.items():
        if not _is_count(size):
            raise TypeError(
                f"{cls.__name__}.pages: {size!r} for {action} is not a number of records from 1"
            )
    if not _is_count(cls.max_requests):
        raise _unfit(cls, "max_requests", "a number from 1, as in max_requests = 1000")
    for name in _METHODS:
        if not callable(getattr(cls, name)):
            raise _unfit(cls, name, f"a method, as in def {name}(self, outcome): ...")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _unfit(cls: type[Declarations], name: str, allowed: str) -> TypeError:
    return TypeError(f"{cls.__name__}.{name}: {getattr(cls, name)!r} does not fit; write {allowed}")


def _check_practices(cls: type[Declarations]) -> None:
    for practice in cls.without:
        if practice not in PRACTICES:
            raise ValueError(
                f"{cls.__name__}.without: {practice!r} is not a practice; "
                f"known: {', '.join(PRACTICES)}{_hint(practice, PRACTICES)}"
            )


def _hint(written: object, known: Iterable[str]) -> str:
    close = nearest(str(written), tuple(known), _LIKE_VALUE)
    return f"; did you mean {close}?" if close else ""


def _check_exceptions(cls: type[Declarations]) -> None:
    if cls.error is not None and not are_exceptions(cls.error):
        raise _no_exception(cls, "error", cls.error, "error = FlipsnackError")
    for error in cls.raises.values():
        if not are_exceptions(error):
            raise _no_exception(cls, "raises", error, f"raises = {_MAPPINGS['raises']}")


def _no_exception(cls: type[Declarations], name: str, value: object, example: str) -> TypeError:
    return TypeError(
        f"{cls.__name__}.{name}: {value!r} is not an exception class; "
        f"write a class or a tuple of classes, as in {example}"
    )


def _check_codes(cls: type[Declarations]) -> None:
    for name in ("raises", "returns", "retries"):
        for code in getattr(cls, name):
            if isinstance(code, tuple):
                raise TypeError(
                    f"{cls.__name__}.{name}: {code!r} is no code; write an entry for each code, "
                    f"as in {name} = {_MAPPINGS[name]}"
                )
            try:
                code_of(code)
            except ValueError as error:
                raise ValueError(f"{cls.__name__}.{name}: {error}") from None
    for rule in cls.retries.values():
        try:
            read_retry(rule)
        except ValueError as error:
            raise ValueError(f"{cls.__name__}.retries: {error}") from None


def _check_places(cls: type[Declarations]) -> None:
    processing = [name for name, action in ACTIONS.items() if action.answers_processing]
    refusing = [name for name, action in ACTIONS.items() if Code.PROCESSING in action.codes]
    _check_actions(cls, "polls", [*processing, *refusing])
    _check_actions(cls, "waits_out_38", refusing)
    _check_actions(cls, "pages", ["collection.getList"])
    for url in cls.urls:
        if not _is_documented(url):
            raise ValueError(
                f"{cls.__name__}.urls: {url!r} is not where Flipsnack listens; documented: "
                f"https://{API_HOST}{BASE_PATH}, https://{UPLOAD_HOST}{BASE_PATH}"
            )


def _check_actions(cls: type[Declarations], name: str, allowed: Iterable[str]) -> None:
    fitting = list(dict.fromkeys(allowed))
    for action in getattr(cls, name):
        if action not in fitting:
            raise ValueError(
                f"{cls.__name__}.{name}: {action!r} does not fit here; allowed: "
                f"{', '.join(fitting)}{_hint(action, fitting)}"
            )


def _is_documented(url: object) -> bool:
    """Return whether a page prints such an address.

    The oldest (H1) print http, and a known client uses it (CS); that it is refused no page says.
    """
    parts = urlsplit(url) if isinstance(url, str) else None
    return (
        parts is not None
        and parts.scheme in {"http", "https"}
        and parts.hostname in {API_HOST, UPLOAD_HOST}
        and parts.path in {BASE_PATH, f"{BASE_PATH}/"}
    )


def _check_spelling(cls: type[Declarations]) -> None:
    kinds = [kind for kind in cls.__mro__ if issubclass(kind, Declarations)][:-1]
    present = {name for kind in kinds for name in vars(kind)}
    for kind in kinds:
        for name, value in vars(kind).items():
            meant = "" if name.startswith("_") else _meant(name, value)
            # a class that declares it as well has the other for itself
            if meant and meant not in present:
                raise ValueError(
                    f"{cls.__name__}.{name} is not a declaration; did you mean {meant}?"
                )


def _meant(name: str, value: object) -> str:
    """Return the declaration that a name was meant for, or an empty text.

    Functions may be the author's own: only those that take what `failed` and `code_of` take count.
    """
    if isfunction(value):
        takes_one = len(signature(value).parameters) == 2 and not hasattr(value, ACTION_ATTRIBUTE)
        return _closest(name, _METHODS, _LIKE_METHOD) if takes_one else ""
    helps = hasattr(type(value), "__get__") or (callable(value) and not are_exceptions(value))
    meant = "" if helps else _closest(name, _VALUES, _LIKE_VALUE)
    return meant if meant[:1] == name[:1].lower() else ""


def _closest(name: str, known: Iterable[str], cutoff: float) -> str:
    written = name.replace("_", "").lower()

    def likeness(other: str) -> float:
        bare = other.replace("_", "")
        alike = SequenceMatcher(None, written, bare).ratio()
        return alike if abs(len(written) - len(bare)) <= _LONGER else 0.0

    # the first of those that are as like: `retrys` is `retries`, and not `returns`
    close = max(known, key=likeness)
    return close if likeness(close) >= cutoff else ""
