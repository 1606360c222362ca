"""Flags and configuration keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import pytest

from pytest_flipsnack.integration.configuration import ini, usage_error

if TYPE_CHECKING:
    from pytest_flipsnack.coverage.writers import Target
    from pytest_flipsnack.fake.settings import Settings

T = TypeVar("T")

SETTINGS: pytest.StashKey[Settings | None] = pytest.StashKey()
SETTING_HELP = {
    "check_signature": "refuse a wrong signature with 44 (true)",
    "signature_order": "the order of names that a signature may have: ascii, ignorecase or either (either)",
    "signature_values": "values in the signed text: raw, encoded or either (raw)",
    "requests_per_second": "answer 31 above so many requests a second; 0 is no limit (0)",
    "requests_per_minute": "answer 32 above so many requests a minute; 0 is no limit (0)",
    "uploads_per_month": "answer 33 above so many successful uploads (1000)",
    "max_file_mb": "answer 34 to an upload above so many megabytes (500)",
    "max_pages": "answer 35 to a document of more pages (1000)",
    "file_types": "what an upload may be, or else 45; one text, with blanks (pdf jpg png)",
    "unknown_hash": "the code for a hash that does not exist: 46 or 47 (46)",
    "processing_s": "seconds from create until a collection is ready (2.0)",
    "download_s": "seconds from the first downloadHTML until it is COMPLETE (2.0)",
    "http_status": "the HTTP status of an answer whose code is not 20 (200)",
    "records_per_page": "most records in one answer of collection.getList; 0 is no bound (0)",
    "first_record": "the index of the first record in collection.getList (0)",
}
"""Fields of `Settings`, whose module would cost every start of pytest 1.3 %, with their defaults."""
_REPORTS = (
    "report the codes that tests exercised and asserted; may be given more than once: term, "
    "term-missing, github, json[:PATH], html[:PATH], markdown[:PATH], junit[:PATH], badge[:PATH], "
    "badge-json[:PATH], github-summary"
)
_LEVELS = "what the gate demands of a code: exercised (the default), asserted or verified"
_FLIPS = (
    "run each passing test again with other codes in the place of those that it delivered, and "
    "name the tests that still pass: handling (the default, one code of each other handling), all "
    "(every code), changed (as handling, for tests that have changed since the last run)"
)
_FLIP_MODES = ("handling", "all", "changed")
_LIVE = (
    "run the tests marked flipsnack_live against the real Flipsnack, with FLIPSNACK_API_KEY and "
    "FLIPSNACK_SECRET from the environment; record its replies, masked, and compare them with the "
    "catalogue; PATH is flipsnack-live.json if left out"
)
_BASELINES = (
    "a file of the cells that were reached once, of which a whole run may lose none; "
    "pytest-flipsnack baseline writes it"
)


def add_options(parser: pytest.Parser) -> None:
    """Declare every flag and key; parse and reject values where they are given."""
    _add_flags(parser)
    _add_keys(parser)


def _add_flags(parser: pytest.Parser) -> None:
    group = parser.getgroup("flipsnack", "Flipsnack status codes")
    for name, how in _flags().items():
        dest = f"flipsnack_{name.replace('-', '_')}"
        group.addoption(f"--flipsnack-{name}", dest=dest, **how)


def _flags() -> dict[str, dict[str, Any]]:
    """Return each flag with what argparse must know of it."""
    several = {"action": "append", "default": []}
    added = "as {} in the configuration; added to what is there"
    return {
        "report": {**several, "type": _report, "metavar": "FORMAT[:PATH]", "help": _REPORTS},
        "data": {"metavar": "PATH", "help": "write what this run delivered, for "
                 "pytest-flipsnack combine and report"},
        "append": {"action": "store_true", "default": False, "help": "add to the file of "
                   "--flipsnack-data, and report and judge the sum"},
        "flip": {"nargs": "?", "const": "handling", "type": _flip, "metavar": "MODE",
                 "help": _FLIPS},
        "live": {"nargs": "?", "const": "flipsnack-live.json", "type": _live, "metavar": "PATH",
                 "help": _LIVE},
        "level": {"type": _level, "metavar": "LEVEL", "help": _LEVELS},
        "fail-under": {"type": _percentage, "metavar": "PERCENT", "help": "fail the run if fewer "
                       "codes reach the level; enforced on narrowed runs as well"},
        "cells-fail-under": {"type": _percentage, "metavar": "PERCENT", "help": "the same of "
                             "documented cells: action x code"},
        "require": {**several, "metavar": "CODE", "help": added.format("flipsnack_require")},
        "exclude": {**several, "metavar": "CODE:REASON",
                    "help": added.format("flipsnack_exclude")},
        "baseline": {"metavar": "PATH", "help": _BASELINES},
    }  # fmt: skip


_KEYS: tuple[tuple[str, str, Literal["string", "args", "linelist"]], ...] = (
    ("fail_under", "fail a whole run if fewer codes reach the level, in percent", "string"),
    ("level", _LEVELS, "string"),
    (
        "cells_fail_under",
        "fail a whole run if fewer documented cells (action x code) reach the level, in percent",
        "string",
    ),
    (
        "require",
        "codes, groups or cells that must be reached whatever the percentage, as in "
        "collection.create:34",
        "args",
    ),
    (
        "exclude",
        "codes, groups, actions or cells not demanded, each with a reason, as in "
        "'37: deprecated by Flipsnack'",
        "linelist",
    ),
    ("baseline", _BASELINES, "string"),
    ("catalogue", "a file in TOML or JSON with codes, actions and fields of your own", "string"),
    ("live_requests_per_minute", "how fast live tests ask the real API (30)", "string"),
    ("live_requests", "requests of the real API that a run may make (100)", "string"),
    ("live_uploads", "uploads to the real API that a run may make (3)", "string"),
    ("api_key", "the api_key of the fake account", "string"),
    ("secret", "the secret of the fake account", "string"),
    *((name, text, "string") for name, text in SETTING_HELP.items()),
)
"""Name, help and type of each key; all begin with `flipsnack_`."""


def _add_keys(parser: pytest.Parser) -> None:
    for name, text, kind in _KEYS:
        default: list[str] | None = None if kind == "string" else []
        parser.addini(f"flipsnack_{name}", text, type=kind, default=default)


def read_settings(config: pytest.Config) -> Settings | None:
    """Return the settings of the fake from the configuration file, None where it has none."""
    given: dict[str, Any] = {
        name: value
        for name in SETTING_HELP
        if (value := ini(config, f"flipsnack_{name}")) is not None
    }
    if not given:
        return None
    from pytest_flipsnack.fake.settings import Settings, read_setting

    try:
        for name, value in given.items():
            if isinstance(value, str):
                given[name] = read_setting(name, value)
        return Settings(**given)
    except ValueError as error:
        page = "guide.md#what-the-documentation-leaves-open"
        raise usage_error(f"flipsnack_{error}", page) from None


def read_credential(config: pytest.Config, name: str, default: str) -> str:
    """Return `api_key` or `secret` from the configuration file, or the default."""
    value = ini(config, f"flipsnack_{name}")
    return default if value is None else str(value)


def _report(text: str) -> Target:
    from pytest_flipsnack.coverage.reports import read_target

    return _argument(read_target, text)


def _percentage(text: str) -> object:
    from pytest_flipsnack.coverage.demand import read_percentage

    return _argument(read_percentage, text)


def _flip(text: str) -> str:
    if text not in _FLIP_MODES:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a way to flip; allowed: {', '.join(_FLIP_MODES)}; paths come before "
            "the flag, or after --flipsnack-flip=handling"
        )
    return text


def _live(text: str) -> str:
    from pytest_flipsnack.integration.live import read_path

    return read_path(text)


def _level(text: str) -> object:
    from pytest_flipsnack.coverage.demand import read_level

    return _argument(read_level, text)


def _argument(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
