"""Threads that wait in virtual time: which wait ends first, and when the clock may move to it."""

from __future__ import annotations

import _thread
import concurrent.futures.thread
import gc
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Self, TypeVar
from weakref import WeakKeyDictionary

from pytest_flipsnack.virtual_time.originals import monotonic, process_time
from pytest_flipsnack.virtual_time.timeline import Timeline

T = TypeVar("T")
Place = tuple[int, ...]
WITHOUT_END = float("inf")
SOON_S = 0.5
"""The most real time that a sleep takes, whatever other threads do."""
GRACE_S = 0.01
"""How long a thread does not move before it counts as waiting at its lock."""
_STILL_S = 0.1
"""How long a thread does not move, nobody knows why, before a sleep takes no notice of it."""
_LONG_S = 1.0
_PATIENCE_S = 1.5
"""As `_STILL_S`, for a wait that the other thread may end."""
_PATIENCE_WITH_WORK_S = 5.0
"""How long such a wait lasts while another thread works."""
_TICK_S = 0.001
_MOST_OVERTAKEN = 50
_BUSY = 0.3
"""A share of CPU time above which a thread that does not move counts as working."""
_LOCKS = frozenset(["_thread_cache", "concurrent", "queue", "threading"])
"""A thread in one of these modules waits for another thread, and for nothing else."""
_TIMED = ("queue", "threading")
_POOLS = frozenset(["_thread_cache", "anyio", "asgiref", "concurrent", "trio"])
"""Threads of these work for an event loop."""
_PROCESSES = ("multiprocessing", "subprocess")
_CONDITION_WAIT = threading.Condition.wait.__code__
_WORKER = concurrent.futures.thread._worker.__code__
_OURS = __name__.partition(".")[0]
_OUR_THREADS = "flipsnack-"
_COLLECTS_ANYWHERE = sys.version_info < (3, 12)
NOT_A_CLIENTS = frozenset(
    [
        # pytest, its plugins' helpers, debuggers and servers: they wake no client
        "_hypothesis_globals", "_pydevd_bundle", "_pytest", "coverage", "debugpy", "execnet",
        "hypothesis", "pluggy", "pydevd", "xdist", _OURS,
    ]
)  # fmt: skip
_SERVERS = frozenset(["http", "socketserver", "werkzeug"])


def is_a_clients(module: str) -> bool:
    """Return whether code of a module is a client's, a test's or a library's of theirs."""
    package = module.partition(".")[0]
    return not (package in NOT_A_CLIENTS or package.startswith("pytest_"))


class Threads:
    """Who waits in virtual time, and until when."""

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.moving = False
        """Whether time is virtual now; waits end where it is not."""
        self.awaiting_answers: set[int] = set()
        """Threads whose request is on its way: nothing is skipped meanwhile."""
        self._lock = _thread.allocate_lock()
        self._waits: list[Wait] = []
        self._requesting: set[int] = set()
        self._main = 0
        self._stood: WeakKeyDictionary[threading.Thread, tuple[Place, float]] = WeakKeyDictionary()
        self.first: Wait | None = None
        self._latest: Wait | None = None

    @property
    def tick_s(self) -> float:
        """How long a wait listens before it looks again whether it is first."""
        return _TICK_S * (1 + len(self._waits) // 8)

    def makes_requests(self) -> None:
        """Note that the calling thread makes requests; threads that never do are background."""
        self._requesting.add(threading.get_ident())

    def is_requesting(self, thread: int) -> bool:
        """Return whether a thread is known to make requests."""
        return thread in self._requesting

    def begin(self) -> None:
        """Note the calling thread as the client's; the numbers of earlier ones are used again."""
        self._requesting = {threading.get_ident()}
        self._main = threading.get_ident()

    def is_main(self) -> bool:
        """Return whether the calling thread is the one in which time was made virtual."""
        return threading.get_ident() == self._main

    def wait(self, seconds: float | None) -> Wait:
        """Return a wait of the calling thread, as a block; None waits for other threads alone."""
        return Wait(self, WITHOUT_END if seconds is None else seconds)

    @contextmanager
    def awaiting_answer(self) -> Iterator[None]:
        """Let no time be skipped while the calling thread waits for an answer that is due."""
        ident = threading.get_ident()
        self.awaiting_answers.add(ident)
        try:
            yield
        finally:
            self.awaiting_answers.discard(ident)

    def join(self, wait: Wait) -> None:
        """Let a wait begin."""
        with self._lock:
            self._waits.append(wait)
            self._choose()

    def leave(self, wait: Wait) -> None:
        """Let a wait end."""
        with self._lock:
            self._waits.remove(wait)
            self._choose()

    def end(self, wait: Wait) -> bool:
        """Move the clock to the end of the first wait, unless another one was just woken."""
        with self._lock:
            if self.first is not wait or any(other.woken() for other in self._waits):
                return False
            if wait.end < WITHOUT_END:
                self.timeline.advance_to(wait.end)
                wait.skipped = True
            if wait.background:
                for other in self._waits:
                    other.overtaken += 1
            return True

    def others(self) -> dict[int, FrameType | None]:
        """Return the client's other threads that do not wait in virtual time, with their frames.

        None is the frame of a thread that was started and has not begun. Call it in a block of
        `looking`.
        """
        known = {threading.get_ident(), *(wait.thread for wait in list(self._waits))}
        threads = threading.enumerate()
        by_ident = {thread.ident: thread for thread in threads}
        found: dict[int, FrameType | None] = {
            ident: _outside(frame)
            for ident, frame in sys._current_frames().items()
            if ident not in known
            and (self.is_requesting(ident) or _runs_for_a_client(by_ident.get(ident), frame))
        }
        found |= {id(thread): None for thread in threads if thread.ident is None}
        return found

    def standing_since(self, places: Mapping[int, Place]) -> dict[int, float]:
        """Return since when each thread was seen nowhere but at its place, by whoever looked."""
        new = monotonic()
        threads = {thread.ident: thread for thread in threading.enumerate()}
        since = dict.fromkeys(places, new)
        for ident, place in places.items():
            thread = threads.get(ident)
            if thread is not None:
                known = self._stood.get(thread, (place, new))
                self._stood[thread] = stands = known if known[0] == place else (place, new)
                since[ident] = stands[1]
        return since

    def _choose(self) -> None:
        requesting = [wait for wait in self._waits if not wait.background]
        # a thread that sleeps very often, or many that do, must not hold up a long wait
        enough = any(wait.overtaken >= _MOST_OVERTAKEN for wait in requesting)
        chosen = requesting if enough else self._waits
        self.first = min(chosen, key=lambda wait: wait.end, default=None)
        if self.first is None:
            return
        if self.first is not self._latest:
            self.first.start_over()
        self._latest = self.first
        self.first.wake()


class Wait:
    """A wait of a thread in virtual time, as a block; `over` says whether it has ended.

    It ends when its time has come: by real time that passes, or skipped where every other thread
    of the client's waits too. Threads that do not, hold up a sleep for half a second.
    """

    def __init__(self, threads: Threads, seconds: float) -> None:
        self._threads = threads
        self._timeline = threads.timeline
        self._seconds = seconds
        self._slept_before = self._timeline.slept
        self.end = self._timeline.now() + seconds
        self.thread = threading.get_ident()
        self.background = not threads.is_requesting(self.thread)
        self.overtaken = 0
        self.skipped = False
        self.woken: Callable[[], object] = _never
        """Whether what it waits for has come, and its thread has not gone on yet."""
        self.held: Callable[[], object] = _never
        """Whether an answer may still come that only real time brings."""
        self._by_pools = False
        self._most_slept = WITHOUT_END
        self._bell = _thread.allocate_lock()
        self._bell.acquire()
        self.start_over()

    def __enter__(self) -> Self:
        self._threads.join(self)
        return self

    def __exit__(self, *exc: object) -> None:
        self._threads.leave(self)

    def sleep(self) -> None:
        """Return when the time has come."""
        with self:
            while not self.over():
                self.pause()

    def skip(self) -> None:
        """Let the time come at once, whatever other threads do."""
        self._timeline.advance_to(self.end)
        self.skipped = True
        self._count()

    def until(
        self,
        listen: Callable[[float], T],
        woken: Callable[[], object],
        held: Callable[[], object] | None = None,
        *,
        by_pools: bool = False,
        most_slept: float = WITHOUT_END,
    ) -> T | None:
        """Return what `listen` gives within so many seconds, or None when the wait has ended.

        `woken` tells another thread whether `listen` would give something now, `held` says that
        only real time may bring it. With `by_pools` only threads of pools end the wait;
        `most_slept` is what it may bring the timeline's `slept` to.
        """
        self.woken, self.held = woken, held or _never
        self._by_pools, self._most_slept = by_pools, most_slept
        with self:
            given = listen(0)  # what is there already takes no time
            while not given:
                if self.over():
                    return None
                given = listen(self._threads.tick_s)
            return given

    def over(self) -> bool:
        """Return whether the wait has ended; move the clock to its end where it is the first."""
        if self._timeline.now() >= self.end:
            self._count()
            return True
        if not self._threads.moving:
            return True
        if self._threads.first is not self or self.held():
            return False
        with looking():
            all_wait = self._all_wait()
        if all_wait and self._threads.end(self):
            self._count()
            return True
        return False

    def pause(self) -> None:
        """Wait for the others: a moment where this is the first, else until it is."""
        first = self._threads.first is self
        # the others are woken when they become the first; looking all the time would cost CPU time
        self._bell.acquire(timeout=_TICK_S if first else _STILL_S)

    def wake(self) -> None:
        """End a pause."""
        if self._bell.locked():
            self._bell.release()

    def start_over(self) -> None:
        """Forget what was seen of the others, for they have gone on since."""
        self._first_s = self._since_s = monotonic()
        self._worked_s = self._worked_at_first_s = process_time()
        self._seen: dict[int, Place] = {}

    def _count(self) -> None:
        # a background sleep that real time has ended moves nothing
        if (self.skipped or not self.background) and self._seconds < WITHOUT_END:
            slept = min(self._slept_before + self._seconds, self._most_slept)
            self._timeline.finish(slept)

    def _all_wait(self) -> bool:
        threads = self._threads
        others = threads.others()
        # a reply takes its own real time, and no client's timeout may pass meanwhile
        if not threads.awaiting_answers.isdisjoint(others):
            return False
        places = {ident: place_of(frame) for ident, frame in others.items()}
        now_s = monotonic()
        if any(self._seen.get(ident) != place for ident, place in places.items()):
            self._seen, self._since_s, self._worked_s = places, now_s, process_time()
        passed_s = now_s - self._first_s
        stands = threads.standing_since(places)
        listens = any(map(self._may_be_woken_by, others.values()))
        enough_s = _PATIENCE_WITH_WORK_S if listens else SOON_S
        # a machine that stands still is no reason to let a background sleep run ahead
        worked = process_time() - self._worked_at_first_s >= passed_s / 2
        if passed_s >= enough_s and (worked or not self.background):
            return True
        busy = process_time() - self._worked_s > _BUSY * (now_s - self._since_s)

        def waits_there(ident: int, frame: FrameType) -> bool:
            listens = self._may_be_woken_by(frame)
            stood_s = now_s - stands[ident]
            # a thread that has stood there for long costs a sleep nothing but its order
            grace_s = _TICK_S if stood_s >= _LONG_S and not listens else GRACE_S
            still = now_s - self._since_s >= grace_s
            unknown_s = _PATIENCE_S if listens else _STILL_S
            if self.background and threads.is_requesting(ident):
                unknown_s = max(unknown_s, SOON_S)
            return _waits(frame, still=still, stood_s=stood_s, unknown_s=unknown_s, busy=busy)

        return all(
            frame is not None and waits_there(ident, frame) for ident, frame in others.items()
        )

    def _may_be_woken_by(self, frame: FrameType | None) -> bool:
        """Return whether the end of a thread's work may be what this waits for."""
        if self.woken is _never or frame is None:
            return self.woken is not _never
        if self._by_pools:
            outermost = [name for name in _modules(frame) if name != "threading"][-1:]
            return (
                any(_package(name) in _POOLS for name in outermost) and frame.f_code is not _WORKER
            )
        return _package(_module(frame)) != "selectors" or _waits_for_a_process(frame)


def _waits(frame: FrameType, *, still: bool, stood_s: float, unknown_s: float, busy: bool) -> bool:
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


def _outside(frame: FrameType | None) -> FrameType | None:
    """Return the innermost frame that is no stand-in's, which only hands the call on."""
    while frame is not None and _package(_module(frame)) == _OURS:
        frame = frame.f_back
    return frame


def _runs_for_a_client(thread: threading.Thread | None, innermost: FrameType) -> bool:
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


def _never() -> bool:
    """Nothing comes."""
    return False


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
