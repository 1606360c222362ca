"""`datetime.now()` in virtual time, wherever the class is held."""

from __future__ import annotations

import ctypes
import datetime as dt
import gc
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

_SAYS_DEPRECATED = (3, 12)


def places() -> Iterator[tuple[Callable[[Any], None], Any, Any]]:
    """Yield how to put a method into `datetime.datetime`, the one there, and one that goes there.

    The class itself stays: a client may ask `type(value) is datetime`, and a class that only
    looks alike would answer wrongly. `today` reads the replaced `time.time` by itself.
    """
    if sys.implementation.name != "cpython":  # pragma: no cover - measured on CPython
        return  # nobody else's class has a dictionary that can be reached
    for made in (_now, _utcnow):
        name = made.__name__.removeprefix("_")
        yield _putting(name), vars(dt.datetime)[name], classmethod(made)


def _now(cls: type[dt.datetime], tz: dt.tzinfo | None = None) -> dt.datetime:
    return cls.fromtimestamp(time.time(), tz)


def _utcnow(cls: type[dt.datetime]) -> dt.datetime:
    if sys.version_info >= _SAYS_DEPRECATED:  # pragma: no cover - measured on 3.11
        warnings.warn(
            "datetime.datetime.utcnow() is deprecated and scheduled for removal in a future "
            "version. Use timezone-aware objects to represent datetimes in UTC: "
            "datetime.datetime.now(datetime.UTC).",
            DeprecationWarning,
            stacklevel=2,
        )
    return cls.fromtimestamp(time.time(), dt.UTC).replace(tzinfo=None)


def _putting(name: str) -> Callable[[Any], None]:
    # a class written in C takes no attributes; its dictionary does
    space = next(found for found in gc.get_referents(vars(dt.datetime)) if isinstance(found, dict))

    def put(function: Any) -> None:
        space[name] = function
        ctypes.pythonapi.PyType_Modified(ctypes.py_object(dt.datetime))

    return put
