"""The functions that read a clock, and what they return in virtual time."""

from __future__ import annotations

import ctypes
import gc
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, tzinfo
from functools import partial
from importlib import import_module
from types import BuiltinFunctionType, FrameType
from typing import Any

from pytest_flipsnack.virtual_time.patching import Switch, switch
from pytest_flipsnack.virtual_time.timeline import localtime, original, wall_clock

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


_NS = 1_000_000_000
_READINGS = {"time": 1, "monotonic": 1, "perf_counter": 1,
             "time_ns": _NS, "monotonic_ns": _NS, "perf_counter_ns": _NS}  # fmt: skip
_OF_THE_SYSTEM = {"clock_gettime": 1, "clock_gettime_ns": _NS}
_OF_WORK = frozenset(
    # clocks of the operating system that do not go on while somebody sleeps
    getattr(time, name)
    for name in ("CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID", "CLOCK_PROF")
    if hasattr(time, name)
)


class Readings:
    """Makes the switches; `ahead` says how far the clocks are ahead for the code of a frame."""

    def __init__(self, ahead: Callable[[FrameType | None], float]) -> None:
        self._ahead = ahead

    def switches(self) -> Iterator[Switch]:
        """Yield a switch for each function that reads a clock."""
        for name, unit in _READINGS.items():
            yield switch(original(name), self._reading(unit))
        for name, unit in _OF_THE_SYSTEM.items():
            if hasattr(time, name):  # pragma: no branch - Windows has none
                yield switch(original(name), self._reading_of(unit))
        for name in ("gmtime", "localtime", "ctime"):
            yield switch(original(name), self._date)
        for name, given in (("strftime", 1), ("asctime", 0)):
            yield switch(original(name), self._text(given))

    def _reading(self, unit: int) -> Callable[[Any], Callable[[], Any]]:
        def made(real: Any) -> Callable[[], Any]:
            def reading() -> Any:
                return real() + _shift(self._ahead(sys._getframe(1)), unit)

            return reading

        return made

    def _reading_of(self, unit: int) -> Callable[[Any], Callable[[int], Any]]:
        def made(real: Any) -> Callable[[int], Any]:
            def reading(clock: int, /) -> Any:
                ahead = 0.0 if clock in _OF_WORK else self._ahead(sys._getframe(1))
                return real(clock) + _shift(ahead, unit)

            return reading

        return made

    def _date(self, real: Any) -> Callable[..., Any]:
        def date(seconds: Any = None, /) -> Any:
            if seconds is None:
                seconds = wall_clock() + self._ahead(sys._getframe(1))
            return real(seconds)

        return date

    def _text(self, given: int) -> Callable[[Any], Callable[..., Any]]:
        def made(real: Any) -> Callable[..., Any]:
            def text(*args: Any) -> Any:
                if len(args) == given:  # the date is left out
                    now = wall_clock() + self._ahead(sys._getframe(1))
                    args = (*args, localtime(now))
                return real(*args)

            return text

        return made


def _shift(seconds: float, unit: int) -> float:
    return seconds if unit == 1 else int(seconds * unit)
