"""How long a client waited is an interval, from what was slept to what its clocks told."""

from __future__ import annotations

import pytest

from pytest_flipsnack.contract import retries
from pytest_flipsnack.contract.retries import Waits
from pytest_flipsnack.fake.call import Call


@pytest.mark.parametrize(
    ("at", "client_s", "real_s", "worked_s", "least_s", "most_s"),
    [
        (3.0, 3.0, 0.0, 0.0, 3.0, 3.0),  # a sleep
        (2.75, 3.0, 0.25, 0.25, 2.75, 3.0),  # a timer, beside work
        (0.0, 0.5, 0.5, 0.5, 0.0, 0.5),  # work alone is no wait
        (0.0, 0.5, 0.5, 0.125, 0.5, 0.5),  # a wait that took as long as it took
        (0.0, 0.0625, 0.0625, 0.0, 0.0, 0.0625),  # the little that every request takes
    ],
)
def test_the_wait_between_two_calls_is_what_any_clock_told(
    monkeypatch: pytest.MonkeyPatch,
    at: float,
    client_s: float,
    real_s: float,
    worked_s: float,
    least_s: float,
    most_s: float,
) -> None:
    real, worked = iter((1.0, 1.0 + real_s)), iter((1.0, 1.0 + worked_s))
    monkeypatch.setattr(retries, "monotonic", lambda: next(real))
    monkeypatch.setattr(retries, "process_time", lambda: next(worked))
    first, second = Call("user.getStats", {}, 31, 0.0), Call("user.getStats", {}, 20, at)
    waits = Waits()
    waits.note(first, 7.0)
    waits.note(second, 7.0 + client_s)

    assert waits.between(first, second) == (least_s, most_s)


def test_without_notes_the_timeline_is_all_there_is() -> None:
    first, second = Call("user.getStats", {}, 31, 1.0), Call("user.getStats", {}, 20, 3.5)
    assert Waits().between(first, second) == (2.5, 2.5)
