"""What a client may and must do with a code: ask again, or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pytest_flipsnack.catalogue.codes import Code, Handling, code_of


class Again(StrEnum):
    """Whether a client asks again after a code."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Retry:
    """How a client asks again.

    `at_most` bounds the requests after the first, `exactly` fixes them. `wait_s` is the least wait
    before each, `waits_s` are all of them. `grows` wants no wait shorter than the one before.
    """

    at_most: int | None = None
    wait_s: float = 0.0
    exactly: int | None = None
    waits_s: tuple[float, ...] | None = None
    grows: bool = False
    again: Again = Again.ALLOWED

    @property
    def tells_waits(self) -> bool:
        """Whether it says how long a client waits."""
        return bool(self.wait_s or self.waits_s or self.grows)

    def __str__(self) -> str:
        if self.again is Again.FORBIDDEN:
            return "one request"
        wait = f"a wait of {self.wait_s:g} s or more" if self.wait_s else "a wait"
        if self.exactly is not None:
            return f"exactly {self.exactly} retries, each after {wait}"
        bound = f"at most {self.at_most} retries" if self.at_most is not None else "a bounded retry"
        if self.again is Again.REQUIRED:
            return f"{bound}, each after {wait}"
        return f"one request, or {bound} after {wait}"


FORBIDDEN = Retry(again=Again.FORBIDDEN)
Declared = Retry | Again | int | bool | str
"""What a project may write for a code: `Retry(...)`, a number of retries, or how it is held."""


def read_retry(value: object) -> Retry:
    """Return the rule that a declaration means; raise `ValueError` or `TypeError` with examples."""
    if isinstance(value, Retry):
        return value
    if value is True or value is False:
        return Retry(again=Again.REQUIRED) if value else FORBIDDEN
    if isinstance(value, int) and value >= 0:
        return Retry(exactly=value) if value else FORBIDDEN
    if isinstance(value, str) and value in set(Again):
        return Retry(again=Again(value))
    raise ValueError(
        f"{value!r} is not a rule for retries; allowed: a number of retries, "
        f"Retry(at_most=5, wait_s=1), {', '.join(repr(item.value) for item in Again)}"
    )


def read_rules(declared: Mapping[int, object]) -> dict[int, Retry]:
    """Return the declared rules by code; raise `ValueError` for an unknown code."""
    return {int(code_of(code)): read_retry(value) for code, value in declared.items()}


def rule_for(code: int, declared: Mapping[int, Retry]) -> Retry:
    """Return the rule for a code: the declared one, else the catalogue's; unknown ones are errors."""
    if code in declared:
        return declared[code]
    known = code in set(Code)
    again = known and Code(code).handling in {Handling.RETRY, Handling.POLL}
    return Retry() if again else FORBIDDEN
