"""How long a client waited between two of its calls."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic, process_time  # real ones: virtual time leaves our modules alone

from pytest_flipsnack.fake.call import Call

_REAL_WAIT_S = 0.1
"""More than a client takes between two requests when it does not wait."""


@dataclass(frozen=True, slots=True)
class _Stamp:
    """When a call came: by the client's clocks, really, and by the work of the process."""

    client_s: float
    real_s: float
    worked_s: float


class Waits:
    """Notes by several clocks when calls come, while somebody judges."""

    def __init__(self) -> None:
        self._stamps: dict[int, _Stamp] = {}

    def note(self, call: Call, client_s: float) -> None:
        """Remember when a call came; `client_s` is what the client's clocks tell."""
        self._stamps[id(call)] = _Stamp(client_s, monotonic(), process_time())

    def between(self, early: Call, late: Call) -> tuple[float, float]:
        """Return the least and the most seconds that the client waited between two calls.

        The fake's timeline has its sleeps, and the client's clocks what its work took as well. A
        client may also have waited in a way that virtual time does not know, which took as long
        as it took.
        """
        virtual_s = late.at - early.at
        began, ended = self._stamps.get(id(early)), self._stamps.get(id(late))
        if began is None or ended is None:
            return virtual_s, virtual_s
        real_s = ended.real_s - began.real_s
        worked_s = ended.worked_s - began.worked_s
        waited = real_s >= _REAL_WAIT_S and worked_s < real_s / 2
        least = max(virtual_s, real_s if waited else 0.0)
        return least, max(least, ended.client_s - began.client_s)
