"""What a project demands in its configuration, where the command line demands nothing."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from iniconfig import IniConfig, ParseError  # what pytest reads them with

from pytest_flipsnack.coverage import baseline
from pytest_flipsnack.coverage.demand import (
    Demand,
    check,
    read_excluded,
    read_level,
    read_percentage,
    read_required,
)
from pytest_flipsnack.coverage.tally import Level

T = TypeVar("T")

_SECTIONS = {
    "pytest.toml": "pytest",
    ".pytest.toml": "pytest",
    "pytest.ini": "pytest",
    ".pytest.ini": "pytest",
    "pyproject.toml": "",
    "tox.ini": "pytest",
    "setup.cfg": "tool:pytest",
}
"""The files that pytest reads, in its order, and their sections."""


def of_project(start: Path) -> Demand:
    """Return what the configuration of pytest demands that is closest to a directory.

    Raises `ValueError` with the file and the key for a value that cannot be read.
    """
    for path in _files(start):
        given = _options(path)
        if given is not None:
            try:
                return _demand(given, path.parent)
            except ValueError as error:
                raise ValueError(f"{path.name}: {error}") from None
    return Demand()


def _files(start: Path) -> Iterator[Path]:
    for folder in (start, *start.parents):
        for name in _SECTIONS:
            if (path := folder / name).is_file():
                yield path


def _options(path: Path) -> Mapping[str, Any] | None:
    """Return the options of pytest in a file, None where it is not about pytest."""
    section = _SECTIONS[path.name]
    try:
        if path.suffix == ".toml":
            return _of_toml(tomllib.loads(path.read_text("utf-8")), section)
        sections = IniConfig(path).sections
    except (tomllib.TOMLDecodeError, ParseError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}") from None
    return sections.get(section)


def _of_toml(document: Mapping[str, Any], section: str) -> Mapping[str, Any] | None:
    if section:
        found: Mapping[str, Any] | None = document.get(section)
        return found
    own = document.get("tool", {}).get("pytest")
    return own if own is None else own.get("ini_options", own)


def _demand(given: Mapping[str, Any], start: Path) -> Demand:
    def single(name: str, read_value: Callable[[object], T], default: T) -> T:
        value = given.get(f"flipsnack_{name}")
        return default if value is None else read_value(value)

    require = given.get("flipsnack_require", [])
    exclude = given.get("flipsnack_exclude", [])
    required = read_required(shlex.split(require) if isinstance(require, str) else require)
    excluded = read_excluded(
        filter(None, map(str.strip, exclude.splitlines())) if isinstance(exclude, str) else exclude
    )
    found = Demand(
        single("fail_under", read_percentage, None),
        required=required[0],
        excluded=excluded[0],
        level=single("level", read_level, Level.EXERCISED),
        cells_threshold=single("cells_fail_under", read_percentage, None),
        required_cells=required[1],
        excluded_cells=excluded[1],
        baseline=single("baseline", lambda name: baseline.read(start / str(name), str(name)), None),
    )
    check(found)
    return found
