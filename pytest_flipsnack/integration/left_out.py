"""Which tests a plugin or a conftest.py left out of the run."""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import Any

import pytest

_OUTPUT = "flipsnack_left_out"
"""What a worker of xdist sends at its end, where only it has collected tests."""


class LeftOut:
    """Counts the tests that were collected and will not run, but for what pytest itself deselects.

    The options of pytest that deselect are known, and may be those of the project's whole run.
    """

    def __init__(self) -> None:
        self.count = 0
        self._by_pytest: set[str] = set()

    @property
    def reason(self) -> str:
        """What narrowed the run, or an empty text."""
        if not self.count:
            return ""
        tests = "1 test" if self.count == 1 else f"{self.count} tests"
        return f"a plugin or a conftest.py ({tests} left out)"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, object, object]:
        before = list(items)
        result = yield
        stay, names = set(map(id, items)), {item.nodeid for item in items}
        # some plugins make other items, some give theirs other names (xdist), and some tell nobody
        self.count = sum(
            not (id(item) in stay or item.nodeid in names or item.nodeid in self._by_pytest)
            for item in before
        )
        return result

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_globals["__name__"].startswith("pluggy"):
            frame = frame.f_back
        if frame.f_globals["__name__"].startswith("_pytest."):
            self._by_pytest.update(item.nodeid for item in items)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output: dict[str, int] | None = getattr(session.config, "workeroutput", None)
        if output is not None:
            output[_OUTPUT] = self.count

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.count = max(self.count, getattr(node, "workeroutput", {}).get(_OUTPUT, 0))
