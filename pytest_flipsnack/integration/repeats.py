"""Failures of a contract's tests that have the cause of an earlier one: one line each."""

from __future__ import annotations

import re
import traceback
from collections.abc import Generator, Hashable
from typing import TYPE_CHECKING, Any

import pytest

from pytest_flipsnack.integration import failures

if TYPE_CHECKING:
    from pytest_flipsnack.contract.suite.cause import Cause

NAME = "flipsnack-repeats"
MAKING: pytest.StashKey[str] = pytest.StashKey()
"""The fixture that a test of a contract is making for its call."""
_CASE = "flipsnack_case"
_FIRST = "test_request"
_VARYING = re.compile(r"[\w.\\/~:-]*[\\/][\w.\\/-]*|0x[0-9a-f]+|\d+", re.IGNORECASE)
"""Paths, addresses and numbers, in which the errors of one fixture may differ from test to test."""


def _subject(item: pytest.Item) -> Hashable:
    """Return what is equal for all tests of a call by one client; None for other tests."""
    spec: Any = getattr(item, "callspec", None)
    method = getattr(spec and spec.params.get(_CASE), "method", None)
    if method is None:
        return None
    client = sorted((name, index) for name, index in spec.indices.items() if name != _CASE)
    return _class(item), method, tuple(client)


def _class(item: pytest.Item) -> Hashable:
    return getattr(item, "cls", None)


def _is_first(item: pytest.Item) -> bool:
    trial: str = item.callspec.params[_CASE].trial.name  # type: ignore[attr-defined]
    return trial == _FIRST


def put_requests_first(items: list[pytest.Item]) -> None:
    """Let each call's request be tested before its other cases, in the places they have."""
    places: dict[Hashable, list[int]] = {}
    for place, item in enumerate(items):
        subject = _subject(item)
        if subject is not None:
            places.setdefault(subject, []).append(place)
    for taken in places.values():
        ordered = sorted((items[place] for place in taken), key=lambda item: not _is_first(item))
        for place, item in zip(taken, ordered, strict=True):
            items[place] = item


class Repeats:
    """Remembers what this process has shown; a worker that has not shown a cause shows it."""

    def __init__(self) -> None:
        self._shown: dict[Hashable, pytest.Item] = {}
        self._sound: set[Hashable] = set()
        """Calls whose request is as documented: what they are refused for is a test's own."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        subject = _subject(item)
        if subject is None or report.when == "teardown":
            return report
        if report.when == "call" and report.passed and _is_first(item):
            self._sound.add(subject)
        cause = _cause(item, report, call) if report.failed else None
        if cause is not None:
            self._show(item, report, cause, subject)
        return report

    def _show(
        self, item: pytest.Item, report: pytest.TestReport, cause: Cause, subject: Hashable
    ) -> None:
        if not cause.of_class and subject in self._sound:
            return
        of_class, of_call = (_class(item), cause.same), (subject, cause.same)
        first = self._shown.get(of_class) or self._shown.get(of_call)
        if first is None:
            if cause.general:
                self._shown[of_class if cause.of_class else of_call] = item
        elif first.nodeid != item.nodeid:  # else the same test runs again
            action = item.callspec.params[_CASE].action.name  # type: ignore[attr-defined]
            failures.show_line(item, report, f"{action}: {cause.what}, see {first.name}")


def _cause(
    item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]
) -> Cause | None:
    """Return why a test failed, where that is no one test's alone."""
    from pytest_flipsnack.contract.suite.cause import CAUSE_ATTRIBUTE, Cause

    error = call.excinfo.value if call.excinfo else None
    making = item.stash.get(MAKING, "")
    if error is None or not (making or report.when == "setup"):
        found: Cause | None = getattr(error, CAUSE_ATTRIBUTE, None)
        return found
    if isinstance(error, pytest.FixtureLookupError):
        what = same = f"no fixture {error.argname!r} was found"
        failures.shorten_search(item, report, making)
    else:
        named = type(error).__name__
        did = "failed" if isinstance(error, pytest.fail.Exception) else f"raised {named}"
        what = f"the fixture {making} {did}" if making else f"the setup {did}"
        same = _VARYING.sub("*", "".join(traceback.format_exception_only(error)))
    failures.name(report, what)
    return Cause(what, (what, same))
