"""The time of a process: what really passes, and what was skipped on top of it."""

from __future__ import annotations

import contextlib
import gc
import math
import sys
import threading
import time
import types
from functools import cache
from importlib.machinery import BuiltinImporter
from importlib.util import module_from_spec
from typing import Any, cast


@cache
def original(name: str) -> Any:
    """Return the function of `time` that everybody holds, also where another one hides it."""
    # a test may have replaced the attribute before we were imported
    found = vars(time).get(name)
    if _is_own(found):
        return found
    # its first argument is the module, so it is among what refers to that
    held = (one for one in gc.get_referrers(time) if _is_own(one) and one.__name__ == name)
    return next(held, None)


def _is_own(found: object) -> bool:
    return isinstance(found, types.BuiltinFunctionType) and found.__self__ is time


def _own_copy() -> Any:
    """Return a `time` module of our own, whose functions are never switched."""
    spec = BuiltinImporter.find_spec("time")
    assert spec is not None
    made = module_from_spec(spec)
    cast("Any", spec.loader).exec_module(made)
    return made


_TIME = _own_copy()
monotonic = _TIME.monotonic
process_time = _TIME.process_time
wall_clock = _TIME.time
localtime = _TIME.localtime


REAL_WAIT_S = 0.5
"""So much real time between two readings is a wait that counts; less is the client's work."""
_PER_S = 2**20
"""Steps of a reading: from one to another three seconds are 3.0, and not 2.9999999998."""
_TOO_LATE_S = 100 * 365.25 * 86_400
"""Later than this the dates of a later test might not fit into `datetime`."""


class Timeline:
    """Seconds that really pass, and those that sleeps skip.

    Clients see `now`: real time plus what was skipped, so a sleep lasts exactly as long as it
    should by every clock they can read, whatever really passes meanwhile. `reading` leaves out
    the client's own work, so that two readings around a sleep of 3 s are 3.0 apart.
    """

    def __init__(self) -> None:
        self.skipped = 0.0
        """How far the clients' clocks are ahead of the real ones."""
        self.slept = 0.0
        """The sum of all sleeps so far, exact, those that overlap counted once."""
        self.really_waited_s = 0.0
        self._counted = 0.0
        self._frozen = 0.0
        """What `slept` was when the time that freezegun has frozen was last moved."""
        self._last = monotonic()
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return what `time.monotonic()` tells a client."""
        return float(monotonic() + self.skipped)

    def reading(self, *, only_sleeps: bool) -> float:
        """Return the seconds of this timeline.

        With `only_sleeps`, real time counts where half a second or more has passed since the
        last reading, which is no work but a wait that could not be skipped.
        """
        real = monotonic()
        with self._lock:
            passed, self._last = real - self._last, real
            # a client's own work of some milliseconds would make every timeline a little different
            if not only_sleeps or passed >= REAL_WAIT_S:
                self._counted += passed
                self.really_waited_s += passed if only_sleeps else 0.0
        return exact(self._counted + self.slept)

    def advance_to(self, end: float) -> None:
        """Skip what is left until `now` is `end`."""
        with self._lock:
            # real time that has passed meanwhile is a part of the wait, and not added to it
            left = end - self.now()
            if left > 0:
                self.skipped += left

    def finish(self, slept: float) -> None:
        """Count a sleep in full, whatever part of it was skipped.

        Sleeps that overlap are counted from where they began, so that they count once.
        """
        with self._lock:
            self.slept = max(self.slept, slept)
            if slept > self._frozen:
                _move_frozen_clock(slept - self._frozen)
                self._frozen = slept

    def move_frozen_clock(self, seconds: float) -> None:
        """Move the time that freezegun has frozen ahead of a sleep that is not yet counted."""
        with self._lock:
            if _move_frozen_clock(seconds):
                self._frozen += seconds

    def restart_if_too_late(self) -> None:
        """Go back to the real time where earlier tests have slept for more than a century."""
        if self.skipped > _TOO_LATE_S:
            self.skipped = 0.0


def exact(seconds: float) -> float:
    """Return seconds on a grid on which differences of whole seconds are whole."""
    return round(seconds * _PER_S) / _PER_S


def _move_frozen_clock(seconds: float) -> bool:
    """Let the time that freezegun has frozen go on, or a deadline in it would never pass.

    It has steps of a microsecond: rounded down, it would stop just before a timer of a loop.
    """
    seconds = math.ceil(seconds * 1e6) / 1e6
    freezegun: Any = sys.modules.get("freezegun.api")
    factories = getattr(freezegun, "freeze_factories", ())
    for factory in factories[-1:]:
        with contextlib.suppress(OverflowError):  # after the year 9999
            factory.tick(seconds)
    return bool(factories)


def journey() -> object | None:
    """Return what stands for the time that a test has chosen with time-machine, where it has."""
    machine = sys.modules.get("time_machine")
    if machine is None:
        return None
    stacks = ("traveller_stack", "coordinates_stack")  # its present and its earlier name
    return next((stack[-1] for name in stacks if (stack := getattr(machine, name, ()))), None)
