"""Look at what other threads do, without what CPython 3.11 makes of a collection meanwhile.

There a look at another thread's frame makes objects, which may start a collection: its finalizers
run while a lock of the interpreter is held, or the frame's memory goes with its thread. The first
is a deadlock, the second a crash. From 3.12 on collections wait until it is safe.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_COLLECTS_ANYWHERE = sys.version_info < (3, 12)


class _Collector:
    """The interpreter's only one, and how many look at frames now."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.looking = 0
        self.enabled = False


_COLLECTOR = _Collector()


@contextmanager
def looking() -> Iterator[None]:
    """Keep collections off where they are dangerous, in a block that looks at frames."""
    if not _COLLECTS_ANYWHERE:  # pragma: no cover - measured on 3.11
        yield
        return
    with _COLLECTOR.lock:
        if not _COLLECTOR.looking:
            _COLLECTOR.enabled = gc.isenabled()
            gc.disable()
        _COLLECTOR.looking += 1
    try:
        yield
    finally:
        with _COLLECTOR.lock:
            _COLLECTOR.looking -= 1
            if not _COLLECTOR.looking and _COLLECTOR.enabled:
                gc.enable()
