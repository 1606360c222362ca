"""What one test costs: a long run less a short one, less the same of empty tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.suites import Suite


@dataclass(frozen=True, slots=True)
class Lengths:
    """Two numbers of tests; imports and the first use of a session cancel out between them."""

    few: int
    many: int

    def runs(
        self, suites: Iterable[Suite], home: Path, measured: Callable[..., float]
    ) -> dict[str, Callable[[], float]]:
        """Write the suites and their twins in both lengths; return a measured run of each."""
        return {
            _name(suite, tests): partial(
                measured, home, *suite.flags, suite.write(home, tests).name, tests=tests
            )
            for one in suites
            for suite in (one, one.twin)
            for tests in (self.few, self.many)
        }

    def per_test(self, found: Mapping[str, float], suite: Suite) -> float:
        """Return the cost of one test of the suite over an empty one."""
        more = self._grown(found, suite) - self._grown(found, suite.twin)
        return more / (self.many - self.few)

    def _grown(self, found: Mapping[str, float], suite: Suite) -> float:
        return found[_name(suite, self.many)] - found[_name(suite, self.few)]


def _name(suite: Suite, tests: int) -> str:
    return f"{suite.name} {tests}"
