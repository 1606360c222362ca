"""Flags and configuration keys."""

from __future__ import annotations

import argparse
import os
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from pytest_flipsnack.coverage.demand import Demand
    from pytest_flipsnack.coverage.writers import Target
    from pytest_flipsnack.fake.settings import Settings

T = TypeVar("T")

SETTINGS: pytest.StashKey[Settings | None] = pytest.StashKey()
SETTING_NAMES = (
    "check_signature",
    "signature_order",
    "signature_values",
    "requests_per_second",
    "requests_per_minute",
    "uploads_per_month",
    "max_file_mb",
    "max_pages",
    "file_types",
    "unknown_hash",
    "processing_s",
    "download_s",
    "http_status",
    "records_per_page",
    "first_record",
)
"""The fields of `Settings`, whose module would cost every start of pytest 1.3 %."""
_PREFIX = "flipsnack_"
_FAIL_UNDER = "--flipsnack-fail-under"


def add_options(parser: pytest.Parser) -> None:
    """Declare every flag and key; parse and reject values where they are given."""
    _add_flags(parser)
    _add_keys(parser)


def _add_flags(parser: pytest.Parser) -> None:
    group = parser.getgroup("flipsnack", "Flipsnack status codes")
    group.addoption(
        "--flipsnack-report",
        action="append",
        dest="flipsnack_report",
        default=[],
        type=_report,
        metavar="FORMAT[:PATH]",
        help="report the exercised codes; may be given more than once: "
        "term, term-missing, json[:PATH]",
    )
    group.addoption(
        _FAIL_UNDER,
        dest="flipsnack_fail_under",
        default=None,
        type=_percentage,
        metavar="PERCENT",
        help="fail the run if fewer codes are exercised; enforced on narrowed runs as well",
    )


def _add_keys(parser: pytest.Parser) -> None:
    parser.addini(
        "flipsnack_fail_under",
        "fail a whole run if fewer codes are exercised, in percent",
        type="string",
        default=None,
    )
    parser.addini(
        "flipsnack_require",
        "codes or groups that must be exercised whatever the percentage",
        type="args",
        default=[],
    )
    parser.addini(
        "flipsnack_exclude",
        "codes or groups not demanded, each with a reason, as in '37: deprecated by Flipsnack'",
        type="linelist",
        default=[],
    )
    for name in ("api_key", "secret"):
        parser.addini(
            f"flipsnack_{name}", f"the {name} of the fake account", type="string", default=None
        )
    for name in SETTING_NAMES:
        parser.addini(f"flipsnack_{name}", f"setting {name} of the fake", "string", default=None)


def read_demand(config: pytest.Config) -> Demand | None:
    """Return what the project demands, or None where it demands nothing.

    Raises `pytest.UsageError` with the key and the allowed values.
    """
    flag = config.getoption("flipsnack_fail_under")
    in_file = _ini(config, "flipsnack_fail_under")
    require = _ini_list(config, "flipsnack_require")
    exclude = _ini_list(config, "flipsnack_exclude")
    if flag is None and in_file is None and not (require or exclude or read_targets(config)):
        return None
    from pytest_flipsnack.coverage import demand

    threshold = flag
    if flag is None and in_file is not None:
        threshold = _reading("flipsnack_fail_under", demand.read_percentage, in_file)
    found = demand.Demand(
        threshold,
        always=flag is not None and _typed(config),
        required=_reading("flipsnack_require", demand.read_required, require),
        excluded=_reading("flipsnack_exclude", demand.read_excluded, exclude),
    )
    _reading("flipsnack_require, flipsnack_exclude", demand.check, found)
    return found


def read_targets(config: pytest.Config) -> list[Target]:
    """Return the reports that were asked for."""
    targets: list[Target] = config.getoption("flipsnack_report")
    for target in targets:
        if target.path is not None and (config.invocation_params.dir / target.path).is_dir():
            raise pytest.UsageError(
                f"--flipsnack-report: {target.path} is a directory; give the path of a file"
            )
    return targets


def read_settings(config: pytest.Config) -> Settings | None:
    """Return the settings of the fake from the configuration file, None where it has none."""
    given: dict[str, Any] = {
        name: value
        for name in SETTING_NAMES
        if (value := _ini(config, f"flipsnack_{name}")) is not None
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
        raise pytest.UsageError(f"flipsnack_{error}") from None


def check_keys(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` for a key of ours in the configuration that does not exist."""
    with warnings.catch_warnings(action="ignore"):  # 9.2 deprecates the one way to them
        given = [key for key in config.inicfg if key.startswith(_PREFIX)]
    unknown = [key for key in given if key not in config._parser._inidict]
    if not unknown:
        return
    from pytest_flipsnack.fake.finding import nearest

    known = sorted(key for key in config._parser._inidict if key.startswith(_PREFIX))
    close = nearest(unknown[0].removeprefix(_PREFIX), [key.removeprefix(_PREFIX) for key in known])
    hint = f"did you mean {_PREFIX}{close}?" if close else f"keys: {', '.join(known)}"
    raise pytest.UsageError(f"{unknown[0]} is not a key of the configuration; {hint}")


def read_credential(config: pytest.Config, name: str, default: str) -> str:
    """Return `api_key` or `secret` from the configuration file, or the default."""
    value = _ini(config, f"flipsnack_{name}")
    return default if value is None else str(value)


def _report(text: str) -> Target:
    from pytest_flipsnack.coverage.formats import read_target

    return _argument(read_target, text)


def _percentage(text: str) -> object:
    from pytest_flipsnack.coverage.demand import read_percentage

    return _argument(read_percentage, text)


def _argument(read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _reading(key: str, read: Callable[[Any], T], value: object) -> T:
    try:
        return read(value)
    except ValueError as error:
        raise pytest.UsageError(f"{key}: {error}") from None


def _ini(config: pytest.Config, key: str) -> Any:
    try:
        return config.getini(key)
    except (TypeError, pytest.UsageError):
        # native TOML tables are typed, and a number is as good as its text here
        with warnings.catch_warnings(action="ignore"):  # 9.2 deprecates the one way to it
            value: Any = config.inicfg[key]
        return getattr(value, "value", value)


def _ini_list(config: pytest.Config, key: str) -> list[Any]:
    value = _ini(config, key)
    return value if isinstance(value, list) else [value]


def _typed(config: pytest.Config) -> bool:
    """Return whether the threshold was typed, not written into `addopts` of a file."""
    typed = [*config.invocation_params.args, *os.environ.get("PYTEST_ADDOPTS", "").split()]
    given = any(str(arg).startswith(_FAIL_UNDER) for arg in typed)
    in_file = any(str(arg).startswith(_FAIL_UNDER) for arg in config.getini("addopts"))
    return given or not in_file
