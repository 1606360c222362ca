"""Why Flipsnack would refuse a request, and how to put it right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source
from pytest_flipsnack.fake.finding import Finding


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
