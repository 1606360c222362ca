"""Sleeps that a test has put in the place of the real ones: they are called, and time moves."""

from __future__ import annotations

import asyncio
import inspect
import sys
import time
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.virtual_time import patching
from pytest_flipsnack.virtual_time.timeline import original

if TYPE_CHECKING:
    from pytest_flipsnack.virtual_time.process import Process

_NAMES = ("sleep", "_sleep")
_ASYNC = asyncio.tasks.sleep


class ForeignSleeps:
    """Finds and observes what stands where a sleep was; nothing of it is replaced.

    A suite may mock `time.sleep` for all its tests, so that none of them waits. Its clients are
    as right as others: the mock sees its calls, and the clock moves by what it was asked for.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._observed: dict[int, patching.Switch] = {}
        self._spaces: list[dict[str, Any]] = []
        self._modules = 0
        self.unknown = ""
        """A sleep that cannot be observed, as a finding shows it."""

    def start(self) -> None:
        """Observe anew."""
        self.unknown = ""
        self.look()

    def look(self) -> None:
        """Observe what stands there now; tests may replace a sleep at any time."""
        # the attributes that clients read at each call come first, whoever set them
        if time.sleep is not original("sleep"):
            self._observe(time.sleep, "time.sleep")
        if asyncio.sleep is not _ASYNC:
            self._observe(asyncio.sleep, "asyncio.sleep")
        for space in self._named():
            module = space.get("__name__")
            for name in _NAMES:
                found = space.get(name)
                if found is not None and _is_a_tests(found, str(module)):
                    self._observe(found, f"{module}.{name}")

    def release(self) -> None:
        """Observe nothing any more."""
        while self._observed:
            self._observed.popitem()[1].take_out()

    def _named(self) -> list[dict[str, Any]]:
        """Return the modules that hold a sleep by name, as after `from time import sleep`."""
        # a test replaces a name that exists; new ones come with new modules
        if self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            modules = [vars(module) for module in list(sys.modules.values()) if module is not None]
            self._spaces = [space for space in modules if not space.keys().isdisjoint(_NAMES)]
        return self._spaces

    def _observe(self, found: Any, name: str) -> None:
        if id(found) in self._observed:
            return
        try:
            switch = patching.switch(found, lambda real: self._sleeping(found, real, name))
        except TypeError:
            self.unknown = f"{name} is {type(found).__name__}, which cannot be observed"
            return
        self._observed[id(found)] = switch
        switch.put_in()

    def _sleeping(self, found: Any, real: Any, name: str) -> Any:
        process = self._process

        def sleep(*args: Any, **kwargs: Any) -> Any:
            wait = process.threads.wait(self._asked(args, kwargs, name))
            given = real(*args, **kwargs)
            # it may have slept really, or moved a clock of its own: only the rest is left to sleep
            if not inspect.isawaitable(given) and wait.end > process.timeline.now():
                wait.sleep()
                process.notify_slept()
            else:
                wait.skip()
            return given

        async def sleep_async(*args: Any, **kwargs: Any) -> Any:
            wait = process.threads.wait(self._asked(args, kwargs, name))
            given = await real(*args, **kwargs)
            wait.skip()
            return given

        # a mock of a coroutine function returns an awaitable from a plain call
        return sleep_async if inspect.iscoroutinefunction(found) and not _mocks(found) else sleep

    def _asked(self, args: tuple[Any, ...], kwargs: dict[str, Any], name: str) -> float:
        """Return for how long somebody asked to sleep; 0 for what is no length."""
        from pytest_flipsnack.virtual_time.functions import seconds_of

        given = next(iter((*args, *kwargs.values())), 0.0)
        seconds = max(0.0, seconds_of(given))
        if seconds and self._process.threads.moving:
            self._process.record(seconds, name)
            return seconds
        return 0.0


def _mocks(found: Any) -> bool:
    mock = sys.modules.get("unittest.mock")
    return mock is not None and isinstance(found, mock.NonCallableMock)


def _is_a_tests(found: Any, holder: str) -> bool:
    """Return whether a test has put something into a module: a mock, or a function of its own."""
    if _mocks(found):
        return True
    home = str(getattr(found, "__module__", ""))
    file = home.rpartition(".")[2]
    return callable(found) and home != holder and (file == "conftest" or file.startswith("test_"))
