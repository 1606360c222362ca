"""`pytest-flipsnack report`: what data files of runs say together, and whether that is enough."""

from __future__ import annotations

import argparse
import shlex
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from pytest_flipsnack.commands.files import FILES_HELP, argument, written, wrong
from pytest_flipsnack.coverage import baseline, demand, own_demand, reports
from pytest_flipsnack.coverage.data import UnreadableError, read_files
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.flipped import Flipped
from pytest_flipsnack.coverage.reports.remarks import remarks
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.verdict import Outcome
from pytest_flipsnack.coverage.writers import Coverage, cover


def add_report(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `report`."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=FILES_HELP)
    parser.add_argument(
        "--format",
        dest="targets",
        action="append",
        type=argument(reports.read_target),
        metavar="FORMAT[:PATH]",
        help=f"{reports.names()} (the default is term)",
    )
    percentage = argument(demand.read_percentage)
    parser.add_argument("--fail-under", type=percentage, metavar="PERCENT", help="of the codes")
    parser.add_argument(
        "--cells-fail-under", type=percentage, metavar="PERCENT", help="of the documented cells"
    )
    parser.add_argument(
        "--level",
        type=argument(demand.read_level),
        metavar="LEVEL",
        help=f"what is demanded of a code: {', '.join(Level)}",
    )
    parser.add_argument(
        "--require", action="append", default=[], metavar="CODE", help="or a group, or ACTION:CODE"
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="CODE:REASON")
    parser.add_argument("--baseline", metavar="PATH", help="cells of which none may be lost")


def report(given: argparse.Namespace) -> int:
    """Report on the sum of all files, and gate; 1 where the gate failed or a file is unreadable."""
    try:
        typed, project = _typed(given), own_demand.of_project(Path.cwd())
    except ValueError as error:
        return wrong(str(error))
    try:
        tally, run, own = read_files(given.paths)
    except UnreadableError as error:
        print(f"Flipsnack gate failed: {error}", file=sys.stderr)
        return 1
    wanted = _over(typed, demand.joined(own, project), given.level)
    data = shlex.join(map(str, given.paths))
    coverage = cover(tally, wanted, run, data)
    if run.failed and not coverage.verdict.failed:
        troubles = (*run.troubles, f"the run failed its own gate: {run.failed}")
        coverage = cover(tally, wanted, replace(run, troubles=troubles), data)
    for target in given.targets or [reports.read_target("term")]:
        if target.path is None:
            for line in reports.TERMINAL[target.format](coverage):
                print(line.text)
            if target.format != "github" and coverage.tally.flipped is not None:
                _print_flips(coverage.tally.flipped)
        elif not written(target.path, partial(reports.write, target, target.path, coverage)):
            return 2
    return _status(coverage)


def _print_flips(flipped: Flipped) -> None:
    """Print what the flips of the runs showed, as their own summaries do."""
    print(f"Flipsnack flip: {flipped.summary}")
    for line in [*map(str, flipped.ordered), *flipped.doubts]:
        print(line)


def _typed(given: argparse.Namespace) -> Demand:
    """Return what the command line demands."""
    required, required_cells = demand.read_required(given.require)
    excluded, excluded_cells = demand.read_excluded(given.exclude)
    found = Demand(
        given.fail_under,
        always=given.fail_under is not None or given.cells_fail_under is not None,
        required=required,
        excluded=excluded,
        cells_threshold=given.cells_fail_under,
        required_cells=required_cells,
        excluded_cells=excluded_cells,
        baseline=baseline.read(Path(given.baseline), given.baseline) if given.baseline else None,
    )
    demand.check(found)
    return found


def _over(typed: Demand, theirs: Demand, level: Level | None) -> Demand:
    """Return a demand in which what was typed stands in place of theirs; lists are added."""
    codes, cells = typed.threshold, typed.cells_threshold
    return replace(
        demand.joined(typed, theirs),  # the baseline is the first that there is
        threshold=theirs.threshold if codes is None else codes,
        cells_threshold=theirs.cells_threshold if cells is None else cells,
        always=typed.always,
        level=level or theirs.level,
    )


def _status(coverage: Coverage) -> int:
    found = coverage.verdict
    for remark in remarks(coverage):
        print(f"Flipsnack {remark}", file=sys.stderr)
    if found.outcome is not Outcome.NOT_ASKED:
        print(f"Flipsnack gate {found.outcome.value}: {found.line}", file=sys.stderr)
    elif found.troubles:
        print(f"Flipsnack report: {'; '.join(found.troubles)}", file=sys.stderr)
    return 1 if found.failed or found.troubles else 0
