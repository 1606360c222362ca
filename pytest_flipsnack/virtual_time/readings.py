"""The functions of `time` that read a clock, and what they tell in virtual time."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from pytest_flipsnack.virtual_time.originals import localtime, original, wall_clock
from pytest_flipsnack.virtual_time.patching import Switch, switch

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
