"""What a project demands of its suite, and which reports it wants: flags and keys together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_flipsnack.integration.options import ini, ini_list, reading

if TYPE_CHECKING:
    from pytest_flipsnack.coverage.demand import Demand
    from pytest_flipsnack.coverage.writers import Target

_TYPED = ("--flipsnack-fail-under", "--flipsnack-cells-fail-under")
_PERCENTAGES = ("flipsnack_fail_under", "flipsnack_cells_fail_under")
_LEVEL = "flipsnack_level"


def read_demand(config: pytest.Config) -> Demand | None:
    """Return what the project demands, or None where it demands nothing.

    Raises `pytest.UsageError` with the key and the allowed values.
    """
    given = {
        name: ini_list(config, name) + config.getoption(name)
        for name in ("flipsnack_require", "flipsnack_exclude")
    }
    flags = {name: config.getoption(name) for name in _PERCENTAGES}
    in_file = {name: ini(config, name) for name in (*_PERCENTAGES, _LEVEL)}
    asked = [*flags.values(), *in_file.values(), config.getoption(_LEVEL)]
    demanding = any(value is not None for value in asked) or any(given.values())
    if not (demanding or read_targets(config)):
        return None
    from pytest_flipsnack.coverage import demand

    shares = {
        name: flags[name]
        if flags[name] is not None or in_file[name] is None
        else reading(name, demand.read_percentage, in_file[name])
        for name in _PERCENTAGES
    }
    level = config.getoption(_LEVEL) or reading(
        _LEVEL, demand.read_level, in_file[_LEVEL] or "exercised"
    )
    required, cells = reading("flipsnack_require", demand.read_required, given["flipsnack_require"])
    excluded, left_out = reading(
        "flipsnack_exclude", demand.read_excluded, given["flipsnack_exclude"]
    )
    found = demand.Demand(
        shares["flipsnack_fail_under"],
        always=any(flag is not None for flag in flags.values()) and _typed(config),
        required=required,
        excluded=excluded,
        level=level,
        cells_threshold=shares["flipsnack_cells_fail_under"],
        required_cells=cells,
        excluded_cells=left_out,
    )
    reading("flipsnack_require, flipsnack_exclude", demand.check, found)
    return found


def read_targets(config: pytest.Config) -> list[Target]:
    """Return the reports that were asked for."""
    targets: list[Target] = [*config.getoption("flipsnack_report")]
    data = config.getoption("flipsnack_data")
    if data is not None:
        from pytest_flipsnack.coverage.reports import read_target

        targets.append(read_target(f"json:{data}"))
    elif config.getoption("flipsnack_append"):
        raise pytest.UsageError("--flipsnack-append adds to a file; name it: --flipsnack-data=PATH")
    for target in targets:
        if target.path is not None and (config.invocation_params.dir / target.path).is_dir():
            raise pytest.UsageError(
                f"--flipsnack-report, --flipsnack-data: {target.path} is a directory; give the path of a file"
            )
    return targets


def _typed(config: pytest.Config) -> bool:
    """Return whether the threshold was typed, not written into `addopts` of a file."""
    typed = [*config.invocation_params.args, *os.environ.get("PYTEST_ADDOPTS", "").split()]
    given = any(str(arg).startswith(_TYPED) for arg in typed)
    in_file = any(str(arg).startswith(_TYPED) for arg in config.getini("addopts"))
    return given or not in_file
