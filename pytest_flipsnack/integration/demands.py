"""What a project demands of its suite, and which reports it wants: flags and keys together."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from pytest_flipsnack.integration.configuration import ini, ini_list, reading, usage_error

if TYPE_CHECKING:
    from pytest_flipsnack.coverage.baseline import Baseline
    from pytest_flipsnack.coverage.demand import Demand
    from pytest_flipsnack.coverage.tally import Tally
    from pytest_flipsnack.coverage.verdict import Run
    from pytest_flipsnack.coverage.writers import Target
    from pytest_flipsnack.integration.flips import Flips

T = TypeVar("T")
_TYPED = ("--flipsnack-fail-under", "--flipsnack-cells-fail-under")
_PERCENTAGES = ("flipsnack_fail_under", "flipsnack_cells_fail_under")
_LEVEL = "flipsnack_level"
_BASELINE = "flipsnack_baseline"
_LISTS = ("flipsnack_require", "flipsnack_exclude")


def read_demand(config: pytest.Config) -> Demand | None:
    """Return what the project demands, or None where it demands nothing.

    Raises `pytest.UsageError` with the key and the allowed values.
    """
    lists = {name: ini_list(config, name) + config.getoption(name) for name in _LISTS}
    typed = {name: config.getoption(name) for name in (*_PERCENTAGES, _LEVEL, _BASELINE)}
    in_file = {name: ini(config, name) for name in typed}
    single = [*typed.values(), *in_file.values()]
    demanding = any(value is not None for value in single) or any(lists.values())
    if not (demanding or read_targets(config) or config.getoption("flipsnack_flip")):
        return None
    from pytest_flipsnack.coverage import demand
    from pytest_flipsnack.coverage.tally import Level

    def single_value(name: str, read: Callable[[object], T]) -> T | None:
        if typed[name] is not None or in_file[name] is None:
            return typed[name]  # type: ignore[no-any-return]
        return reading(name, read, in_file[name])

    codes, cells = (single_value(name, demand.read_percentage) for name in _PERCENTAGES)
    required = reading(_LISTS[0], demand.read_required, lists[_LISTS[0]])
    excluded = reading(_LISTS[1], demand.read_excluded, lists[_LISTS[1]])
    found = demand.Demand(
        codes,
        always=any(typed[name] is not None for name in _PERCENTAGES) and _typed(config),
        required=required[0],
        excluded=excluded[0],
        level=single_value(_LEVEL, demand.read_level) or Level.EXERCISED,
        cells_threshold=cells,
        required_cells=required[1],
        excluded_cells=excluded[1],
        baseline=_baseline(config, typed[_BASELINE], in_file[_BASELINE]),
    )
    reading(", ".join(_LISTS), demand.check, found)
    return found


def _baseline(config: pytest.Config, typed: str | None, in_file: object) -> Baseline | None:
    """Return the baseline; a path in the file is relative to it, one that is typed is not."""
    if typed is None and in_file is None:
        return None
    from pytest_flipsnack.coverage.baseline import read

    start = config.rootpath if typed is None else config.invocation_params.dir
    name = str(in_file if typed is None else typed)
    return read(start / name, name)


def read_flips(config: pytest.Config) -> Flips | None:
    """Return what flips codes, where that was asked for; raise `pytest.UsageError` if it cannot."""
    mode = config.getoption("flipsnack_flip")
    if mode is None:
        return None
    from pytest_flipsnack.integration import reruns
    from pytest_flipsnack.integration.flip_cache import FlipCache
    from pytest_flipsnack.integration.flips import Flips

    lacking = reruns.missing()
    if lacking:
        raise usage_error(
            f"flip is not available on pytest {pytest.__version__}, which has no {lacking}; "
            "run without --flipsnack-flip",
            "coverage.md",
        )
    if config.getoption("usepdb"):
        raise usage_error(
            "--flipsnack-flip makes tests fail on purpose, and --pdb would stop at each; leave one of them out",
            "coverage.md",
        )
    cache = FlipCache(config) if mode == "changed" else None
    return Flips(config, cache, mode)


def read_targets(config: pytest.Config) -> list[Target]:
    """Return the reports that were asked for."""
    targets: list[Target] = [*config.getoption("flipsnack_report")]
    data = config.getoption("flipsnack_data")
    if data is not None:
        from pytest_flipsnack.coverage.writers import Target

        targets.append(Target("json", Path(data)))
    elif config.getoption("flipsnack_append"):
        raise usage_error(
            "--flipsnack-append adds to a file; name it: --flipsnack-data=PATH", "coverage.md"
        )
    for target in targets:
        if target.path is not None and (config.invocation_params.dir / target.path).is_dir():
            of_data = data is not None and target.path == Path(data)
            flag = "--flipsnack-data" if of_data else "--flipsnack-report"
            raise usage_error(
                f"{flag}: {target.path} is a directory; give the path of a file",
                "coverage.md",
            )
    return targets


def read_earlier(config: pytest.Config) -> tuple[Tally, Run] | None:
    """Return what the file holds that --flipsnack-append adds to, None where there is none yet."""
    path = Path(config.invocation_params.dir, config.getoption("flipsnack_data") or "")
    if not config.getoption("flipsnack_append") or not path.exists():
        return None
    from pytest_flipsnack.coverage.data import UnreadableError, read_file

    try:
        return read_file(path)[:2]
    except UnreadableError as error:
        raise usage_error(f"--flipsnack-append: {error}", "coverage.md") from None


def _typed(config: pytest.Config) -> bool:
    """Return whether the threshold was typed, not written into `addopts` of a file."""
    typed = [*config.invocation_params.args, *os.environ.get("PYTEST_ADDOPTS", "").split()]
    given = any(str(arg).startswith(_TYPED) for arg in typed)
    in_file = any(str(arg).startswith(_TYPED) for arg in config.getini("addopts"))
    return given or not in_file
