"""What a test fails for, as one value that prints itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source

HEADLINE_ATTRIBUTE = "flipsnack_finding"
"""The attribute of an exception that carries the first line of the finding it was raised for."""
_WAY_OUT = "way out"


@dataclass(frozen=True, slots=True)
class Finding:
    """What happened, and labelled lines: what was allowed, what was seen, the way out.

    `str()` prints the labels below each other. Who shows a finding masks the secrets in it.
    `refusal` is what it explains, if it explains one. `always` says that a call fails with it
    whatever the reply.
    """

    what: str
    lines: tuple[tuple[str, str], ...] = ()
    refusal: Refusal | None = field(default=None, compare=False)
    always: bool = field(default=False, compare=False)

    def adding(self, label: str, text: str) -> Finding:
        """Return a finding with one more line."""
        return replace(self, lines=(*self.lines, (label, text)))

    def also(self, others: Iterable[Finding]) -> Finding:
        """Return a finding that names others too, each in two lines, before its way out."""
        added = [line for other in dict.fromkeys(others) for line in _brief(other)]
        at = next((at for at, (label, _) in enumerate(self.lines) if label == _WAY_OUT), None)
        before, after = (self.lines, ()) if at is None else (self.lines[:at], self.lines[at:])
        return replace(self, lines=(*before, *added, *after))

    def hiding(self, hide: Callable[[str], str]) -> Finding:
        """Return the finding with every text as `hide` leaves it."""
        lines = tuple((label, hide(text)) for label, text in self.lines)
        return replace(self, what=hide(self.what), lines=lines)

    def __str__(self) -> str:
        return "\n".join([self.what, *_labelled(self.lines)])


def listed(others: Iterable[Finding]) -> str:
    """Return the lines for findings that are named below a refusal, each in two lines."""
    lines = [line for other in others for line in _brief(other)]
    return "\n".join(_labelled(lines, len("expected")))


def _labelled(lines: Sequence[tuple[str, str]], least: int = 0) -> list[str]:
    width = max((len(label) for label, _ in lines), default=0)
    width = max(width, least) + 1
    return [f"    {f'{label}:' if label else '':<{width}} {text}" for label, text in lines]


def _brief(found: Finding) -> Iterable[tuple[str, str]]:
    yield "also", found.what
    yield "", "; ".join(f"{label}: {text}" for label, text in found.lines if label != "seen")


def failure(text: str, kind: type[BaseException] = AssertionError, **how: object) -> BaseException:
    """Return the exception for a finding, or for several, as masked text."""
    made = kind(text, **how)
    setattr(made, HEADLINE_ATTRIBUTE, text.partition("\n")[0])
    return made


@dataclass(frozen=True, slots=True)
class Refusal:
    """A documented rule that a request broke. Every text is already masked.

    `further` are the other rules that it broke; they do not follow from this one.
    """

    code: Code
    rule: str
    sent: str
    expected: str
    hint: str = ""
    source: Source = TABLE
    further: tuple[Refusal, ...] = ()

    @property
    def slips(self) -> tuple[Refusal, ...]:
        """Every rule that the request broke, this one first."""
        return (self, *self.further)

    def explain(self, action: str | None, asked: Collection[int] = ()) -> Finding:
        """Return the finding for a test author: what happened, what was allowed, what to do.

        Further rules whose codes are `asked` for are what the test is about, and left out.
        """
        found = Finding(
            f"{action or 'a request without action'} was refused with {self.code.label}, "
            f"and the test did not expect {self.code.value}",
            (("rule", f"{self.rule}; {self.source}"), ("sent", self.sent), *_mending(self)),
            self,
        )
        others = [slip for slip in self.further if slip.code not in asked]
        return found.adding(
            _WAY_OUT,
            "correct the request; or, if the test is about this refusal, "
            f"call flipsnack.allow({self.code.value}) before the request",
        ).also(Finding(f"{slip.code.label}: {slip.rule}", _mending(slip)) for slip in others)


def _mending(slip: Refusal) -> tuple[tuple[str, str], ...]:
    hint = (("hint", slip.hint),) if slip.hint else ()
    return (("expected", slip.expected), *hint)


def nearest(name: str, known: Sequence[str], cutoff: float = 0.6) -> str:
    """Return the known name that is most like `name`, or an empty text."""
    import difflib  # only ever needed for a message

    lowered = {item.lower(): item for item in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=cutoff)
    return lowered[found[0]] if found else ""
