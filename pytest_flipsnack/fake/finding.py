"""What a test fails for, as one value that prints itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened, and labelled lines: what was allowed, what was seen, the way out.

    `str()` prints the labels below each other. Who shows a finding masks the secrets in it.
    """

    what: str
    lines: tuple[tuple[str, str], ...] = ()

    def adding(self, label: str, text: str) -> Finding:
        """Return a finding with one more line."""
        return Finding(self.what, (*self.lines, (label, text)))

    def __str__(self) -> str:
        width = max((len(label) for label, _ in self.lines), default=0) + 1
        return "\n".join(
            [self.what, *(f"    {f'{label}:':<{width}} {text}" for label, text in self.lines)]
        )
