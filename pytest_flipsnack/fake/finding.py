"""What a test fails for, as one value that prints itself."""

from __future__ import annotations

from dataclasses import dataclass

HEADLINE_ATTRIBUTE = "flipsnack_finding"
"""The attribute of an exception that carries the first line of the finding it was raised for."""


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


def failure(text: str, kind: type[BaseException] = AssertionError, **how: object) -> BaseException:
    """Return the exception for a finding, or for several, as masked text."""
    made = kind(text, **how)
    setattr(made, HEADLINE_ATTRIBUTE, text.partition("\n")[0])
    return made
