"""What a client may do after a code, and how long it waited before it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf
from time import monotonic, process_time  # real ones: virtual time leaves our modules alone
from typing import Literal

from pytest_flipsnack.catalogue.codes import Handling, code_of, known_code
from pytest_flipsnack.fake.call import Call


class RetryMode(StrEnum):
    """Whether a client retries after a code."""

    FORBIDDEN = "forbidden"
    ALLOWED = "allowed"
    REQUIRED = "required"


_LEAST_WAIT_S = 0.001
_MODES = ", ".join(repr(mode.value) for mode in RetryMode)


@dataclass(frozen=True, slots=True)
class Retry:
    """A handling rule: how a client retries after a code.

    `at_most` bounds the retries, `exactly` fixes their number. `wait_s` is the least wait before
    each, `waits_s` are all the waits, to a twentieth of a second. With `grows` no wait may be shorter than the one before. `lasts_s` is
    how long all waits together must last at least before the client gives up, as in
    `{32: Retry(lasts_s=60)}` for a limit per minute.
    """

    at_most: int | None = None
    wait_s: float = 0.0
    exactly: int | None = None
    waits_s: tuple[float, ...] | None = None
    grows: bool = False
    lasts_s: float = 0.0
    mode: RetryMode = RetryMode.ALLOWED

    def __post_init__(self) -> None:
        if self.mode not in set(RetryMode):
            raise ValueError(f"{self.mode!r} is not a mode; allowed: {_MODES}")
        object.__setattr__(self, "mode", RetryMode(self.mode))  # text is as good
        if isinstance(self.waits_s, str) or not isinstance(self.waits_s, Iterable | None):
            raise TypeError(
                f"waits_s={self.waits_s!r}: write the waits in seconds, as in (1, 2, 4)"
            )
        if self.waits_s is not None:
            object.__setattr__(self, "waits_s", tuple(self.waits_s))
        for name in ("at_most", "exactly"):
            if getattr(self, name) is not None:
                _check_number(name, getattr(self, name), whole=True)
        for name in ("wait_s", "lasts_s"):
            _check_number(name, getattr(self, name))
        for wait_s in self.waits_s or ():
            _check_number("waits_s", wait_s, least=_LEAST_WAIT_S)
        _check_together(self)

    @property
    def sets_waits(self) -> bool:
        """Whether it sets how long a client waits."""
        return bool(self.wait_s or self.waits_s or self.grows or self.lasts_s)

    def __str__(self) -> str:
        if self.mode is RetryMode.FORBIDDEN or 0 in {self.exactly, self.at_most}:
            return "one request"
        wait = f"a wait of {self.wait_s:g} s or more" if self.wait_s else "a wait"
        wait += ", none shorter than the one before" if self.grows else ""
        wait += f", {self.lasts_s:g} s or more in all" if self.lasts_s else ""
        if self.waits_s is not None:
            waits = ", ".join(f"{wait_s:g}" for wait_s in self.waits_s)
            return f"retries after waits of {waits} s" if waits else "one request"
        if self.exactly is not None:
            return f"exactly {_retries(self.exactly)}, each after {wait}"
        bound = (
            f"at most {_retries(self.at_most)}" if self.at_most is not None else "a bounded retry"
        )
        if self.mode is RetryMode.REQUIRED:
            return f"{bound}, each after {wait}"
        return f"one request, or {bound} after {wait}"


def _retries(count: int) -> str:
    return "1 retry" if count == 1 else f"{count} retries"


def _check_number(name: str, value: object, *, whole: bool = False, least: float = 0.0) -> None:
    number = isinstance(value, int if whole else int | float) and not isinstance(value, bool)
    if not number or not least <= float(str(value)) < inf:
        what = "a whole number" if whole else "a number"
        raise ValueError(f"{name}={value!r} is not {what} of {least:g} or more")


def _check_together(rule: Retry) -> None:
    """Raise `ValueError` for parts of a rule that say the same thing twice, or cannot both hold."""
    counts = ["at_most", "exactly", "waits_s"]
    given = [name for name in counts if getattr(rule, name) is not None]
    if len(given) > 1:
        raise ValueError(
            f"{' and '.join(given)} say how many retries there are; leave one of them out"
        )
    waits = [name for name in ("wait_s", "grows", "lasts_s") if getattr(rule, name)]
    if rule.waits_s is not None and waits:
        raise ValueError(f"waits_s names all waits; leave {' and '.join(waits)} out")
    none = rule.at_most == 0 or rule.exactly == 0 or rule.waits_s == ()
    if rule.mode is RetryMode.FORBIDDEN and (given or waits):
        raise ValueError(
            f"mode='forbidden' is one request; leave {' and '.join([*given, *waits])} out"
        )
    if rule.mode is RetryMode.REQUIRED and none:
        raise ValueError(f"mode='required' is at least one retry; {given[0]} allows none")


FORBIDDEN = Retry(mode=RetryMode.FORBIDDEN)
RetryRule = Retry | RetryMode | int | Literal["forbidden", "allowed", "required"]
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
        f"Retry(at_most=5, wait_s=1), {_MODES}"
    )


def read_rules(declared: Mapping[int, object]) -> dict[int, Retry]:
    """Return the declared rules by code; raise `ValueError` for an unknown code."""
    return {int(code_of(code)): read_retry(value) for code, value in declared.items()}


def rule_for(code: int, declared: Mapping[int, Retry]) -> Retry:
    """Return the rule for a code: the declared one, else the catalogue's; unknown ones are errors."""
    if code in declared:
        return declared[code]
    known = known_code(code)
    again = known is not None and known.handling in {Handling.RETRY, Handling.POLL}
    return Retry() if again else FORBIDDEN


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
