"""The markers `flipsnack` and `flipsnack_codes`."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from pytest_flipsnack.flipsnack import Flipsnack

T = TypeVar("T")

MARKERS = (
    "flipsnack(*codes, action=None, data=None, raises=None): answer the next requests with these "
    "codes; with raises, the test passes only if its body raises that exception",
    "flipsnack_codes(*codes_or_groups, exclude=()): run the test once per code, as the argument "
    "flipsnack_code",
)
_STUB = "flipsnack"
_CODES = "flipsnack_codes"
_KEYWORDS = ("action", "data", "raises")
_RAISES = pytest.StashKey[Any]()


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Turn `flipsnack_codes` into one test per code."""
    mark = metafunc.definition.get_closest_marker(_CODES)
    if mark is None:
        return
    from pytest_flipsnack.catalogue.groups import select

    shown = _shown(mark)
    exclude = mark.kwargs.get("exclude", ())
    unknown = sorted(set(mark.kwargs) - {"exclude"})
    if unknown:
        _reject(f"{shown}: {unknown[0]!r} is not an argument; allowed: exclude")
    if "flipsnack_code" not in metafunc.fixturenames:
        _reject(f"{shown}: the test has no argument flipsnack_code to receive the code")
    codes = _checked(
        shown,
        lambda: select(mark.args, [exclude] if isinstance(exclude, int | str) else exclude),
    )
    if not codes:
        _reject(f"{shown}: no code is left; name codes or groups, as in flipsnack_codes('all')")
    metafunc.parametrize("flipsnack_code", codes, ids=[str(code.value) for code in codes])


def request_fixture(items: list[pytest.Item], config: pytest.Config) -> None:
    """Let tests with the marker use the fixture, also those that do not name it."""
    for item in items:
        mark = item.get_closest_marker(_STUB)
        if mark is None:
            continue
        names = getattr(item, "fixturenames", None)
        if names is not None and "flipsnack" not in names:
            names.append("flipsnack")
        if mark.kwargs.get("raises") is not None:
            item.stash[_RAISES] = mark.kwargs["raises"]
            if not config.pluginmanager.has_plugin("flipsnack-raises"):
                config.pluginmanager.register(_Raises(), "flipsnack-raises")


def apply(item: pytest.Item, flipsnack: Flipsnack) -> None:
    """Declare what the closest marks of the test say; fail its setup for a mark that is wrong."""
    for mark in _closest(item):
        shown = _shown(mark)
        unknown = sorted(set(mark.kwargs) - set(_KEYWORDS))
        if unknown:
            _reject(f"{shown}: {unknown[0]!r} is not an argument; allowed: {', '.join(_KEYWORDS)}")
        raises = mark.kwargs.get("raises")
        if raises is not None and not _is_exception(raises):
            _reject(f"{shown}: raises must be an exception class or a tuple, not {raises!r}")
        if raises is not None and _is_unittest(item):
            _reject(f"{shown}: raises needs a test function; in unittest use flipsnack.respond")
        declare = partial(
            flipsnack.declare, mark.args, mark.kwargs.get("action"), mark.kwargs.get("data"), shown
        )
        _checked(shown, declare)


class _Raises:
    """Holds the body of a marked test to `raises`; registered when the first such test is met."""

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        expected = pyfuncitem.stash.get(_RAISES, None)
        if expected is None:
            return (yield)
        try:
            yield
        except expected:
            return True
        names = [one.__name__ for one in (expected if isinstance(expected, tuple) else [expected])]
        pytest.fail(
            f"the test did not raise {' or '.join(names)}, as its mark flipsnack says",
            pytrace=False,
        )


def _closest(item: pytest.Item) -> list[pytest.Mark]:
    for node in reversed(item.listchain()):
        marks = [mark for mark in node.own_markers if mark.name == _STUB]
        if marks:
            return marks[::-1]  # decorators apply bottom up, people read top down
    return []


def _is_unittest(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, unittest.TestCase)


def _is_exception(value: object) -> bool:
    members = value if isinstance(value, tuple) else (value,)
    return bool(members) and all(
        isinstance(member, type) and issubclass(member, BaseException) for member in members
    )


def _shown(mark: pytest.Mark) -> str:
    args = [repr(getattr(arg, "value", arg)) for arg in mark.args]
    args += [f"{name}={getattr(value, '__name__', value)!s}" for name, value in mark.kwargs.items()]
    return f"@pytest.mark.{mark.name}({', '.join(args)})"


def _checked(shown: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (TypeError, ValueError) as error:
        text = f"{shown}: {error}"
    _reject(text)  # outside, or the report would show the error that it explains as well


def _reject(text: str) -> NoReturn:
    pytest.fail(text, pytrace=False)
