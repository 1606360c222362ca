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
    "_pytest", "_thread", "concurrent", "coverage", "execnet", "hypothesis", "pluggy", "pytest_timeout",
    "pytest_flipsnack", "queue", "threading", "xdist",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Holder:
    """A place that holds `original`; `put` stores another value there."""

    put: Callable[[Any], None]
    original: Any
    lasting: bool


class Holders:
    """Knows where functions are held; remembers what modules, classes and functions hold."""

    def __init__(self) -> None:
        self._modules = 0
        self._lasting: list[Holder] = []

    def find(self, originals: Sequence[Any], *, instances: bool) -> list[Holder]:
        """Return the holders of `originals`.

        Without `instances` only what modules, classes and functions hold is returned, from
        memory while no module has been imported since.
        """
        if not instances and self._modules == len(sys.modules):
            return self._lasting
        found = list(_scan(originals))
        self._modules = len(sys.modules)
        self._lasting = [holder for holder in found if holder.lasting]
        return found if instances else self._lasting


def _scan(originals: Sequence[Any]) -> Iterator[Holder]:
    wanted = {id(original): original for original in originals}
    for container in gc.get_referrers(*originals):
        if container is originals or container is wanted:
            continue
        if isinstance(container, dict):
            yield from _in_dict(container, wanted)
        elif isinstance(container, types.CellType):
            yield Holder(
                functools.partial(setattr, container, "cell_contents"),
                container.cell_contents,
                lasting=True,
            )
        elif isinstance(container, tuple):
            yield from _in_defaults(container, wanted)
        elif isinstance(container, staticmethod):
            yield from _in_staticmethod(container)
        elif isinstance(container, functools.partial) and id(container.func) in wanted:
            yield Holder(functools.partial(_set_func, container), container.func, lasting=True)
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
                    yield Holder(put, container[key], lasting=True)
        return
    for key in keys:
        put = functools.partial(container.__setitem__, key)
        yield Holder(put, container[key], lasting=module is not None)


def _in_defaults(container: tuple[Any, ...], wanted: Mapping[int, Any]) -> Iterator[Holder]:
    for owner in gc.get_referrers(container):
        if isinstance(owner, types.FunctionType) and owner.__defaults__ is container:
            for index, value in enumerate(container):
                if id(value) in wanted:
                    put = functools.partial(_set_default, owner, index)
                    yield Holder(put, value, lasting=True)


def _in_staticmethod(container: staticmethod[Any, Any]) -> Iterator[Holder]:
    for space in gc.get_referrers(container):
        if not isinstance(space, dict):
            continue
        for owner in gc.get_referrers(space):
            if isinstance(owner, type):
                for key, value in list(vars(owner).items()):
                    if value is container:
                        put = functools.partial(_set_static, owner, key)
                        yield Holder(put, container.__func__, lasting=True)


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
        yield Holder(put, getattr(container, name), lasting=False)


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
