"""What a test fails for, as one value that prints itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """A documented rule that a request broke. Every text is already masked."""

    code: Code
    rule: str
    sent: str
    expected: str
    hint: str = ""
    source: Source = TABLE

    def explain(self, action: str | None) -> Finding:
        """Return the finding for a test author: what happened, what was allowed, what to do."""
        found = Finding(
            f"{action or 'a request without action'} was refused with {self.code.label}, "
            f"and the test did not expect {self.code.value}",
            (
                ("rule", f"{self.rule}; {self.source}"),
                ("sent", self.sent),
                ("expected", self.expected),
            ),
        )
        if self.hint:
            found = found.adding("hint", self.hint)
        return found.adding(
            "way out",
            "correct the request; or, if the test is about this refusal, "
            f"call flipsnack.allow({self.code.value}) before the request",
        )


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return the known name that is most like `name`, or an empty text."""
    import difflib  # only ever needed for a message

    lowered = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=cutoff)
    return lowered[found[0]] if found else ""
