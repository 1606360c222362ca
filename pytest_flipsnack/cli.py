"""The console command `pytest-flipsnack`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from pytest_flipsnack import __version__
from pytest_flipsnack.commands import codes, data, drift, init, report, serve
from pytest_flipsnack.commands.completion import SHELLS, PrintCompletion
from pytest_flipsnack.coverage.data import UnreadableError


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 done, 1 the gate failed or data is unreadable, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="pytest-flipsnack", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        choices=SHELLS,
        metavar="SHELL",
        help=f"print what {', '.join(SHELLS)} need to complete this command",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    codes.add_arguments(commands.add_parser("codes", help="explain codes, or print the catalogue"))
    init.add_arguments(commands.add_parser("init", help="print the contract of a client"))
    report.add_report(commands.add_parser("report", help="report and gate on data of runs"))
    data.add_combine(commands.add_parser("combine", help="join the data of several runs"))
    data.add_why(commands.add_parser("why", help="list the tests of a code"))
    data.add_diff(commands.add_parser("diff", help="show what two runs differ in"))
    data.add_baseline(commands.add_parser("baseline", help="record the cells that are reached now"))
    drift.add_arguments(
        commands.add_parser("drift", help="compare recorded replies with the catalogue")
    )
    serve.add_arguments(
        commands.add_parser("serve", help="run the fake as a server, for any language")
    )
    given = parser.parse_args(argv)
    run: dict[str, Callable[[argparse.Namespace], int]] = {
        "codes": codes.codes,
        "init": init.init,
        "report": report.report,
        "combine": data.combine,
        "why": data.why,
        "diff": data.diff,
        "baseline": data.record,
        "drift": drift.drift,
        "serve": serve.run,
    }
    try:
        return run[given.command](given)
    except UnreadableError as error:
        print(f"pytest-flipsnack {given.command}: {error}", file=sys.stderr)
        return 1
