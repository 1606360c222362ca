"""How well a fact is known, and where it was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How well a fact of the catalogue is known; only documented facts refuse a request."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read.

    `pages` holds labels of the fact sheet: `SEED` is the status code table, `H1` the oldest
    crawl of the reference, `P1`, `R1`, `R0` later ones, `M` the newest Markdown export, `PR`
    the product pages, `HELP` the help centre, `CS` a public client (not documentation).
    """

    basis: Basis
    pages: tuple[str, ...] = ()
    note: str = ""

    def __str__(self) -> str:
        where = f" ({', '.join(self.pages)})" if self.pages else ""
        return f"{self.basis}{where}"


def documented(*pages: str, note: str = "") -> Source:
    """Return the source of a fact that the vendor's pages state."""
    return Source(Basis.DOCUMENTED, pages, note)


def inferred(*pages: str, note: str = "") -> Source:
    """Return the source of a fact that the pages suggest but do not state."""
    return Source(Basis.INFERRED, pages, note)


def choice(note: str) -> Source:
    """Return the source of a fact the pages leave open and this project decided."""
    return Source(Basis.CHOICE, (), note)


TABLE = documented("SEED")
"""The vendor's status code table, which stands above every other page."""
