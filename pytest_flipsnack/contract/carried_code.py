"""Whether an error, or a returned result, carries the code of the reply."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from pytest_flipsnack.catalogue.codes import known_code

_MISSING = object()
_ADDRESS = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)
_HTTP_FROM = 100  # a number from here on is an HTTP status, never a Flipsnack code
_NAMES = ("code", "status_code", "error_code", "flipsnack_code", "api_code", "errno", "status")


def carried_code(value: object) -> object:
    """Return the code that a value carries in an attribute or item of a usual name, or None."""
    for name in _NAMES:
        found = getattr(value, name, _MISSING)
        if found is _MISSING and isinstance(value, dict):
            found = value.get(name, _MISSING)
        number = getattr(found, "value", found)  # an enumeration
        if isinstance(number, int) and not isinstance(number, bool) and number < _HTTP_FROM:
            return number
    return None


def carries(value: object, code: int) -> bool:
    """Return whether a value carries the code anywhere: attributes, items, text, or what it holds.

    An answer of a web application holds a body, the result of a command an output.
    """
    if carried_code(value) == code:
        return True
    if any(_equals(part, code) for part in parts(value)):
        return True
    texts = (
        _ADDRESS.sub("", f"{value} {value!r}"),
        *(_held_text(value, name) for name in _HOLD_TEXT),
    )
    return any(_names(text, code) for text in texts)


def _names(text: str, code: int) -> bool:
    known = known_code(code)
    message = known.message.lower() if known is not None else ""
    return bool(re.search(rf"(?<!\d){code}(?!\d)", text)) or (
        bool(message) and message in text.lower()
    )


_HOLD_TEXT = ("text", "body", "content", "data", "output", "stdout", "stderr", "out", "err")
_LONGEST = 100_000


def _held_text(value: object, name: str) -> str:
    """Return the text of an answer or an output, or an empty one."""
    held: object = ""
    with suppress(Exception):  # a body that nobody has read, an output that was not captured
        inspect.getattr_static(value, name)  # raises for an attribute that is made up on the way
        held = getattr(value, name)
    if isinstance(held, bytes | bytearray):
        return held[:_LONGEST].decode("utf-8", "replace")
    return held[:_LONGEST] if isinstance(held, str) else ""


def parts(value: object) -> Iterator[object]:
    """Yield the parts of a value: arguments, items, attributes."""
    if isinstance(value, BaseException):
        yield from value.args
    if isinstance(value, tuple | list):
        yield from value
    if isinstance(value, dict):
        yield from value.values()
    yield from getattr(value, "__dict__", {}).values()
    for kind in type(value).__mro__:
        for name in kind.__dict__.get("__slots__", ()):
            yield getattr(value, name, None)
        if kind.__module__ != "builtins":
            yield from (item for name, item in vars(kind).items() if not name.startswith("__"))


_DEPTH = 4


def members(
    value: object, *, without: Iterable[object] = (), depth: int = _DEPTH
) -> Iterator[tuple[str, object]]:
    """Yield the named leaves of a result, nested ones included: items and attributes, not methods.

    `without` are objects that are not part of it, such as a client that it belongs to.
    """
    if depth == 0 or any(value is one for one in without):
        return
    pairs = [("", item) for item in value] if isinstance(value, list | tuple) else []
    pairs += [(name, item) for name, item in named(value).items() if not callable(item)]
    for name, item in pairs:
        if name and not isinstance(item, list | tuple | Mapping):
            yield name, item
        yield from members(item, without=without, depth=depth - 1)


def named(value: object) -> dict[str, object]:
    """Return the items or attributes of an object by name, methods included.

    Code of its own is not run: an object that reads its fields late makes requests in `__getattr__`.
    """
    if isinstance(value, Mapping):
        return {str(name): item for name, item in value.items()}
    names = [name for kind in type(value).__mro__ for name in kind.__dict__.get("__slots__", ())]
    if isinstance(value, tuple):
        names += getattr(value, "_fields", ())  # of a named tuple
    held = {name: _held(value, name) for name in names}
    found = {name: item for name, item in held.items() if item is not _MISSING}
    attributes = _held(value, "__dict__")
    return {**found, **attributes} if isinstance(attributes, Mapping) else found


def _held(value: object, name: str) -> object:
    try:
        return object.__getattribute__(value, name)
    except AttributeError:
        return _MISSING  # a slot that nothing was put into, or a private one


def _equals(part: object, code: int) -> bool:
    number = getattr(part, "value", part)
    return (isinstance(number, int) and not isinstance(number, bool) and number == code) or (
        number == str(code)
    )
