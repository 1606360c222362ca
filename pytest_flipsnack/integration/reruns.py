"""A test once more in the same session: all the private parts of pytest that this takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from _pytest import runner


def missing() -> str:
    """Return what this pytest does not have, or an empty text."""
    state = getattr(runner, "SetupState", None)
    if not callable(getattr(state, "teardown_exact", None)):
        return "SetupState.teardown_exact"
    return "" if callable(getattr(runner, "runtestprotocol", None)) else "runtestprotocol"


class _Next(pytest.Item):
    """Stands for a further test beside one, so that only this one's own fixtures end."""

    def runtest(self) -> None:
        """Never runs."""


@contextmanager
def wider_fixtures_kept(item: pytest.Item) -> Iterator[None]:
    """Let the fixtures of wider scope live on while a test runs, however often it does."""
    state: Any = item.session._setupstate
    assert item.parent is not None
    beside = _Next.from_parent(item.parent, name=item.name)
    tear_down = state.teardown_exact
    state.teardown_exact = lambda _nextitem: tear_down(beside)
    try:
        yield
    finally:
        del state.teardown_exact


def again(item: pytest.Item) -> list[pytest.TestReport]:
    """Run a test once more; nobody but the caller sees its reports, which have no traceback."""
    kept = list(item._report_sections)
    try:
        # a traceback takes longer to write than most tests to run
        with mock.patch.object(item, "repr_failure", lambda excinfo, style=None: excinfo.exconly()):
            return runner.runtestprotocol(item, log=False, nextitem=item)
    finally:
        item._report_sections[:] = kept


def end_wider_fixtures(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """End the fixtures that the next test does not use, and log what they raise."""
    state = item.session._setupstate
    call = pytest.CallInfo.from_call(lambda: state.teardown_exact(nextitem), when="teardown")
    if call.excinfo is not None:
        report = pytest.TestReport.from_item_and_call(item, call)
        item.ihook.pytest_runtest_logreport(report=report)
