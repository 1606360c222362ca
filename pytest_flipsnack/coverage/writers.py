"""What a report is made of, and how its file is written whole."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run, Verdict, decide

_ODD = "backslashreplace"
"""What becomes of a node id that is no text, of a file whose name is none: JSON reads it back."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a report is made of. `created` is an ISO 8601 time in UTC.

    `data` are the files that hold the counts, as a shell takes them, where there are any.
    """

    tally: Tally
    demand: Demand
    run: Run
    verdict: Verdict
    created: str
    data: str = ""


def cover(tally: Tally, demand: Demand, run: Run, data: str = "") -> Coverage:
    """Decide once, and return what every report of it is made of."""
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Coverage(tally, demand, run, decide(tally, demand, run), created, data)


@dataclass(frozen=True, slots=True)
class Line:
    """A line for the terminal; `style` holds the markup names of pytest's terminal writer."""

    text: str
    style: dict[str, bool] = field(default_factory=dict)


FileWriter = Callable[[Coverage], str]
TermWriter = Callable[[Coverage], Iterator[Line]]


@dataclass(frozen=True, slots=True)
class Target:
    """A report that was asked for: its format, and where a file goes (None: the terminal).

    `added` says that the file is somebody else's, and that the report goes to its end.
    """

    format: str
    path: Path | None = None
    added: bool = False


def write_file(path: Path, text: str) -> None:
    """Write a report whole or not at all; raise `OSError` where it cannot be written.

    Links are followed; pipes and devices are written to.
    """
    kind = _kind(path)
    if kind is not None and not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
        _write_through(path, kind, text)
        return
    place = _place(path)
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".flipsnack-{secrets.token_hex(8)}.part")
    # never what is there already, as somebody's link; and the same bytes on every system
    file = half.open("x", encoding="utf-8", errors=_ODD, newline="\n")
    try:
        with file:
            file.write(text)
        half.replace(place)
    finally:
        half.unlink(missing_ok=True)


def add_to_file(path: Path, text: str) -> None:
    """Write a report to the end of a file; raise `OSError` where it cannot be written."""
    with path.open("a", encoding="utf-8", errors=_ODD, newline="\n") as file:
        file.write(text)


def discard_file(path: Path) -> None:
    """Remove the report of an older run, so that it cannot be taken for this one's.

    Links, pipes and devices stay. Raises `OSError` where the report cannot be removed.
    """
    kind = _kind(path)
    if kind is not None and stat.S_ISREG(kind):
        _place(path).unlink(missing_ok=True)


def _kind(path: Path) -> int | None:
    """Return the mode of what a path leads to, None where there is nothing yet."""
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None


def _place(path: Path) -> Path:
    """Return where the links of a path lead; refuse those to a file that a process has open.

    `/dev/stdout` may be the log of the run: to replace that would lose it.
    """
    link = path
    while link.is_symlink():
        folder = Path(os.path.realpath(link.parent))
        if folder == Path("/dev") or folder.is_relative_to("/proc"):
            raise OSError(errno.EINVAL, "it leads to a file that is open; give that file's path")
        link = folder / link.readlink()
    return Path(os.path.realpath(path))


def _write_through(path: Path, kind: int, text: str) -> None:
    if stat.S_ISBLK(kind):
        raise OSError(errno.EINVAL, "it is a disk")
    file = _open_pipe(path) if stat.S_ISFIFO(kind) else os.open(path, os.O_WRONLY)
    with os.fdopen(file, "w", encoding="utf-8", errors=_ODD, newline="\n") as stream:
        stream.write(text)


def _open_pipe(path: Path) -> int:
    """Open a pipe; one that nobody reads is an error, not a wait.

    Windows has no such flag, and no wait: there a pipe without a reader cannot be opened.
    """
    if not hasattr(os, "O_NONBLOCK"):
        return os.open(path, os.O_WRONLY)
    file = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
    os.set_blocking(file, True)
    return file
