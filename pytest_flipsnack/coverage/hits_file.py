"""The hits of a process that runs for long, in a file that is whole at any moment."""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import json
from pytest_flipsnack.coverage.tally import Cell, Tally
from pytest_flipsnack.coverage.verdict import Run
from pytest_flipsnack.coverage.writers import cover, write_file


class HitsFile:
    """What ended tests have delivered. `path` None keeps it in memory. Threads may share it."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._tally = Tally()
        self._saved: Tally | None = None
        self._lock = threading.Lock()
        self._id = uuid.uuid4().hex
        self._tests = 0

    def add_test(self, hits: Mapping[Cell, int]) -> None:
        """Count what one passing test delivered."""
        with self._lock:
            self._tests += 1
            self._tally.add_test(self._name(), hits)

    def save(self, running: Mapping[Cell, int]) -> None:
        """Write the file if anything has been counted since; raise `OSError` where it cannot.

        `running` counts as a test that ends now.
        """
        with self._lock:
            total = copy.deepcopy(self._tally)
            total.add_test(self._name(1), running)
            if total != self._saved:
                self._write(total)

    def finish(self) -> None:
        """Write the file, whatever has become of the last one; raise `OSError` likewise."""
        with self._lock:
            self._write(self._tally)

    def text(self) -> str:
        """Return what the file should hold."""
        with self._lock:
            return self._text(self._tally)

    def _write(self, total: Tally) -> None:
        if self.path is not None:
            write_file(self.path, self._text(total))
            self._saved = total

    def _name(self, later: int = 0) -> str:
        return f"serve::{self._id[:8]}::{self._tests + later}"

    def _text(self, tally: Tally) -> str:
        return json.render(cover(tally, Demand(), Run(ids=(self._id,))))
