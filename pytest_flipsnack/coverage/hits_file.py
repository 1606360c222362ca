"""The hits of a process that runs for long, in a file that is whole at any moment."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pytest_flipsnack.coverage import json
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Cell, Tally
from pytest_flipsnack.coverage.verdict import Run, decide
from pytest_flipsnack.coverage.writers import Coverage, write_file


class HitsFile:
    """What ended tests have delivered. `path` None keeps it in memory. Threads may share it."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._tally = Tally()
        self._saved: Tally | None = None
        self._lock = threading.Lock()

    def add_test(self, hits: Mapping[Cell, int]) -> None:
        """Count what one passing test delivered."""
        with self._lock:
            self._tally.add_test(hits)

    def save(self, running: Mapping[Cell, int]) -> None:
        """Write the file if anything has been counted since; raise `OSError` where it cannot.

        `running` counts as a test that ends now.
        """
        with self._lock:
            total = copy.deepcopy(self._tally)
            total.add_test(running)
            if total != self._saved:
                self._write(total)

    def finish(self) -> None:
        """Write the file, whatever has become of the last one; raise `OSError` likewise."""
        with self._lock:
            self._write(self._tally)

    def text(self) -> str:
        """Return what the file should hold."""
        with self._lock:
            return _text(self._tally)

    def _write(self, total: Tally) -> None:
        if self.path is not None:
            write_file(self.path, _text(total))
            self._saved = total


def _text(tally: Tally) -> str:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    demand = Demand()
    return json.render(Coverage(tally, demand, decide(tally, demand, Run()), created))
