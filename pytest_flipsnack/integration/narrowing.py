"""Whether a run left tests out, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

_FLAGS = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--lf",
    "stepwise": "--stepwise",
    "deselect": "--deselect",
    "ignore": "--ignore",
    "ignore_glob": "--ignore-glob",
}


def narrowed_by(config: pytest.Config) -> str:
    """Return what narrowed the run, as typed, or an empty text for a whole run.

    A flag in `addopts` of the configuration file belongs to the project's whole run.
    """
    own = config.getini("addopts")
    for dest, flag in _FLAGS.items():
        value = config.getoption(dest, None)
        if value and not _in_file(flag, value, own):
            return flag
    return _paths(config)


def _in_file(flag: str, value: object, own: list[str]) -> bool:
    if not any(token == flag or token.startswith((flag, f"{flag}=")) for token in own):
        return False
    values = value if isinstance(value, list) else [value]
    return value is True or all(any(token.endswith(str(item)) for token in own) for item in values)


def _paths(config: pytest.Config) -> str:
    start = config.invocation_params.dir
    if config.args_source is config.ArgsSource.INVOCATION_DIR:
        return "" if start == config.rootpath else f"the directory {start.name}"
    if config.args_source is not config.ArgsSource.ARGS:
        return ""
    given = [Path(start, arg).resolve() for arg in config.args if "::" not in arg]
    for arg in config.args:
        if "::" in arg or Path(start, arg).is_file():
            return arg
    whole = [Path(config.rootpath, path).resolve() for path in config.getini("testpaths")]
    if all(any(path.is_relative_to(top) for top in given) for path in whole):
        return ""
    return " ".join(config.args)
