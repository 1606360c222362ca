"""What a client asked and what it was told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_flipsnack.fake.request import UNKNOWN_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_flipsnack.fake.refusal import Refusal
    from pytest_flipsnack.fake.request import File

_REAL_WAIT_S = 0.1
"""More than a client takes between two requests when it does not wait."""


@dataclass(slots=True)
class Call:
    """One request and its answer.

    `action` is the action as sent. `params` are the action's own parameters as text, without
    action, apiKey and signature. `files` holds the uploads, bytes with a `filename`, by field.
    `timeout_s` is how long the client waits, None for ever, negative where nobody can tell.
    `pending` says that the answer was 20 and told to ask again later.
    `really_at` is the real time and how much of it the process has worked, while somebody judges.
    `code` is the delivered code, None where a fault came instead of an envelope. `at` is in
    seconds since the fixture began.
    """

    action: str | None
    params: dict[str, str]
    code: int | None
    at: float
    files: Mapping[str, File] = field(default_factory=dict)
    method: str = "GET"
    fault: str | None = None
    refusal: Refusal | None = None
    timeout_s: float | None = UNKNOWN_S
    blocked_loop: bool = False
    pending: bool = False
    really_at: tuple[float, float] = field(default=(0.0, 0.0), repr=False, compare=False)

    def waited_s(self, later: Call) -> tuple[float, float]:
        """Return the least and the most seconds that the client waited before a later call.

        A timer of an event loop ends earlier by what the client's work really took, which counts
        for the clocks that the client reads and not for `at`. And a client may have waited in a
        way that virtual time does not know, and that took as long as it takes.
        """
        virtual_s = later.at - self.at
        really_s = later.really_at[0] - self.really_at[0]
        worked_s = later.really_at[1] - self.really_at[1]
        waited = really_s >= _REAL_WAIT_S and worked_s < really_s / 2
        return max(virtual_s, really_s if waited else 0.0), virtual_s + really_s

    def __str__(self) -> str:
        return f"t={self.at:.1f} s {self.action or '(no action)'} {self.outcome}"

    @property
    def outcome(self) -> str:
        """The code, or the name of the fault, as a timeline shows it; 20 may say PROCESSING."""
        if self.fault is not None:
            return self.fault
        return f"{self.code} PROCESSING" if self.pending else str(self.code)
