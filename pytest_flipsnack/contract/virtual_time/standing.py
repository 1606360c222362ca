"""Where a thread stands, and whether it waits there for another one."""

from __future__ import annotations

import concurrent.futures.thread
import threading
from collections.abc import Iterator
from types import FrameType

Place = tuple[int, ...]
SOON_S = 0.5
_LOCKS = frozenset(["_thread_cache", "concurrent", "queue", "threading"])
"""Who stands in one of these waits for another thread, and for nothing else."""
_TIMED = ("queue", "threading")
# waits whose frames tell whether what they wait for has come
_CONDITION_WAIT = threading.Condition.wait.__code__
_WORKER = concurrent.futures.thread._worker.__code__
_NOT_THE_CLIENTS = frozenset(
    [
        # servers, debuggers and runners have threads of their own, which wake no client
        "_pydevd_bundle", "debugpy", "execnet", "http", "pydevd", "socketserver", "werkzeug",
        "xdist",
    ]
)  # fmt: skip
_OF_PYTEST = ("_pytest", "pytest_")
_OURS = __name__.partition(".")[0]
_OUR_THREADS = "flipsnack-"
_AWAIT_FILES = "await_files"
"""The function of `Loops` in which an event loop waits for an answer."""


def waits(frame: FrameType | None, *, still: bool, stood_s: float, unknown_s: float) -> bool:
    """Return whether a thread waits for another one.

    Who asks saw it nowhere else for a while, which is `still`, and all who asked for `stood_s`
    seconds. Where nobody knows for what it stands there, `unknown_s` must have passed.
    """
    if frame is None or is_asking(frame):
        return False
    exact = _is_not_called(frame)
    if exact is not None:
        return exact
    if _goes_on_soon(frame):
        return stood_s >= max(unknown_s, SOON_S)  # if only to wait again
    waits_for_a_lock = not _LOCKS.isdisjoint(_module(frame).split("."))
    return still and (waits_for_a_lock or stood_s >= unknown_s)


def _is_not_called(frame: FrameType) -> bool | None:
    """Return whether what a thread waits for has not come; None where its frame does not tell."""
    if frame.f_code is _WORKER:
        return bool(frame.f_locals["work_queue"].empty())
    if frame.f_code is _CONDITION_WAIT and "waiter" in frame.f_locals and not _goes_on_soon(frame):
        return frame.f_locals["waiter"] in frame.f_locals["self"]._waiters
    if _module(frame) == "selectors" and _is_long(frame.f_locals.get("timeout", 0)):
        files = frame.f_locals["self"]
        if "asyncio" in map(_package, _modules(frame)) and len(files.get_map()) == 1:
            return not files.select(0)  # a loop that only another thread wakes, or its own time
    return None


def _is_long(timeout_s: float | None) -> bool:
    """Return whether a selector waits for ever, which its frame may tell as -1, or long."""
    return timeout_s is None or timeout_s == -1 or timeout_s > SOON_S


def _goes_on_soon(frame: FrameType) -> bool:
    timeout_s = frame.f_locals.get("timeout") if _module(frame) in _TIMED else None
    return isinstance(timeout_s, int | float) and 0 <= timeout_s < SOON_S


def is_asking(frame: FrameType | None) -> bool:
    """Return whether our own code sees to what a thread waits for: an answer, or a loop's files."""
    if frame is not None and _module(frame) == "selectors":
        return frame.f_back is not None and frame.f_back.f_code.co_name == _AWAIT_FILES
    return _package(_module(frame)) == _OURS


def place_of(frame: FrameType | None) -> Place:
    """Return where a thread stands; one that waits in a loop stands at the same place again."""
    found: list[int] = []
    while frame is not None:
        found += (id(frame.f_code), frame.f_lasti)
        frame = frame.f_back
    return tuple(found)


def is_the_clients(thread: threading.Thread | None, innermost: FrameType) -> bool:
    if thread is not None and thread.name.startswith(_OUR_THREADS):
        return False
    function = getattr(thread, "function", None)  # a timer's
    outermost = [name for name in _modules(innermost) if name != "threading"][-1:]
    target = getattr(function, "__module__", None) or next(iter(outermost), "")
    return not (_package(str(target)) in _NOT_THE_CLIENTS or is_pytests(str(target)))


def is_pytests(module: str) -> bool:
    """Return whether a module is pytest's or a plugin's, as pytest-timeout's."""
    return module.startswith(_OF_PYTEST)


def _modules(innermost: FrameType) -> Iterator[str]:
    frame: FrameType | None = innermost
    while frame is not None:
        yield _module(frame)
        frame = frame.f_back


def _module(frame: FrameType | None) -> str:
    return str(frame.f_globals.get("__name__")) if frame else ""


def _package(module: str) -> str:
    return module.partition(".")[0]
