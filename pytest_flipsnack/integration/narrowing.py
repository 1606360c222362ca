"""What left tests out of a run, as far as it was typed: flags and paths."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

_FLAGS = {
    "keyword": ("-k",),
    "markexpr": ("-m",),
    "lf": ("--lf", "--last-failed"),
    "stepwise": ("--stepwise", "--sw"),
    "deselect": ("--deselect",),
    "ignore": ("--ignore",),
    "ignore_glob": ("--ignore-glob",),
}
"""The options that leave tests out, each with its spellings."""


def narrowed_by(config: pytest.Config) -> str:
    """Return what narrowed the run, as typed, or an empty text for a whole run.

    A flag in `addopts` of the configuration file belongs to the project's whole run.
    """
    own = config.getini("addopts")
    for dest, flags in _FLAGS.items():
        value = config.getoption(dest, None)
        if value and not _in_file(flags, value, own):
            return flags[0]
    return _paths(config, own)


def _in_file(flags: tuple[str, ...], value: object, own: list[str]) -> bool:
    if value is True:
        return any(flag in own for flag in flags)
    given = set(_values(flags[0], own))
    return given.issuperset(map(str, value if isinstance(value, list) else [value]))


def _values(flag: str, own: list[str]) -> Iterator[str]:
    """Yield what the tokens give to a flag: `-m X`, `-mX`, `-m=X`, `--ignore X`, `--ignore=X`."""
    short = not flag.startswith("--")
    for token, following in pairwise([*own, ""]):
        if token == flag:
            yield following
        elif token.startswith(f"{flag}=") or (short and token.startswith(flag)):
            yield token.removeprefix(flag).removeprefix("=")


def _paths(config: pytest.Config, own: list[str]) -> str:
    start = config.invocation_params.dir
    if config.args_source is config.ArgsSource.INVOCATION_DIR:
        below = start != config.rootpath and start.is_relative_to(config.rootpath)
        return f"the directory {start.name}" if below else ""
    if config.args_source is not config.ArgsSource.ARGS or set(config.args) <= set(own):
        return ""
    given = [Path(start, arg).resolve() for arg in config.args if "::" not in arg]
    whole = [Path(config.rootpath, path).resolve() for path in config.getini("testpaths")]
    if whole and all(any(path.is_relative_to(top) for top in given) for path in whole):
        return ""  # whatever else was named besides
    for arg in config.args:
        if "::" in arg or Path(start, arg).is_file():
            return arg
    return " ".join(config.args) if whole else ""
