"""What the last run's flips showed, for the tests that have not changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import pytest_flipsnack
from pytest_flipsnack.coverage.flipped import Flipped

_KEY = "flipsnack/flips"


class FlipCache:
    """Keeps outcomes in pytest's cache, each with a digest of what it depends on.

    That is the test's own file, every other Python file of the project that is no test, and the
    catalogue. A client that is installed elsewhere counts by none of its files.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._cache = getattr(config, "cache", None)
        self._root = config.rootpath
        stored = self._cache.get(_KEY, {}) if self._cache is not None else {}
        self._stored: dict[str, Any] = stored if isinstance(stored, dict) else {}
        self._project = ""
        self._digests: dict[Path, str] = {}

    def known(self, item: pytest.Item) -> Flipped | None:
        """Return what is known of a test that has not changed, without the counts of its flips."""
        entry = self._stored.get(item.nodeid)
        if entry is None or entry.get("digest") != self._digest(item.path):
            return None
        return Flipped.unpacked(entry["found"])

    def write(self, found: Flipped) -> None:
        """Keep what this run found, beside what earlier ones found of other tests."""
        if self._cache is None:
            return
        by_test: dict[str, Flipped] = {}
        for name, cells in found.verified.items():
            by_test.setdefault(name, Flipped()).verified[name] = cells
        for survivor in found.survivors:
            by_test.setdefault(survivor.test, Flipped()).survivors.append(survivor)
        for name, one in by_test.items():
            path = self._root / name.partition("::")[0]
            self._stored[name] = {"digest": self._digest(path), "found": one.packed()}
        self._cache.set(_KEY, self._stored)

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            if not self._project:
                self._project = _digest_of([*_modules(self._root)])
            own = path.read_bytes() if path.exists() else b""
            self._digests[path] = hashlib.sha256(own + self._project.encode()).hexdigest()
        return self._digests[path]


def _modules(root: Path) -> Iterator[Path]:
    """Yield the Python files of a project that are no tests, and those of our catalogue."""
    for folder in (root, Path(pytest_flipsnack.__file__).with_name("catalogue")):
        for path in sorted(folder.rglob("*.py")):
            parts = path.relative_to(folder).parts
            hidden = any(part.startswith((".", "__pycache__")) for part in parts)
            installed = "site-packages" in parts or "node_modules" in parts
            if not (hidden or installed or path.name.startswith("test_")):
                yield path


def _digest_of(paths: list[Path]) -> str:
    found = hashlib.sha256()
    for path in paths:
        found.update(str(path).encode())
        found.update(path.read_bytes())
    return found.hexdigest()
