"""What a test's reports carry: its hits, so that they survive workers and crashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping

import pytest

from pytest_flipsnack.coverage.outcomes import REPORT_ATTRIBUTE
from pytest_flipsnack.coverage.tally import Cell, pack

_NAME = "flipsnack-recorder"


class Recorder:
    """Follows the running test; registered by the first test that uses a fixture.

    Suites that use none never pay for it.
    """

    def __init__(self) -> None:
        self._hits: Counter[Cell] = Counter()
        self.body_passed = False

    def add(self, hits: Mapping[Cell, int]) -> None:
        """Count deliveries for the running test."""
        self._hits.update(hits)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "call":
            self.body_passed = report.outcome == "passed"
        elif call.when == "teardown":
            if self._hits:
                setattr(report, REPORT_ATTRIBUTE, pack(self._hits))
            self._hits = Counter()
            self.body_passed = False
        return report


def recorder_of(config: pytest.Config) -> Recorder:
    """Return the recorder, registered on first use."""
    found = config.pluginmanager.get_plugin(_NAME)
    if found is None:
        found = Recorder()
        config.pluginmanager.register(found, _NAME)
    assert isinstance(found, Recorder)
    return found
