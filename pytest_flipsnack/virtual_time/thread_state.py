"""What a thread does, read from its frames: whether it waits for another one."""

from __future__ import annotations

import concurrent.futures.thread
import gc
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pytest_flipsnack.virtual_time.packages import Kind, of_kind

Place = tuple[int, ...]
WITHOUT_END = float("inf")
SOON_S = 0.5
"""The most real time that a sleep takes, whatever other threads do."""
_LOCKS, _TIMED, _POOLS = of_kind(Kind.LOCKS), of_kind(Kind.TIMED), of_kind(Kind.POOL)
_PROCESSES, _SERVERS, _ON_BEHALF = (
    of_kind(Kind.PROCESSES), of_kind(Kind.SERVER), of_kind(Kind.ON_BEHALF),
)  # fmt: skip
_CONDITION_WAIT = threading.Condition.wait.__code__
_WORKER = concurrent.futures.thread._worker.__code__
_OURS = __name__.partition(".")[0]
_OUR_THREADS = "flipsnack-"
_COLLECTS_ANYWHERE = sys.version_info < (3, 12)
NOT_A_CLIENTS = of_kind(Kind.RUNNER) | {_OURS}
_TIMER = threading.Timer.run.__code__


def is_a_clients(module: str) -> bool:
    """Return whether code of a module is a client's, a test's or a library's of theirs."""
    package = module.partition(".")[0]
    return not (package in NOT_A_CLIENTS or package.startswith("pytest_"))


def waits_for_another(
    frame: FrameType, *, still: bool, stood_s: float, unknown_s: float, busy: bool
) -> bool:
    """Return whether a thread waits for another one.

    `still` says that it was seen nowhere else for a while, `stood_s` for how long by all who
    looked. Where nobody knows why it stands there, `unknown_s` must have passed.
    """
    known = _has_nothing_to_do(frame)
    if known is not None:
        return known
    goes_on_soon = _goes_on_soon(frame)  # if only to wait again
    waits_for_a_lock = not goes_on_soon and not _LOCKS.isdisjoint(_module(frame).split("."))
    enough_s = WITHOUT_END if busy or _waits_for_a_process(frame) else unknown_s
    enough_s = max(enough_s, SOON_S if goes_on_soon else 0.0)
    return still and (waits_for_a_lock or stood_s >= enough_s)


def _has_nothing_to_do(frame: FrameType) -> bool | None:
    """Return whether what a thread waits for has not come; None where its frame does not tell."""
    # a pool's idle thread waits for work without end, with or without a client
    if frame.f_code is _WORKER:
        return bool(frame.f_locals["work_queue"].empty())
    if frame.f_code is _CONDITION_WAIT and "waiter" in frame.f_locals and not _goes_on_soon(frame):
        return frame.f_locals["waiter"] in frame.f_locals["self"]._waiters
    if _module(frame) == "selectors" and _is_long(frame.f_locals.get("timeout", 0)):
        files = frame.f_locals["self"]
        if "asyncio" in map(_package, _modules(frame)) and len(files.get_map()) == 1:
            return not files.select(0)  # a loop that only another thread wakes, or its own time
    return None


def acts_for_a_client(frame: FrameType | None, *, waits: bool = False) -> bool:
    """Return whether the code of a frame is a client's, or was called by one to wait.

    With `waits`, what the standard library waits for on its own account is none of a client's.
    """
    while frame is not None:
        package = str(frame.f_globals.get("__name__")).partition(".")[0]
        if frame.f_code is _TIMER:
            theirs = frame.f_locals["self"].function
            return is_a_clients(str(getattr(theirs, "__module__", "")))
        if package not in _ON_BEHALF:
            own = package in _PROCESSES or (waits and package in sys.stdlib_module_names)
            return not own and is_a_clients(package)
        frame = frame.f_back
    return not waits  # a thread that does nothing but sleep, as `Timer` and pools have them


def outermost_name(frame: FrameType | None) -> str:
    """Return the function of the standard library that a client called, as `queue.Queue.get`."""
    name = ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__"))
        if module.partition(".")[0] not in _ON_BEHALF:
            break
        name = f"{module}.{frame.f_code.co_qualname}"
        frame = frame.f_back
    return name


def works_for_a_loop(frame: FrameType) -> bool:
    """Return whether a thread works for an event loop."""
    outermost = [name for name in _modules(frame) if name != "threading"][-1:]
    return any(_package(name) in _POOLS for name in outermost) and frame.f_code is not _WORKER


def listens_to_files(frame: FrameType) -> bool:
    """Return whether a thread listens to connections, and not to a program that it has started."""
    return _package(_module(frame)) == "selectors" and not _waits_for_a_process(frame)


def _waits_for_a_process(frame: FrameType) -> bool:
    return any(_package(module) in _PROCESSES for module in _modules(frame))


def _is_long(timeout_s: float | None) -> bool:
    """Return whether a selector waits without end, which its frame may tell as -1, or long."""
    return timeout_s is None or timeout_s == -1 or timeout_s > SOON_S


def _goes_on_soon(frame: FrameType) -> bool:
    timeout_s = frame.f_locals.get("timeout") if _module(frame) in _TIMED else None
    return isinstance(timeout_s, int | float) and 0 <= timeout_s < SOON_S


def place_of(frame: FrameType | None) -> Place:
    """Return where a thread stands; one that waits in a loop stands at the same place again."""
    found: list[int] = []
    while frame is not None:
        found += (id(frame.f_code), frame.f_lasti)
        frame = frame.f_back
    return tuple(found)


def outside_ours(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that is no stand-in's, which only hands the call on."""
    while frame is not None and _package(_module(frame)) == _OURS:
        frame = frame.f_back
    return frame


def runs_for_a_client(thread: threading.Thread | None, innermost: FrameType) -> bool:
    if thread is not None and thread.name.startswith(_OUR_THREADS):
        return False
    function = getattr(thread, "function", None)  # a timer's
    outermost = [name for name in _modules(innermost) if name != "threading"][-1:]
    target = str(getattr(function, "__module__", None) or next(iter(outermost), ""))
    return is_a_clients(target) and _package(target) not in _SERVERS


def _modules(innermost: FrameType) -> Iterator[str]:
    frame: FrameType | None = innermost
    while frame is not None:
        yield _module(frame)
        frame = frame.f_back


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__"))


def _package(module: str) -> str:
    return module.partition(".")[0]


class _Collector:
    """The interpreter's only one, and how many threads look at frames now."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.looking = 0
        self.enabled = False


_COLLECTOR = _Collector()


@contextmanager
def looking() -> Iterator[None]:
    """Keep garbage collections off in a block that looks at frames of other threads.

    On CPython 3.11 such a look makes objects, which may start a collection: its finalizers run
    while a lock of the interpreter is held, or the frame's memory goes with its thread. The first
    is a deadlock, the second a crash. From 3.12 on collections wait until it is safe.
    """
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


def end_all_looks() -> None:
    """Let the garbage collector be, in a forked child whose parent was looking at frames."""
    if _COLLECTOR.looking and _COLLECTOR.enabled:
        gc.enable()
    _COLLECTOR.__init__()  # type: ignore[misc] # its lock may be held by a thread of the parent
