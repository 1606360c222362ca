"""The markers `flipsnack` and `flipsnack_codes`."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Generator
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

if TYPE_CHECKING:
    from pytest_flipsnack.contract.expectation import Expectation
    from pytest_flipsnack.flipsnack import Flipsnack

T = TypeVar("T")

MARKERS = (
    "flipsnack(*codes, action=None, data=None, raises=None, retries=None): answer the next requests "
    "with these codes; with raises, hold the body of the test to flipsnack.expect(...)",
    "flipsnack_live: run the test against the real Flipsnack, with --flipsnack-live only",
    "flipsnack_codes(*codes_or_groups, exclude=()): run the test once per code, as the argument "
    "flipsnack_code",
)
_PAGE = "guide.md#stubs-marks-and-expect"
_STUB = "flipsnack"
_EXPECTING = "flipsnack-expecting"
_CODES = "flipsnack_codes"
_KEYWORDS = ("action", "data", "raises", "retries")
_EXPECTED: pytest.StashKey[Expectation] = pytest.StashKey()


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Turn `flipsnack_codes` into one test per code."""
    mark = metafunc.definition.get_closest_marker(_CODES)
    if mark is None:
        return
    from pytest_flipsnack.catalogue.codes import select

    shown = f"{metafunc.definition.nodeid}: {_shown(mark)}"
    exclude = mark.kwargs.get("exclude", ())
    unknown = sorted(set(mark.kwargs) - {"exclude"})
    if unknown:
        _reject(f"{shown}: {unknown[0]!r} is not an argument; allowed: exclude")
    if "flipsnack_code" not in metafunc.fixturenames:
        _reject(f"{shown}: the test has no argument flipsnack_code to receive the code")
    codes = checked(
        shown,
        lambda: select(mark.args, [exclude] if isinstance(exclude, int | str) else exclude),
    )
    if not codes:
        _reject(f"{shown}: no code is left; name codes or groups, as in flipsnack_codes('all')")
    metafunc.parametrize("flipsnack_code", codes, ids=[str(code.value) for code in codes])


def request_fixture(items: list[pytest.Item], config: pytest.Config) -> None:
    """Let tests with the marker use the fixture, also those that do not name it."""
    for item in items:
        marks = _closest(item)
        if not marks and not _has_codes_in_vain(item):
            continue
        names = getattr(item, "fixturenames", None)
        if names is not None and "flipsnack" not in names:
            at = _first_of_the_test(item, names)
            # a new list: the tests of one function share theirs, and each has its own marks
            item.fixturenames = [*names[:at], "flipsnack", *names[at:]]  # type: ignore[attr-defined]
        expecting = any("raises" in mark.kwargs for mark in marks)
        if expecting and not config.pluginmanager.has_plugin(_EXPECTING):
            config.pluginmanager.register(_Expecting(), _EXPECTING)


def apply(item: pytest.Item, flipsnack: Flipsnack) -> None:
    """Declare what the closest marks of the test say; fail its setup for a mark that is wrong."""
    if _has_codes_in_vain(item):
        mark = next(item.iter_markers(_CODES))
        _reject(f"{_shown(mark)}: a unittest method receives no argument; write a test function")
    for mark in _closest(item):
        shown = _shown(mark)
        unknown = sorted(set(mark.kwargs) - set(_KEYWORDS))
        if unknown:
            _reject(f"{shown}: {unknown[0]!r} is not an argument; allowed: {', '.join(_KEYWORDS)}")
        raises = mark.kwargs.get("raises")
        if raises is not None:
            checked(shown, partial(_expect, item, flipsnack, mark))
            continue
        if "retries" in mark.kwargs:
            _reject(f"{shown}: retries goes with raises, the exception the client ends with")
        declare = partial(
            flipsnack.declare, mark.args, mark.kwargs.get("action"), mark.kwargs.get("data"), shown
        )
        checked(shown, declare)


def _expect(item: pytest.Item, flipsnack: Flipsnack, mark: pytest.Mark) -> None:
    from pytest_flipsnack.contract.exceptions import check_raises

    how = dict(mark.kwargs)
    if _EXPECTED in item.stash:
        raise ValueError("one mark with raises is enough for a test; write another test")
    check_raises(how["raises"])
    if how.pop("data", None) is not None:
        raise ValueError("data goes with code 20, and 20 raises nothing; leave data or raises out")
    if _is_unittest(item):
        raise TypeError("raises needs a test function; in unittest use flipsnack.expect")
    item.stash[_EXPECTED] = flipsnack.expect(*mark.args, **how)


class _Expecting:
    """Holds the body of a marked test to its expectation; registered with the first such test."""

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Generator[None, object, object]:
        expected = pyfuncitem.stash.get(_EXPECTED, None)
        if expected is None:
            return (yield)
        del pyfuncitem.stash[_EXPECTED]
        text = ""
        try:
            with expected:
                yield
        except AssertionError as error:
            if not expected.judged:
                raise
            text = str(error)
        if text:
            from pytest_flipsnack.fake.finding import failure

            raise failure(text, pytest.fail.Exception, pytrace=False)
        return True


def _closest(item: pytest.Item) -> list[pytest.Mark]:
    callspec = getattr(item, "callspec", None)
    if callspec is not None:
        marks = [mark for mark in callspec.marks if mark.name == _STUB]
        if marks:
            return marks
    node: Any = item
    while node is not None:
        marks = (
            [mark for mark in node.own_markers if mark.name == _STUB] if node.own_markers else []
        )
        if marks:
            # decorators apply bottom up, people read top down; a module has a list
            return marks if isinstance(node, pytest.Module) else marks[::-1]
        node = node.parent
    return []


def _first_of_the_test(item: pytest.Item, names: list[str]) -> int:
    """Return where the fixtures of a test begin, after those of wider scope."""
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    own = (at for at, name in enumerate(names) if name in known and _is_own(known[name][-1]))
    return next(own, len(names))


def _is_own(definition: pytest.FixtureDef[Any]) -> bool:
    return definition.scope == "function"


def _has_codes_in_vain(item: pytest.Item) -> bool:
    return _is_unittest(item) and item.get_closest_marker(_CODES) is not None


def _is_unittest(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, unittest.TestCase)


def _shown(mark: pytest.Mark) -> str:
    args = [_text(arg) for arg in mark.args]
    args += [f"{name}={_text(value)}" for name, value in mark.kwargs.items()]
    return f"@pytest.mark.{mark.name}({', '.join(args)})"


def _text(value: object) -> str:
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, tuple) and value:
        return f"({', '.join(map(_text, value))})"
    return repr(int(value) if isinstance(value, Enum) and isinstance(value, int) else value)


def checked(shown: str, read: Callable[[], T], page: str = _PAGE) -> T:
    """Return what `read` returns; fail without a traceback for a wrong declaration."""
    try:
        return read()
    except (TypeError, ValueError) as error:
        text = f"{shown}: {error}"
    _reject(text, page)  # outside, or the report would show the error that it explains as well


def _reject(text: str, page: str = _PAGE) -> NoReturn:
    pytest.fail(f"{text}\n    more: docs/{page}", pytrace=False)
