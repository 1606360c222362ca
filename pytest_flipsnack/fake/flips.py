"""Another code in the place of one that is delivered: a test that looks fails then."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pytest_flipsnack.catalogue.codes import Code, Handling, known_codes

_REPRESENTATIVES = (Code.OK, Code.INVALID_CREDENTIALS, Code.OPERATION_FAILED)
"""A success, an error that stays, and one that passes; what is likeliest noticed comes first."""


@dataclass(slots=True)
class Flip:
    """What the client gets for a code of an action, while the fake records the code itself.

    `others` are actions for which the code stays as it is. `delivered` counts the replies that
    were changed.
    """

    action: str
    code: Code
    to: Code
    others: frozenset[str] = frozenset()
    delivered: int = 0

    def fits(self, cell: tuple[str, int] | None) -> bool:
        """Return whether a reply is to be changed, and count it.

        An error may be declared for any action, and a client that got another code may go on to
        an action that it did not call before: that one tells no other story.
        """
        if cell is None or cell[1] != self.code:
            return False
        goes_on = self.code is not Code.OK and cell[0] not in self.others
        found = cell[0] == self.action or goes_on
        self.delivered += found
        return found

    @property
    def advice(self) -> str:
        """What a test should assert that does not notice it."""
        if self.code is Code.OK:
            return "assert what the client returns"
        if self.to is Code.OK:
            return "assert what the client raises"
        return "assert the code of what the client raises"


def flips_of(
    action: str, code: Code, others: Iterable[str] = (), *, every: bool = False
) -> Iterator[Flip]:
    """Yield the flips of a code: one to each other handling, or to every code.

    None is to a code that a client must handle alike: passing errors, or those of one message.
    """
    kept = frozenset(others)
    to: Code
    for to in dict.fromkeys((*_REPRESENTATIVES, *known_codes()) if every else _REPRESENTATIVES):
        alike = _are_alike(code, to) if every else _kind(to) is _kind(code)
        if not (alike or to.deprecated):
            yield Flip(action, code, to, kept)


def _are_alike(one: Code, other: Code) -> bool:
    both_pass = _kind(one) is _kind(other) is Handling.RETRY
    return one is other or both_pass or one.message == other.message


def _kind(code: Code) -> Handling:
    """Return how a code is handled; what is polled for passes as well."""
    return Handling.RETRY if code.handling is Handling.POLL else code.handling
