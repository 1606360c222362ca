"""Live tests keep below the limits of the API."""

from __future__ import annotations

import pytest

from pytest_flipsnack.live.limits import Limits, Pace


def test_requests_are_spread_over_the_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept = [100.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr("pytest_flipsnack.live.limits.time.sleep", sleep)
    monkeypatch.setattr("pytest_flipsnack.live.limits.time.monotonic", lambda: now[0])
    pace = Pace(Limits(requests_per_minute=30))
    for _ in range(3):
        pace.wait(upload=False)
    now[0] += 10
    pace.wait(upload=False)
    assert slept == [0.0, 2.0, 2.0, 0.0]


def test_the_default_is_below_every_documented_limit() -> None:
    assert Limits() == (30, 100, 3)
