"""How well a fact is known, and where it was read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """How well a fact of the catalogue is known; only documented and local ones refuse a request."""

    DOCUMENTED = "documented"
    INFERRED = "inferred"
    CHOICE = "choice"
    LOCAL = "local"


_REFERENCE = "API reference"
PAGES = {
    "SEED": "status code table",
    # the oldest crawl, with http, then later ones, then the newest Markdown export
    **dict.fromkeys(("H1", "H2", "FP", "P1", "R1", "R0", "M"), _REFERENCE),
    "PR": "product pages",
    "HELP": "help centre",
    "CS": "a public client",  # no documentation
}
"""Label of the fact sheet to the name that a message shows."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read.

    `pages` holds labels of the fact sheet, which `PAGES` names.
    """

    basis: Basis
    pages: tuple[str, ...] = ()
    note: str = ""

    @property
    def is_stated(self) -> bool:
        """Whether the vendor or the project itself says so, and nobody has to guess."""
        return self.basis in {Basis.DOCUMENTED, Basis.LOCAL}

    def __str__(self) -> str:
        if self.basis is Basis.LOCAL:
            return f"{self.basis} ({self.note})"
        names = dict.fromkeys(PAGES[label] for label in self.pages)
        return f"{self.basis} ({', '.join(names)})" if names else str(self.basis)


def documented(*pages: str, note: str = "") -> Source:
    """Return the source of a fact that the vendor's pages state."""
    return Source(Basis.DOCUMENTED, pages, note)


def inferred(*pages: str, note: str = "") -> Source:
    """Return the source of a fact that the pages suggest but do not state."""
    return Source(Basis.INFERRED, pages, note)


def choice(note: str) -> Source:
    """Return the source of a fact the pages leave open and this project decided."""
    return Source(Basis.CHOICE, (), note)


LOCAL = Source(Basis.LOCAL, (), "your own catalogue")
"""The file of `flipsnack_catalogue`."""
TABLE = documented("SEED")
"""The vendor's status code table, which stands above every other page."""
