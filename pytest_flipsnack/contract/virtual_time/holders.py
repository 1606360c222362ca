"""Find every place that holds a function: modules, classes, instances, defaults, closures."""

from __future__ import annotations

import functools
import gc
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_PRIVATE = (
    # these keep references of their own, and virtual time would disturb them
    "_pytest", "_thread", "concurrent", "coverage", "execnet", "hypothesis", "multiprocessing",
    "pluggy", "pytest_timeout", "pytest_flipsnack", "queue", "subprocess", "threading", "xdist",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """A place that holds `original`; `put` stores another value there, `get` tells what it is."""

    put: Callable[[Any], None]
    original: Any
    get: Callable[[], Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether the original is still there; objects may change, modules and classes do not."""
        return self.get is None or self.get() is self.original


class Holders:
    """Knows where functions are held, and remembers it.

    `ahead` is how far the clocks that used it told the time ahead of the real one, `in_use` says
    that one of them does so now. `stood` is where they saw threads stand, and since when.
    """

    def __init__(self) -> None:
        self.ahead = 0.0
        self.in_use = False
        self.stood: dict[int, tuple[tuple[int, ...], float]] = {}
        self._modules = 0
        self._known: list[Holder] = []

    def find(self, originals: Sequence[Any], *, instances: bool) -> list[Holder]:
        """Return the holders of `originals`.

        Without `instances` the answer comes from memory while no module has been imported since:
        objects that were made in between, which hold a function themselves, are not found.
        """
        if instances:
            return list(_scan(originals))
        if self._modules != len(sys.modules):
            # what is replaced now does not show
            before = self._known if self.in_use else []
            self._known = [*before, *_scan(originals)]
            self._modules = len(sys.modules)
        wanted = set(map(id, originals))
        return [one for one in self._known if id(one.original) in wanted and one.holds]


def _scan(originals: Sequence[Any]) -> Iterator[Holder]:
    wanted = {id(original): original for original in originals}
    for container in gc.get_referrers(*originals):
        if container is originals or container is wanted or isinstance(container, Holder):
            continue  # or each search would find what all those before it have found
        if isinstance(container, dict):
            yield from _in_dict(container, wanted)
        elif isinstance(container, types.CellType):
            yield Holder(
                functools.partial(setattr, container, "cell_contents"),
                container.cell_contents,
            )
        elif isinstance(container, tuple):
            yield from _in_defaults(container, wanted)
        elif isinstance(container, staticmethod):
            yield from _in_staticmethod(container)
        elif isinstance(container, functools.partial) and id(container.func) in wanted:
            yield Holder(functools.partial(_set_func, container), container.func)
        elif not isinstance(
            container, list | set | frozenset | types.FrameType | types.FunctionType
        ):
            yield from _in_object(container, wanted)


def _in_dict(container: dict[Any, Any], wanted: Mapping[int, Any]) -> Iterator[Holder]:
    module = container.get("__name__") if "__spec__" in container else None
    if isinstance(module, str) and module.partition(".")[0] in _PRIVATE:
        return
    keys = [key for key, value in list(container.items()) if id(value) in wanted]
    if "__module__" in container and "__doc__" in container and module is None:
        for owner in gc.get_referrers(container):
            if isinstance(owner, type):
                for key in keys:
                    put = functools.partial(setattr, owner, key)
                    yield Holder(put, container[key])
        return
    for key in keys:
        put = functools.partial(container.__setitem__, key)
        get = None if module is not None else functools.partial(container.get, key)
        yield Holder(put, container[key], get)


def _in_defaults(container: tuple[Any, ...], wanted: Mapping[int, Any]) -> Iterator[Holder]:
    for owner in gc.get_referrers(container):
        if isinstance(owner, types.FunctionType) and owner.__defaults__ is container:
            for index, value in enumerate(container):
                if id(value) in wanted:
                    put = functools.partial(_set_default, owner, index)
                    yield Holder(put, value)


def _in_staticmethod(container: staticmethod[Any, Any]) -> Iterator[Holder]:
    for space in gc.get_referrers(container):
        if not isinstance(space, dict):
            continue
        for owner in gc.get_referrers(space):
            if isinstance(owner, type):
                for key, value in list(vars(owner).items()):
                    if value is container:
                        put = functools.partial(_set_static, owner, key)
                        yield Holder(put, container.__func__)


def _in_object(container: Any, wanted: Mapping[int, Any]) -> Iterator[Holder]:
    names = [
        name
        for kind in type(container).__mro__
        for name in _slots(kind)
        if id(getattr(container, name, None)) in wanted
    ]
    names += [
        name for name, value in getattr(container, "__dict__", {}).items() if id(value) in wanted
    ]
    for name in names:
        put = functools.partial(object.__setattr__, container, name)
        get = functools.partial(getattr, container, name, None)
        yield Holder(put, getattr(container, name), get)


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)


def _set_default(owner: types.FunctionType, index: int, value: Any) -> None:
    defaults = list(owner.__defaults__ or ())
    defaults[index] = value
    owner.__defaults__ = tuple(defaults)


def _set_static(owner: type, key: str, value: Any) -> None:
    setattr(owner, key, staticmethod(value))


def _set_func(container: functools.partial[Any], value: Any) -> None:
    state: Any = container.__reduce__()[2]
    container.__setstate__((value, *state[1:]))  # type: ignore[attr-defined]
