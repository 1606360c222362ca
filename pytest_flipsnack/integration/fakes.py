"""What the tests of one process share: settings, the loopback server, and the record of hits."""

from __future__ import annotations

import warnings
from collections.abc import Generator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.coverage.passed_tests import (
    MOST_REPLIES,
    REPLIES_ATTRIBUTE,
    REPORT_ATTRIBUTE,
    pack,
)
from pytest_flipsnack.coverage.tally import Cell
from pytest_flipsnack.fake.account import API_KEY, SECRET
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.integration import examples, failures, slow_tests
from pytest_flipsnack.transports.session import Session

if TYPE_CHECKING:
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.integration.flips import Flipping

_NAME = "flipsnack-recorder"


@dataclass(slots=True)
class _Followed:
    """A fake, with what has been counted of it."""

    fake: Flipsnack
    hits: dict[Cell, int] = field(default_factory=dict)
    judged: dict[Cell, int] = field(default_factory=dict)


def _since(counts: Mapping[Cell, int], seen: dict[Cell, int]) -> dict[Cell, int]:
    """Return what was counted since the last time, and remember it."""
    found = {
        cell: count - seen.get(cell, 0)
        for cell, count in counts.items()
        if count != seen.get(cell, 0)
    }
    seen.update(counts)
    return found


class Recorder:
    """Follows the running test; registered by the first test that uses a fixture.

    Suites that use none never pay for it. What a fake delivers counts for the test that runs
    then, also where the fake outlives it; an observer, because a fake may outlive an example too.
    """

    def __init__(self) -> None:
        self._hits = examples.AcceptedHits()
        self._judged = examples.AcceptedHits()
        self._replies: list[Cell] = []
        self._example: object = None
        self._open: list[_Followed] = []
        self.body_passed = False
        self.waited_s = 0.0
        """How long the client of the running test waited in real time before its retries."""
        self.shown: set[str] = set()
        """Findings that the report of the body shows; the teardown need not repeat them."""

    def open(self, fake: Flipsnack) -> None:
        """Count what a fake delivers from now on."""
        self.asks()
        self._open.append(_Followed(fake))

    def close(self, fake: Flipsnack, *, finished: bool = True) -> None:
        """Count what a fake has delivered, and no more; `finished` is false amid an error."""
        self._collect(finished=finished)
        self.waited_s += slow_tests.waited_s(fake)
        self._open = [one for one in self._open if one.fake is not fake]

    def asks(self) -> None:
        """Notice where another example of Hypothesis begins: what came before is not its own."""
        example = examples.running()
        if example is not None and example is not self._example:
            self._collect()
            self._example = example

    def answered(self, call: Call) -> None:
        """Remember the first replies of a test, in their order."""
        if call.cell is not None and len(self._replies) < MOST_REPLIES:
            self._replies.append(call.cell)

    def _collect(self, *, finished: bool = True) -> None:
        for one in self._open:
            for counts, seen, kept in (
                (one.fake.hits, one.hits, self._hits),
                (one.fake.fake.record.judged, one.judged, self._judged),
            ):
                found = _since(counts, seen)
                if found:
                    kept.add(found, self._example, finished=finished)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        headline = failures.headline(report, call.excinfo and call.excinfo.value)
        if headline and failures.is_generated(item):
            failures.shorten(item, report, headline)
        if headline and call.excinfo is not None:
            failures.add_addresses(report, str(call.excinfo.value))
        if call.when == "call":
            self.body_passed = report.outcome == "passed"
            fakes = [one.fake for one in self._open]
            found = [text for fake in fakes for text in (*fake.findings, *fake.not_entered())]
            # only our own errors are printed here: str() of another may raise
            said = str(call.excinfo.value) if headline and call.excinfo else ""
            told = [text for text in found if text not in said]
            explained = report.failed and (not told or failures.explain(report, told))
            self.shown = set(found) if explained else set()
        elif call.when == "teardown":
            self._collect()
            self._example = None
            hits, judged = self._hits.counted(), self._judged.counted()
            if hits:
                setattr(report, REPORT_ATTRIBUTE, pack(hits, judged))
                setattr(report, REPLIES_ATTRIBUTE, [cell for cell in self._replies if cell in hits])
            self._hits.clear()
            self._judged.clear()
            self._replies.clear()
            if self.waited_s:
                setattr(report, slow_tests.ATTRIBUTE, self.waited_s)
            self.waited_s = 0.0
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


_VIRTUAL_INSTEAD = (
    (
        "virtual",
        "time.sleep, asyncio.sleep, trio.sleep, select.select without a file, and the waits of "
        "threading, queue and concurrent.futures with a timeout",
    ),
    (
        "way out",
        "let the client wait with one of these, or ignore pytest_flipsnack.RealWaitWarning",
    ),
)


class LateRequestWarning(pytest.PytestWarning):
    """A request came when no test was there to answer it; it counts for none."""


class RealWaitWarning(pytest.PytestWarning):
    """A test really waited where time is virtual; it works, and it is slow."""


def _are_two_texts(value: object) -> bool:
    match value:
        case (str() as key, str() as secret):
            return bool(key and secret)
    return False


class Fakes:
    """Makes the fakes of a process."""

    def __init__(self, config: pytest.Config, settings: Settings | None, session: Session) -> None:
        self.recorder = recorder_of(config)
        self._settings = settings or Settings()
        self.session = session
        self.flipping: Flipping | None = None
        """The flip under which a test runs again."""

    def make(self, credentials: tuple[str, str] = (API_KEY, SECRET), name: str = "") -> Flipsnack:
        """Return a fake for the test of that name."""
        if not _are_two_texts(credentials):
            pytest.fail(
                f"flipsnack_credentials: {type(credentials).__name__} does not fit; "
                'the fixture must return two texts, as in ("key", "secret")',
                pytrace=False,
            )
        made = Flipsnack(
            *credentials,
            settings=self._settings,
            name=name,
            session=self.session,
        )
        if self.flipping is not None:
            made.fake.flip = self.flipping.flip
            made.fake.observers.append(self.flipping)
        return made

    def time_of(self, fake: Flipsnack) -> AbstractContextManager[object]:
        """Return a block of virtual time where a flip may have a client wait, else none."""
        return fake.clock if self.flipping is not None else nullcontext()

    def warn_of_real_waits(self, flipsnack: Flipsnack) -> None:
        """Name what really waited in a test, at the line that did."""
        for wait in flipsnack.clock.real_waits:
            found = Finding(f"the test really waited {wait}", _VIRTUAL_INSTEAD)
            warning = RealWaitWarning(flipsnack.fake.masked(str(found)))
            warnings.warn_explicit(warning, RealWaitWarning, wait.path, wait.line)

    def close(self) -> None:
        """Stop the server; warn about requests that came too late for their tests."""
        for line in self.session.close():
            warnings.warn(LateRequestWarning(line), stacklevel=1)
