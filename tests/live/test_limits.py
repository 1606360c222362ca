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
    pace = Pace(Limits(requests_per_minute=6))
    for _ in range(7):
        pace.wait(upload=False)
    assert slept == [0, 0, 0, 1, 0, 0, 59]  # three at once, and six in a minute
    slept.clear()
    pace.rest()
    assert slept == [pytest.approx(1)]  # until half of a minute's are free again
    now[0] += 100
    pace.rest()
    assert slept[1:] == [0]


def test_a_limit_of_one_a_minute_rests_for_no_half(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = list[float]()
    monkeypatch.setattr("pytest_flipsnack.live.limits.time.sleep", slept.append)
    pace = Pace(Limits(requests_per_minute=1))
    pace.wait(upload=False)
    pace.rest()
    assert slept == [0, 0]


def test_the_default_is_below_every_documented_limit() -> None:
    assert Limits() == (30, 100, 3)
