"""What a test's reports carry: its hits, so that they survive workers and crashes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping
from typing import Protocol

import pytest

from pytest_flipsnack.coverage.outcomes import REPORT_ATTRIBUTE
from pytest_flipsnack.coverage.tally import Cell, pack
from pytest_flipsnack.integration import failures

_NAME = "flipsnack-recorder"


class Delivering(Protocol):
    """A fake: it counts its deliveries by action and code, and has findings."""

    @property
    def hits(self) -> Mapping[Cell, int]: ...

    @property
    def findings(self) -> list[str]: ...


class Recorder:
    """Follows the running test; registered by the first test that uses a fixture.

    Suites that use none never pay for it. What a fake delivers counts for the test that runs
    then, also where the fake outlives it.
    """

    def __init__(self) -> None:
        self._hits: Counter[Cell] = Counter()
        self._open: list[tuple[Delivering, dict[Cell, int]]] = []
        self.body_passed = False
        self.shown: set[str] = set()
        """Findings that the report of the body shows; the teardown need not repeat them."""

    def open(self, fake: Delivering) -> None:
        """Count what a fake delivers from now on."""
        self._open.append((fake, {}))

    def close(self, fake: Delivering) -> None:
        """Count what a fake has delivered, and no more."""
        self._collect()
        self._open = [(other, seen) for other, seen in self._open if other is not fake]

    def _collect(self) -> None:
        for fake, seen in self._open:
            for cell, count in fake.hits.items():
                if count != seen.get(cell, 0):
                    self._hits[cell] += count - seen.get(cell, 0)
                    seen[cell] = count

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        headline = failures.headline(report, call.excinfo and call.excinfo.value)
        if headline and failures.is_generated(item):
            failures.shorten(item, report, headline)
        if call.when == "call":
            self.body_passed = report.outcome == "passed"
            found = [text for fake, _ in self._open for text in fake.findings]
            self.shown = set(found) if report.failed and failures.explain(report, found) else set()
        elif call.when == "teardown":
            self._collect()
            if self._hits:
                setattr(report, REPORT_ATTRIBUTE, pack(self._hits))
            self._hits.clear()
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
