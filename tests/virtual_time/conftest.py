"""Fixtures for the tests of virtual time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_flipsnack.virtual_time.clock import VirtualClock
from pytest_flipsnack.virtual_time.timeline import monotonic
from tests.virtual_time.limits import LIMIT_S


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that is not started."""
    return VirtualClock()


@pytest.fixture
def no_test_sleeps() -> Iterator[None]:
    """Fail a test that has really slept."""
    began = monotonic()
    yield
    assert monotonic() - began < LIMIT_S, "time was real"
