"""`pytest-flipsnack report`, `combine`, `why` and `diff`: what data files of runs say together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pytest_flipsnack.catalogue.codes import Code, select
from pytest_flipsnack.coverage import demand, reports
from pytest_flipsnack.coverage.data import UnreadableError, read_file, read_files
from pytest_flipsnack.coverage.demand import shown
from pytest_flipsnack.coverage.reports import json
from pytest_flipsnack.coverage.tally import Level, Tally
from pytest_flipsnack.coverage.verdict import Outcome
from pytest_flipsnack.coverage.writers import Coverage, cover, write_file

_WHOLE = "a report in JSON, of pytest (--flipsnack-data, --flipsnack-report=json) or of serve"


def add_report(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `report`."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=_WHOLE)
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
        default=Level.EXERCISED,
        metavar="LEVEL",
        help=f"what is demanded of a code: {', '.join(Level)}",
    )
    parser.add_argument(
        "--require", action="append", default=[], metavar="CODE", help="or a group, or ACTION:CODE"
    )
    parser.add_argument("--exclude", action="append", default=[], metavar="CODE:REASON")


def add_combine(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `combine`."""
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=_WHOLE)
    parser.add_argument(
        "--output", "-o", type=Path, default=Path("flipsnack-coverage.json"), metavar="PATH",
        help="where the sum goes (%(default)s)",
    )  # fmt: skip


def add_why(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `why`."""
    parser.add_argument("code", metavar="CODE", help="a code, or a group")
    parser.add_argument("paths", type=Path, nargs="+", metavar="FILE", help=_WHOLE)


def add_diff(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `diff`."""
    parser.add_argument("before", type=Path, metavar="BEFORE", help=_WHOLE)
    parser.add_argument("after", type=Path, metavar="AFTER")


def report(given: argparse.Namespace) -> int:
    """Report on the sum of all files, and gate; 1 where the gate failed or a file is unreadable."""
    try:
        required, required_cells = demand.read_required(given.require)
        excluded, excluded_cells = demand.read_excluded(given.exclude)
        wanted = demand.Demand(
            given.fail_under,
            always=True,
            required=required,
            excluded=excluded,
            level=given.level,
            cells_threshold=given.cells_fail_under,
            required_cells=required_cells,
            excluded_cells=excluded_cells,
        )
        demand.check(wanted)
    except ValueError as error:
        return wrong(str(error))
    try:
        tally, run = read_files(given.paths)
    except UnreadableError as error:
        print(f"Flipsnack gate failed: {error}", file=sys.stderr)
        return 1
    coverage = cover(tally, wanted, run)
    for target in given.targets or [reports.read_target("term")]:
        if target.path is None:
            for line in reports.TERMINAL[target.format](coverage):
                print(line.text)
        elif not _written(target.path, reports.FILES[target.format][0](coverage)):
            return 2
    return _status(coverage)


def _status(coverage: Coverage) -> int:
    found = coverage.verdict
    if found.outcome is not Outcome.NOT_ASKED:
        print(f"Flipsnack gate {found.outcome.value}: {found.line}", file=sys.stderr)
    elif found.troubles:
        print(f"Flipsnack report: {'; '.join(found.troubles)}", file=sys.stderr)
    return 1 if found.failed or found.troubles else 0


def combine(given: argparse.Namespace) -> int:
    """Write the sum of all files as one file, as if one run had made it."""
    try:
        tally, run = read_files(given.paths)
    except UnreadableError as error:
        print(f"pytest-flipsnack combine: {error}", file=sys.stderr)
        return 1
    text = json.render(cover(tally, demand.Demand(), run))
    if not _written(given.output, text):
        return 2
    count = len(given.paths)
    print(f"Flipsnack data of {count} file{'s' if count > 1 else ''} written to {given.output}")
    return 0


def why(given: argparse.Namespace) -> int:
    """List the tests that delivered a code, and whether each asserted; 1 where there is none."""
    try:
        codes = select([given.code])
        tally, _ = read_files(given.paths)
    except ValueError as error:
        return wrong(str(error))
    except UnreadableError as error:
        print(f"pytest-flipsnack why: {error}", file=sys.stderr)
        return 1
    for code in codes:
        lines = [*_tests(tally, code)]
        print(f"{code.label}: {len(lines)} test{'' if len(lines) == 1 else 's'}")
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
        (before, _), (after, _) = read_file(given.before), read_file(given.after)
    except UnreadableError as error:
        print(f"pytest-flipsnack diff: {error}", file=sys.stderr)
        return 2
    lost = 0
    for cell in sorted({*before.cells, *after.cells}):
        had, has = before.level(cell), after.level(cell)
        if had == has:
            continue
        order = [None, *Level]
        sign = "+" if order.index(has) > order.index(had) else "-"
        lost += sign == "-"
        print(f"{sign} {shown(cell)}: {had or 'not delivered'} -> {has or 'not delivered'}")
    return 1 if lost else 0


def _written(path: Path, text: str) -> bool:
    try:
        write_file(path, text)
    except OSError as error:
        wrong(f"{path} cannot be written: {error.strerror}")
        return False
    return True


def argument(read_value: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader whose `ValueError` argparse shows."""

    def parse(text: str) -> Any:
        try:
            return read_value(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def wrong(text: str) -> int:
    """Say what was wrong with the call; return the exit status for it."""
    print(f"pytest-flipsnack: {text}", file=sys.stderr)
    return 2
