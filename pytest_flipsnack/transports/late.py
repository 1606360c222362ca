"""A library that a client imports only while a fake is active is joined as it arrives."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Protocol


class Transport(Protocol):
    """A way in: patches what it must between `start` and `stop`."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class OnImport(MetaPathFinder):
    """A transport of a library that may not have been imported, and then costs no import."""

    def __init__(self, library: str, make: Callable[[], Transport]) -> None:
        self._library = library
        self._make = make
        self._joined: Transport | None = None

    def start(self) -> None:
        """Join the library now, or else with its import."""
        if sys.modules.get(self._library) is not None:  # None where a test hides it
            self._join()
        else:
            sys.meta_path.insert(0, self)

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
