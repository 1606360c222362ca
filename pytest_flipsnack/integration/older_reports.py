"""Reports of older runs, which a new run takes away before anything else can fail."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.integration.configuration import usage_error

if TYPE_CHECKING:
    from pytest_flipsnack.coverage.writers import Target

_RUN_NO_TESTS = ("help", "version", "collectonly", "setuponly", "setupplan", "showfixtures")


def discard_early(config: pytest.Config) -> None:
    """Do so before any conftest.py is read, from the flags that are known by then."""
    given = config.known_args_namespace
    # a worker of xdist begins amid a run, and is not known for one yet
    if not any(getattr(given, name, None) for name in _RUN_NO_TESTS) and not os.environ.get(
        "PYTEST_XDIST_WORKER"
    ):
        _discard(config.invocation_params.dir, [*given.flipsnack_report, *_data(given)])


def _data(given: argparse.Namespace) -> Iterator[Target]:
    """Yield where the data of the run goes, but for a file that the run adds to."""
    if given.flipsnack_data is not None and not given.flipsnack_append:
        from pytest_flipsnack.coverage.writers import Target

        yield Target("json", Path(given.flipsnack_data))


def discard(config: pytest.Config, targets: list[Target]) -> None:
    """Take away what is at the paths of the reports; raise `pytest.UsageError` where it stays."""
    if not any(config.getoption(name, None) for name in _RUN_NO_TESTS):
        _discard(config.invocation_params.dir, targets)


def _discard(start: Path, targets: Sequence[Target]) -> None:
    for target in targets:
        if target.path is None or target.added:
            continue
        from pytest_flipsnack.coverage.writers import discard_file

        try:
            discard_file(start / target.path)
        except OSError as error:
            text = f"--flipsnack-report: {target.path} cannot be written: {error.strerror}"
            raise usage_error(text, "coverage.md") from None
