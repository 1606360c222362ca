"""`pytest-flipsnack combine`, `why`, `diff` and `baseline`: what is in the data files of runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from pytest_flipsnack.catalogue.codes import Code, select
from pytest_flipsnack.commands.files import FILES_HELP, counted, written, wrong
from pytest_flipsnack.coverage import baseline
from pytest_flipsnack.coverage.data import UnreadableError, read_file, read_files
from pytest_flipsnack.coverage.reports import json
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.writers import cover, write_file


def add_combine(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `combine`."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=FILES_HELP)
    parser.add_argument(
        "--output", "-o", type=Path, default=Path("flipsnack-coverage.json"), metavar="PATH",
        help="where the sum goes (%(default)s)",
    )  # fmt: skip


def add_why(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `why`."""
    parser.add_argument("code", metavar="CODE", help="a code, or a group")
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=FILES_HELP)


def add_diff(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `diff`."""
    parser.add_argument("before", type=Path, metavar="BEFORE", help=FILES_HELP)
    parser.add_argument("after", type=Path, metavar="AFTER")


def add_baseline(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `baseline`."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=FILES_HELP)
    parser.add_argument(
        "--output", "-o", type=Path, default=Path(baseline.DEFAULT), metavar="PATH",
        help="where the baseline goes (%(default)s)",
    )  # fmt: skip


def combine(given: argparse.Namespace) -> int:
    """Write the sum of all files as one file, as if one run had made it."""
    tally, run, demand = read_files(given.paths)
    text = json.render(cover(tally, demand, run))
    if not written(given.output, partial(write_file, given.output, text)):
        return 2
    count = len(given.paths)
    print(f"Flipsnack data of {count} file{'s' if count > 1 else ''} written to {given.output}")
    return 0


def why(given: argparse.Namespace) -> int:
    """List the tests that delivered a code, and whether each asserted; 1 where there is none."""
    try:
        codes = select([given.code])
    except ValueError as error:
        return wrong(str(error))
    tally, _, _ = read_files(given.paths)
    for code in codes:
        lines = [*_tests(tally, code)]
        print(f"{code.label}: {counted(len(lines), 'test', 'tests')}")
        for line in lines:
            print(f"  {line}")
    return 0 if any(tally.tests_of(code) for code in codes) else 1


def _tests(tally: Tally, code: Code) -> Iterable[str]:
    for name, level in sorted(tally.tests_of(code).items()):
        cells = [
            action
            for action, other in tally.cells
            if other == code and name in tally.contexts[action, other]
        ]
        yield f"{level.value:<9}  {name}  ({', '.join(cells)})"


def diff(given: argparse.Namespace) -> int:
    """Print the cells whose level differs between two files; 1 where one has been lost."""
    try:
        before, after = read_file(given.before)[0], read_file(given.after)[0]
    except UnreadableError as error:
        print(f"pytest-flipsnack diff: {error}", file=sys.stderr)
        return 2
    found = [*baseline.changes(baseline.levels_of(before), baseline.levels_of(after))]
    _print(found)
    return 0 if all(change.gained for change in found) else 1


def _print(changes: Iterable[baseline.Change]) -> None:
    for change in changes:
        print(f"{'+' if change.gained else '-'} {change}")


def record(given: argparse.Namespace) -> int:
    """Write the cells of all files as a baseline, and print what differs from the last one."""
    tally, run, _ = read_files(given.paths)
    doubts = [*run.troubles, *([f"the run was narrowed by {run.narrowed}"] if run.narrowed else [])]
    if doubts:
        whole = "give the data of a whole run, or of all its shards"
        print(f"pytest-flipsnack baseline: {'; '.join(doubts)}; {whole}", file=sys.stderr)
        return 1
    before = baseline.read(given.output, str(given.output)).cells
    now = baseline.levels_of(tally)
    text = baseline.render(tally)
    if not written(given.output, partial(write_file, given.output, text)):
        return 2
    _print(baseline.changes(before, now))
    print(f"Flipsnack baseline of {counted(len(now), 'cell', 'cells')} written to {given.output}")
    return 0
