"""Tests that waited for real where virtual time would have made them fast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_flipsnack.flipsnack import Flipsnack

ATTRIBUTE = "flipsnack_waited_s"
"""The attribute of a teardown report that carries how long its test waited."""
_LEAST_S = 1.0


def waited_s(flipsnack: Flipsnack) -> float:
    """Return how long the client waited before its retries and polls, 0.0 in virtual time.

    A pause of less than a second may be the machine's, and is not counted.
    """
    if flipsnack.clock.sleeps:
        return 0.0
    from pytest_flipsnack.catalogue.codes import Code, Handling

    waits = {Handling.RETRY, Handling.POLL}
    pauses = (
        after.at - before.at
        for before, after in pairwise(flipsnack.calls)
        if before.code is not None and Code(before.code).handling in waits
    )
    return sum(pause for pause in pauses if pause >= _LEAST_S)


def summary(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """Yield a line on the tests that waited, the slowest of them by name."""
    found = {
        report.nodeid: waited for report in reports if (waited := getattr(report, ATTRIBUTE, 0.0))
    }
    if not found:
        return
    slowest = max(found, key=lambda nodeid: found[nodeid])
    tests = "1 test" if len(found) == 1 else f"{len(found)} tests"
    yield (
        f"{tests} waited {sum(found.values()):.1f} s in real time before retries, "
        f"{slowest} {found[slowest]:.1f} s; with the fixture flipsnack_clock sleeping moves a clock"
    )
