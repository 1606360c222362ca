"""`--flipsnack-live`: which tests ask the real API, and whether they may; loads nothing where none does."""

from __future__ import annotations

import argparse
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.integration.configuration import ini, reading, usage_error

if TYPE_CHECKING:
    from pytest_flipsnack.integration.live_run import LiveRun
    from pytest_flipsnack.live.limits import Limits
    from pytest_flipsnack.live.live import Live

NAME = "flipsnack_live"
DEFAULT = "flipsnack-live.json"
_FLAG, _PAGE = "--flipsnack-live", "howto/live.md"
_SKIPPED = f"it asks the real Flipsnack, which only {_FLAG} allows"
_LIMITS = {"requests_per_minute": 600, "requests": 100_000, "uploads": 1000}
"""The keys behind `flipsnack_live_`, each with the most that it may be."""


def read_path(text: str) -> str:
    """Return the path of a recording; raise for what looks like a path of tests."""
    if not text.endswith(".json"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not the path of a recording, which ends with .json; paths of tests come "
            f"before the flag, or after {_FLAG}={DEFAULT}"
        )
    return text


def configure(config: pytest.Config) -> None:
    """Be ready for live tests, where they are asked for; raise `pytest.UsageError` if they cannot run."""
    path = config.getoption("flipsnack_live")
    if path is None or config.option.collectonly:
        return
    if hasattr(config, "workerinput") or getattr(config.option, "numprocesses", None):
        raise usage_error(
            f"{_FLAG} keeps below the limits of an account in one process; do not use -n", _PAGE
        )
    from pytest_flipsnack.live import environment

    try:
        account = environment.read(os.environ)
    except ValueError as error:
        raise usage_error(f"{_FLAG}: {error}", _PAGE) from None
    from pytest_flipsnack.integration.live_run import LiveRun

    limits = _read_limits(config)
    config.pluginmanager.register(LiveRun(config, Path(path), account, limits), NAME)


def _read_limits(config: pytest.Config) -> Limits:
    from pytest_flipsnack.live.limits import Limits

    given: dict[str, int] = {}
    for name, most in _LIMITS.items():
        key = f"flipsnack_live_{name}"
        value = ini(config, key)
        if value is not None:
            given[name] = reading(key, partial(_number, most=most), value, _PAGE)
    return Limits(**given)


def _number(value: object, *, most: int) -> int:
    text = str(value).strip()
    number = int(text) if text.isdecimal() else 0
    if not 0 < number <= most:
        raise ValueError(f"{value!r} is not a number from 1 to {most}")
    return number


def arrange(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip live tests where they are not asked for."""
    if config.getoption("flipsnack_live") is None:
        for item in items:
            if is_live(item):
                item.add_marker(pytest.mark.skip(reason=_SKIPPED))


def is_live(item: pytest.Item) -> bool:
    """Return whether a test is marked, or asks for the fixture."""
    marked = NAME in item.keywords and item.get_closest_marker(NAME) is not None
    return marked or NAME in getattr(item, "fixturenames", ())


def of_test(request: pytest.FixtureRequest) -> Live:
    """Return what a live test works with; its requests are led over the recorder already."""
    run: LiveRun | None = request.config.pluginmanager.get_plugin(NAME)
    if run is None or run.recorder is None or not is_live(request.node):
        pytest.fail(
            f"flipsnack_live is there with {_FLAG} only, and in a test that is marked: "
            "@pytest.mark.flipsnack_live",
            pytrace=False,
        )
    from pytest_flipsnack.live.live import Live

    return Live(run.recorder)
