"""`pytest-flipsnack drift`: recorded replies of the real API, compared with the catalogue."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from urllib.parse import quote

from pytest_flipsnack.commands.files import written
from pytest_flipsnack.coverage.writers import write_file
from pytest_flipsnack.drift.compare import Drift, compared, summary
from pytest_flipsnack.drift.recordings import RecordingError, read, secrets_in
from pytest_flipsnack.fake.masking import MASK

Found = Sequence[tuple[Path, Drift]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `drift`."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="FILE", help="a cassette of vcrpy, HAR, or JSON"
    )
    parser.add_argument(
        "--format", choices=sorted(_FORMATS), default="text", help="the default is text"
    )
    parser.add_argument(
        "--mask", action="store_true", help="write over keys, secrets and signatures in the files"
    )


def drift(given: argparse.Namespace) -> int:
    """Print what is different; 0: nothing, 1: something, 2: a file that cannot be taken."""
    found: list[tuple[Path, Drift]] = []
    replies, status = 0, 0
    for path in given.paths:
        try:
            if not _is_clean(path, mask=given.mask):
                return 2
            exchanges = read(path)
        except RecordingError as error:
            print(f"pytest-flipsnack drift: {path}: {error}", file=sys.stderr)
            status = 2
            continue
        replies += len(exchanges)
        found += [(path, one) for exchange in exchanges for one in compared(exchange)]
    for line in _FORMATS[given.format](found):
        print(line)
    if given.format == "text":
        print(summary(len(found), replies))
    return status or int(bool(found))


def _is_clean(path: Path, *, mask: bool) -> bool:
    """Return whether a file may be kept: whether it shows no secret, or none any more."""
    secrets = secrets_in(path)
    if not secrets:
        return True
    if not mask:
        names = ", ".join(sorted({*secrets.values()}))
        print(
            f"pytest-flipsnack drift: {path}: it shows {names}, and must not be kept like this; "
            "--mask writes over them",
            file=sys.stderr,
        )
        return False
    text = path.read_text(encoding="utf-8-sig")
    for value in sorted(secrets, key=len, reverse=True):
        for form in {value, quote(value, safe="")}:
            text = text.replace(form, MASK)
    return written(path, partial(write_file, path, text))


def _as_text(found: Found) -> Iterable[str]:
    return (f"{path}: {one.place}: {one.kind}: {one.text}" for path, one in found)


def _as_json(found: Found) -> Iterable[str]:
    yield json.dumps([{"file": str(path), **asdict(one)} for path, one in found], indent=2)


def _as_annotations(found: Found) -> Iterable[str]:
    for path, one in found:
        text = f"{one.place}: {one.text}".replace("%", "%25").replace("\n", "%0A")
        yield f"::error file={path},title=Flipsnack drift: {one.kind}::{text}"


_FORMATS: dict[str, Callable[[Found], Iterable[str]]] = {
    "text": _as_text,
    "json": _as_json,
    "github": _as_annotations,
}
