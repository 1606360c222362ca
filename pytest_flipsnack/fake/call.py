"""A request of the client with its reply."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.fake.masking import MASK, Secrets
from pytest_flipsnack.fake.request import UNKNOWN_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_flipsnack.fake.finding import Refusal
    from pytest_flipsnack.fake.uploads import File


UNKNOWN_ACTION = "(unknown)"
"""The action under which a code is counted when the request names none that exists."""
_COMMON = {"apikey", "signature", "secret"}


@dataclass(slots=True, repr=False)
class Call:
    """One request and its reply.

    `action` is the action as sent. `params` are the action's own parameters as text, without
    action, apiKey and signature. `files` holds the uploads, bytes with a `filename`, by field.
    `timeout_s` is how long the client waits: None without end, negative where it is unknown.
    `pending` says that the reply was 20 and that processing has not ended.
    `clear_text` says that it went to Flipsnack over http, `unverified` that nobody checked the
    certificate of the server. `upper_case_signature` says that a signature that was taken has
    upper-case hex, where the documented one has lower case. `port` is the client's, where the request came over a connection, else 0.
    `code` is the delivered code, None where a fault came instead of an envelope. `at` is in
    seconds since the fixture began. `hidden` is what its text does not show.
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
    clear_text: bool = False
    unverified: bool = False
    upper_case_signature: bool = False
    port: int = field(default=0, repr=False, compare=False)
    hidden: Secrets = field(default_factory=Secrets, repr=False, compare=False)

    def __str__(self) -> str:
        action = self.hidden.hide(self.action or "(no action)")
        return f"t={self.at:.1f} s {action} {self.outcome}"

    def __repr__(self) -> str:
        shown = {one.name: getattr(self, one.name) for one in fields(self) if one.repr}
        shown["params"] = self.shown_params
        return self.hidden.hide(
            f"Call({', '.join(f'{name}={value!r}' for name, value in shown.items())})"
        )

    @property
    def shown_params(self) -> dict[str, str]:
        """The parameters without secrets, also where one was sent under a wrong name."""
        return {
            name: MASK
            if name.lower().replace("_", "").replace("-", "") in _COMMON
            else self.hidden.hide(value)
            for name, value in self.params.items()
        }

    @property
    def cell(self) -> tuple[str, int] | None:
        """The action and code under which the reply counts; None for a fault."""
        if self.code is None:
            return None
        known = self.action if self.action in ACTIONS else None
        return known or UNKNOWN_ACTION, self.code

    @property
    def outcome(self) -> str:
        """The code, or the name of the fault, as a timeline shows it; 20 may say PROCESSING."""
        if self.fault is not None:
            return self.fault
        return f"{self.code} PROCESSING" if self.pending else str(self.code)


class Observer(Protocol):
    """Something that is called while a client makes requests."""

    def asks(self) -> None:
        """Follow a request before it is answered, in the client's thread; may raise there."""

    def answered(self, call: Call) -> None:
        """Follow a call that has just been recorded."""
