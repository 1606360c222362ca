"""Replaced attributes, put back unless somebody else has replaced them; libraries that come late."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Protocol

_INHERITED = object()


class Patches:
    """A stack of replaced attributes.

    What stands in for an attribute asks `active`, and hands its calls on where that is false: it
    may come back when another tool, which has found it there, puts back what it found.
    """

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any, Any]] = []
        self._process = os.getpid()

    @property
    def active(self) -> bool:
        """Whether anything is replaced, by this process and not by one that it was forked from."""
        return bool(self._undo) and os.getpid() == self._process

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Replace `owner.name` and return what was there."""
        original = getattr(owner, name)
        own = vars(owner).get(name, _INHERITED)
        setattr(owner, name, value)
        self._undo.append((owner, name, own, value))
        return original

    def undo(self) -> None:
        """Put back what still stands as it was set, last first."""
        while self._undo:
            owner, name, own, value = self._undo.pop()
            if vars(owner).get(name) is not value:
                continue  # another tool's now, which will put back what it knows
            if own is _INHERITED:
                delattr(owner, name)
            else:
                setattr(owner, name, own)


class Transport(Protocol):
    """A way in: patches what it must between `start` and `stop`."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class OnImport(MetaPathFinder):
    """A transport of a library that may not have been imported, and then costs no import.

    A tool beside a library `needs` that library: where a test hides it, there is nothing to join.
    """

    def __init__(self, library: str, make: Callable[[], Transport], needs: str = "") -> None:
        self._library = library
        self._make = make
        self._needs = needs
        self._joined: Transport | None = None

    def start(self) -> None:
        """Join the library now, or else with its import; None stands where a test hides one."""
        hidden = sys.modules.get(self._needs, self) is None
        if sys.modules.get(self._library) is not None and not hidden:
            self._join()
        else:
            sys.meta_path.insert(_first(), self)

    def stop(self) -> None:
        """Part from it."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self._joined is not None:
            self._joined.stop()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the others find the library, and join it once it has been loaded."""
        if fullname != self._library:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(fullname)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                self._join()

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec

    def _join(self) -> None:
        self._joined = self._make()
        self._joined.start()


def _first() -> int:
    """Return where a finder comes first; pyfakefs ends by taking out the very first as its own."""
    return sum(type(finder).__module__.startswith("pyfakefs.") for finder in sys.meta_path[:1])
