"""What the commands over data files share: their arguments, and how they write and complain."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

FILES_HELP = "a report in JSON, of pytest (--flipsnack-data, --flipsnack-report=json) or of serve"


def written(path: Path, write: Callable[[], None]) -> bool:
    """Write a file; where that fails, say so and return false."""
    try:
        write()
    except OSError as error:
        wrong(f"{path} cannot be written: {error.strerror}")
        return False
    return True


def argument(read_value: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader whose `ValueError` argparse shows."""

    def parse(text: str) -> Any:
        try:
            return read_value(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def wrong(text: str) -> int:
    """Say what was wrong with the call; return the exit status for it."""
    print(f"pytest-flipsnack: {text}", file=sys.stderr)
    return 2


def counted(count: int, one: str, more: str) -> str:
    """Return a number with its noun."""
    return f"{count} {one if count == 1 else more}"
