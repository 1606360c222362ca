"""Hits by example of Hypothesis: those of an example that it rejected, or that failed, do not count."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pytest_flipsnack.coverage.tally import Cell


def running() -> Any:
    """Return the context of the example that runs in this thread, None where none does."""
    control: Any = sys.modules.get("hypothesis.control")
    if control is None or not control.currently_in_test_context():
        return None
    return control.current_build_context()


class AcceptedHits:
    """Counts hits, and holds those of an example until Hypothesis has decided on it."""

    def __init__(self) -> None:
        self._counted: Counter[Cell] = Counter()
        self._pending: list[tuple[Any, Mapping[Cell, int]]] = []

    def add(self, hits: Mapping[Cell, int], example: Any, *, finished: bool) -> None:
        """Count hits; `finished` says that no error left the block that delivered them.

        In an example of `@example` such an error counts as a failure, for nothing else tells one.
        """
        if example is None:
            self._counted.update(hits)
        elif finished or not example.is_final:
            self._settle()
            self._pending.append((example.data, hits))

    def counted(self) -> Counter[Cell]:
        """Return the hits that count, at the end of a test, when every example is over."""
        self._settle(over=True)
        return self._counted

    def clear(self) -> None:
        """Begin anew, for the next test."""
        self._counted.clear()
        self._pending.clear()

    def _settle(self, *, over: bool = False) -> None:
        waiting = []
        for data, hits in self._pending:
            if not (data.frozen or over):
                waiting.append((data, hits))
            elif data.status.name == "VALID":
                self._counted.update(hits)
        self._pending = waiting
