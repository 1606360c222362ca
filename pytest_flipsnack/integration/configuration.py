"""The project's configuration: reading its keys, and the files that they name."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
PREFIX = "flipsnack_"


def usage_error(text: str, page: str) -> pytest.UsageError:
    """Return an error of usage, with the page that has more."""
    return pytest.UsageError(f"{text}\n    more: docs/{page}")


def check_keys(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` for a key of ours in the configuration that does not exist."""
    with warnings.catch_warnings(action="ignore"):  # 9.2 deprecates the one way to them
        in_file = [*config.inicfg]
    # pytest 8.4 keeps what follows -o apart
    typed = [one.partition("=")[0] for one in config.getoption("override_ini") or ()]
    given = [key for key in (*in_file, *typed) if key.startswith(PREFIX)]
    unknown = [key for key in given if key not in config._parser._inidict]
    if not unknown:
        return
    from pytest_flipsnack.fake.finding import nearest

    known = sorted(key for key in config._parser._inidict if key.startswith(PREFIX))
    close = nearest(unknown[0].removeprefix(PREFIX), [key.removeprefix(PREFIX) for key in known])
    hint = f"did you mean {PREFIX}{close}?" if close else f"keys: {', '.join(known)}"
    raise usage_error(f"{unknown[0]} is not a key of the configuration; {hint}", "guide.md")


def use_catalogue(config: pytest.Config) -> None:
    """Know what the project's own catalogue adds; raise `pytest.UsageError` where it is wrong."""
    name = ini(config, "flipsnack_catalogue")
    if name is None:
        return
    from pytest_flipsnack.catalogue import local

    try:
        found = local.read(config.rootpath / str(name))
    except ValueError as error:
        raise usage_error(f"flipsnack_catalogue: {name}: {error}", "howto/catalogue.md") from None
    stack = ExitStack()
    stack.enter_context(local.in_use(found))
    config.add_cleanup(stack.close)


def reading(key: str, read: Callable[[Any], T], value: object, page: str = "coverage.md") -> T:
    """Return what `read` makes of the value of a key; raise `pytest.UsageError` naming it."""
    try:
        return read(value)
    except ValueError as error:
        raise usage_error(f"{key}: {error}", page) from None


def ini(config: pytest.Config, key: str) -> Any:
    """Return the value of a key of the configuration file, None where it has none."""
    try:
        return config.getini(key)
    except (TypeError, pytest.UsageError):
        # native TOML tables are typed, and a number is as good as its text here
        with warnings.catch_warnings(action="ignore"):  # 9.2 deprecates the one way to it
            value: Any = config.inicfg[key]
        return getattr(value, "value", value)


def ini_list(config: pytest.Config, key: str) -> list[Any]:
    """Return the values of a key that has several."""
    value = ini(config, key)
    return value if isinstance(value, list) else [value]
