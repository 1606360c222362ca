"""Switch what a function does, without replacing it anywhere.

A function is held in many places: modules, defaults, closures, lists, objects of C. Searching for
them costs a pass over all objects, misses some, and collides with mocks and freezes that save and
restore what they find. So the function object stays where it is, with its identity, and only what
a call of it runs is switched: the code of a Python function, the C fields of a built-in one.
"""

from __future__ import annotations

import builtins
import ctypes
import inspect
import struct
import sys
import types
import weakref
from collections.abc import Callable
from typing import Any, Protocol, cast

_POINTER = struct.calcsize("P")
_HEAD = object.__basicsize__
"""The size of what precedes the fields of every object: more in a debug build of Python."""
_FIELDS = struct.Struct("5P")  # m_ml, m_self, m_module, m_weakreflist, vectorcall
_TAKES_ANYTHING = 0x0001 | 0x0002  # METH_VARARGS | METH_KEYWORDS


StandIn = Callable[..., Any]
Make = Callable[[Any], StandIn]
"""Makes a stand-in from the real function, which goes on doing what it was found to do."""


class Switch(Protocol):
    """A function with two behaviours."""

    def put_in(self) -> None:
        """Let a call run the stand-in."""

    def take_out(self) -> None:
        """Let a call run what it ran before."""


class _Method(ctypes.Structure):
    """CPython's `PyMethodDef`, the same in all versions."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("meth", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_void_p),
    )


def problem() -> str:
    """Say why functions cannot be switched in this Python, or return an empty text."""
    if sys.implementation.name != "cpython":
        return f"it needs CPython, and this is {sys.implementation.name}"
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        return "it needs Python's global lock, which this build does without"
    if _fields_of(len)[1] != id(builtins):
        return "this build of CPython lays out its functions in a way it does not know"
    return ""


def switch(function: Any, make: Make) -> Switch:
    """Return a switch for a function; raise `TypeError` for what cannot be switched.

    Python functions, built-in ones, bound methods, mocks, and objects whose class has a `__call__`
    can. The stand-in of a bound method or of an object is called without it. The stand-in of a
    coroutine function must return an awaitable.
    """
    if isinstance(function, types.FunctionType):
        return _PythonSwitch(function, make)
    if isinstance(function, types.BuiltinFunctionType):
        return _BuiltinSwitch(function, make)
    if isinstance(function, types.MethodType) and isinstance(function.__func__, types.FunctionType):
        return _method_switch(function.__func__, function.__self__, make)
    if _is_mock(function):
        return _MockSwitch(function, make)
    method = getattr(type(function), "__call__", None)  # noqa: B004 - the method itself
    if isinstance(method, types.FunctionType):
        return _method_switch(method, function, make)
    raise TypeError(f"{function!r} is no function whose behaviour can be switched")


class _PythonSwitch:
    """Switches the code of a Python function, which every caller reads anew."""

    def __init__(self, function: types.FunctionType, make: Make) -> None:
        self._function = function
        self._code = function.__code__
        self._made = _calling(make(_copy_of_python(function)), function.__code__)

    def put_in(self) -> None:
        self._function.__code__ = self._made

    def take_out(self) -> None:
        if self._function.__code__ is self._made:  # or somebody has switched it since
            self._function.__code__ = self._code


class _BuiltinSwitch:
    """Switches the C fields of a built-in function: method table, first argument, fast path.

    With `PyObject_Call` as its method and the stand-in as its first argument, the function calls
    the stand-in with whatever it is called with. The stand-in is a module, as the first argument
    of a module's function is, so that `repr` and `pickle` see what they always saw.
    """

    def __init__(self, function: Any, make: Make) -> None:
        address = id(function) + _HEAD
        # the first weak reference: while it lives, that field stays as it is read below
        self._keeps_field = weakref.ref(function)
        self._alive = function  # or its memory would be somebody else's
        self._before = _fields_of(function)
        call = staticmethod(make(_copy_of_builtin(function)))
        callable_module = type(function.__name__, (types.ModuleType,), {"__call__": call})
        self._owner = callable_module(str(getattr(function, "__module__", None)))
        table = _Method.from_address(self._before[0])
        target = ctypes.cast(ctypes.pythonapi.PyObject_Call, ctypes.c_void_p).value
        self._table = _Method(table.name, target, _TAKES_ANYTHING, table.doc)
        space = (ctypes.c_char * _FIELDS.size).from_address(address)
        self._memory = memoryview(space).cast("B")

    def put_in(self) -> None:
        self._before = found = self._fields()
        self._write((ctypes.addressof(self._table), id(self._owner), *found[2:4], 0))

    def take_out(self) -> None:
        if self._fields()[1] == id(self._owner):  # or somebody has changed it since
            self._write(self._before)

    def _write(self, fields: tuple[int, ...]) -> None:
        # one copy of memory under Python's lock: another thread sees all of it or nothing
        self._memory[:] = _FIELDS.pack(*fields)

    def _fields(self) -> tuple[int, ...]:
        return _FIELDS.unpack(self._memory)


def _method_switch(function: types.FunctionType, owner: object, make: Make) -> Switch:
    """Return a switch of the function behind a bound method, for the calls of one object."""

    def made(unbound: Any) -> StandIn:
        stand_in = make(types.MethodType(unbound, owner))

        def only_its(this: object, *args: Any, **kwargs: Any) -> Any:
            return stand_in(*args, **kwargs) if this is owner else unbound(this, *args, **kwargs)

        return only_its

    return _PythonSwitch(function, made)


class _MockSwitch:
    """Switches a mock, which has a class of its own for what is special about it."""

    def __init__(self, mock: Any, make: Make) -> None:
        self._kind = type(mock)
        before = type(mock).__call__
        self._stand_in = make(lambda *args, **kwargs: before(mock, *args, **kwargs))

    def put_in(self) -> None:
        stand_in = self._stand_in
        self._kind.__call__ = lambda this, *args, **kwargs: stand_in(*args, **kwargs)

    def take_out(self) -> None:
        if "__call__" in vars(self._kind):
            del self._kind.__call__


def _is_mock(function: object) -> bool:
    mock = sys.modules.get("unittest.mock")  # nobody who has not imported it has one
    return mock is not None and isinstance(function, mock.NonCallableMock) and callable(function)


def _fields_of(function: Any) -> tuple[int, ...]:
    return _FIELDS.unpack(ctypes.string_at(id(function) + _HEAD, _FIELDS.size))


def _copy_of_python(function: types.FunctionType) -> types.FunctionType:
    made = types.FunctionType(
        function.__code__,
        function.__globals__,
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _copy_of_builtin(function: Any) -> Any:
    """Return a built-in function that does now and later what this one does now."""
    make = ctypes.pythonapi.PyCMethod_New
    make.restype = ctypes.py_object
    make.argtypes = (ctypes.c_void_p, ctypes.py_object, ctypes.py_object, ctypes.c_void_p)
    module = getattr(function, "__module__", None)
    return make(_fields_of(function)[0], function.__self__, module, None)


_PLACE_OF_THE_STAND_IN = "the stand-in"


def _template(*args: Any, **kwargs: Any) -> Any:
    return "the stand-in".__call__(*args, **kwargs)  # type: ignore[operator] # replaced below


async def _async_template(*args: Any, **kwargs: Any) -> Any:
    return await "the stand-in".__call__(*args, **kwargs)  # type: ignore[operator]


def _calling(stand_in: StandIn, code: types.CodeType) -> types.CodeType:
    """Return the code of a function that calls the stand-in, which is one of its constants.

    Code brings no globals of its own: those of the function it is given to stay.
    """
    waits = code.co_flags & inspect.CO_COROUTINE
    template = cast("types.FunctionType", _async_template if waits else _template).__code__
    constants = tuple(
        stand_in if constant == _PLACE_OF_THE_STAND_IN else constant
        for constant in template.co_consts
    )
    return template.replace(
        co_name=code.co_name, co_qualname=code.co_qualname, co_consts=constants,
        co_freevars=code.co_freevars,
    )  # fmt: skip
