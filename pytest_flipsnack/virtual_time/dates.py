"""`datetime.now()` in virtual time, wherever the class is held."""

from __future__ import annotations

import ctypes
import gc
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, tzinfo
from functools import partial
from importlib import import_module
from types import BuiltinFunctionType, FrameType
from typing import Any

from pytest_flipsnack.virtual_time.patching import Switch, switch

_CLASS: Any = import_module("_datetime").datetime  # in `datetime` freezegun puts another
_SPACE = next(found for found in gc.get_referents(vars(_CLASS)) if isinstance(found, dict))
_NOW = _SPACE["now"]
_SAYS_DEPRECATED = (3, 12)
Ahead = Callable[[FrameType | None], float]


class DateSwitch:
    """Puts `now` and `utcnow` into the class `datetime`, whose own ones read the time in C.

    The class itself stays: a client may ask `type(value) is datetime`, and a class that only
    looks alike would answer wrongly. `today`, here and of `date`, calls `time.time` by itself.
    """

    def __init__(self, ahead: Ahead) -> None:
        self.real: dict[str, Any] = {}
        makes = {"now": _now(self, ahead), "utcnow": _utcnow(ahead)}
        self._made = {name: classmethod(make) for name, make in makes.items()}

    @staticmethod
    def held(ahead: Ahead, known: set[int]) -> Iterator[Switch]:
        """Yield the switches of bound methods that somebody holds, as in `clock=datetime.now`.

        Each is an object of its own, made when it was asked for; only the class knows of it.
        """
        for found in gc.get_referrers(_CLASS):
            if isinstance(found, BuiltinFunctionType) and id(found) not in known:
                make = _HELD.get(found.__name__)
                if make is not None and found.__self__ is _CLASS:
                    known.add(id(found))
                    yield switch(found, partial(make, ahead=ahead))

    def put_in(self) -> None:
        """Let the class tell virtual time."""
        self.real = {name: _SPACE[name] for name in self._made}
        # a class written in C takes no attributes; its dictionary does
        _SPACE.update(self._made)
        _has_changed()

    def take_out(self) -> None:
        """Let the class tell real time."""
        for name, method in self._made.items():
            if _SPACE[name] is method:  # or another tool's stands there, which stays
                _SPACE[name] = self.real[name]
        _has_changed()


_has_changed = partial(ctypes.pythonapi.PyType_Modified, ctypes.py_object(_CLASS))


def _held_now(real: Any, ahead: Ahead) -> Callable[..., Any]:
    def now(tz: tzinfo | None = None) -> Any:
        skipped = ahead(sys._getframe(1))
        return _CLASS.fromtimestamp(_utc_s() + skipped, tz) if skipped else real(tz)

    return now


def _held_utcnow(real: Any, ahead: Ahead) -> Callable[..., Any]:
    def utcnow() -> Any:
        skipped = ahead(sys._getframe(1))
        if not skipped:
            return real()
        return _CLASS.fromtimestamp(_utc_s() + skipped, UTC).replace(tzinfo=None)

    return utcnow


_HELD = {"now": _held_now, "utcnow": _held_utcnow}


def _now(this: DateSwitch, ahead: Ahead) -> Callable[..., Any]:
    def now(cls: Any, tz: tzinfo | None = None) -> Any:
        skipped = ahead(sys._getframe(1))
        if not skipped:
            return this.real["now"].__get__(None, cls)(tz)
        return cls.fromtimestamp(_utc_s() + skipped, tz)

    return now


def _utcnow(ahead: Ahead) -> Callable[..., Any]:
    def utcnow(cls: Any) -> Any:
        if sys.version_info >= _SAYS_DEPRECATED:  # pragma: no cover - measured on 3.11
            text = (
                "datetime.datetime.utcnow() is deprecated; use datetime.datetime.now(datetime.UTC)"
            )
            warnings.warn(text, DeprecationWarning, stacklevel=2)
        seconds = _utc_s() + ahead(sys._getframe(1))
        return cls.fromtimestamp(seconds, UTC).replace(tzinfo=None)

    return utcnow


def _utc_s() -> float:
    return float(_NOW.__get__(None, _CLASS)(UTC).timestamp())
