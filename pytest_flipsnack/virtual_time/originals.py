"""The functions of the standard library as they were before anybody replaced them.

A test may have mocked `time.sleep`, or frozen all clocks, before the first use of this package.
"""

from __future__ import annotations

import gc
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
