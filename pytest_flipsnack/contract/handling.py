"""Handling rules: whether and how a client retries after a code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pytest_flipsnack.catalogue.codes import Code, Handling, code_of


class RetryMode(StrEnum):
    """Whether a client retries after a code."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Retry:
    """A handling rule: how a client retries after a code.

    `at_most` bounds the retries, `exactly` fixes their number. `wait_s` is the least wait before
    each, `waits_s` are all the waits. With `grows` no wait may be shorter than the one before.
    """

    at_most: int | None = None
    wait_s: float = 0.0
    exactly: int | None = None
    waits_s: tuple[float, ...] | None = None
    grows: bool = False
    mode: RetryMode = RetryMode.ALLOWED

    @property
    def sets_waits(self) -> bool:
        """Whether it sets how long a client waits."""
        return bool(self.wait_s or self.waits_s or self.grows)

    def __str__(self) -> str:
        if self.mode is RetryMode.FORBIDDEN:
            return "one request"
        wait = f"a wait of {self.wait_s:g} s or more" if self.wait_s else "a wait"
        if self.exactly is not None:
            return f"exactly {self.exactly} retries, each after {wait}"
        bound = f"at most {self.at_most} retries" if self.at_most is not None else "a bounded retry"
        if self.mode is RetryMode.REQUIRED:
            return f"{bound}, each after {wait}"
        return f"one request, or {bound} after {wait}"


FORBIDDEN = Retry(mode=RetryMode.FORBIDDEN)
Declared = Retry | RetryMode | int | bool | str
"""What a project may declare for a code: `Retry(...)`, a number of retries, or a mode."""


def read_retry(value: object) -> Retry:
    """Return the handling rule for a declaration; raise `ValueError` or `TypeError` with examples."""
    if isinstance(value, Retry):
        return value
    if value is True or value is False:
        return Retry(mode=RetryMode.REQUIRED) if value else FORBIDDEN
    if isinstance(value, int) and value >= 0:
        return Retry(exactly=value) if value else FORBIDDEN
    if isinstance(value, str) and value in set(RetryMode):
        return Retry(mode=RetryMode(value))
    raise ValueError(
        f"{value!r} is not a rule for retries; allowed: a number of retries, "
        f"Retry(at_most=5, wait_s=1), {', '.join(repr(item.value) for item in RetryMode)}"
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
