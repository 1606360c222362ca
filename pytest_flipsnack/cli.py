"""The console command `pytest-flipsnack`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from pytest_flipsnack import __version__
from pytest_flipsnack.catalogue.local import Local, in_use, read
from pytest_flipsnack.commands import codes, data, drift, explain, init, report, serve
from pytest_flipsnack.commands.completion import SHELLS, PrintCompletion
from pytest_flipsnack.commands.files import argument
from pytest_flipsnack.coverage.data import UnreadableError

_Command = tuple[
    Callable[[argparse.ArgumentParser], None], Callable[[argparse.Namespace], int], str
]
COMMANDS: dict[str, _Command] = {
    "codes": (codes.add_arguments, codes.codes, "explain codes, or print the catalogue"),
    "explain": (
        explain.add_arguments,
        explain.explain,
        "explain a message that a test failed with",
    ),
    "init": (init.add_arguments, init.init, "print the contract of a client"),
    "report": (report.add_report, report.report, "report and gate on data of runs"),
    "combine": (data.add_combine, data.combine, "join the data of several runs"),
    "why": (data.add_why, data.why, "list the tests of a code"),
    "diff": (data.add_diff, data.diff, "show what two runs differ in"),
    "baseline": (data.add_baseline, data.record, "record the cells that are reached now"),
    "drift": (drift.add_arguments, drift.drift, "compare recorded replies with the catalogue"),
    "serve": (serve.add_arguments, serve.run, "run the fake as a server, for any language"),
}
"""What declares the arguments of each command, what runs it, and its help."""


_CATALOGUE = "know the codes, actions and fields of this file too, as flipsnack_catalogue does"


def _read(path: str) -> Local:
    try:
        return read(Path(path))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 done, 1 the gate failed or data is unreadable, 2 wrong usage."""
    with ExitStack() as stack:
        return _main(stack, argv)


def _main(stack: ExitStack, argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="pytest-flipsnack", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    parser.add_argument(
        "--print-completion",
        action=PrintCompletion,
        choices=SHELLS,
        metavar="SHELL",
        help=f"print what {', '.join(SHELLS)} need to complete this command",
    )
    known: set[str] = set()

    def use(text: str) -> str:
        if text not in known:
            known.add(text)
            stack.enter_context(in_use(_read(text)))
        return text

    def add_catalogue(to: argparse.ArgumentParser) -> None:
        to.add_argument("--catalogue", type=argument(use), metavar="FILE", help=_CATALOGUE)

    add_catalogue(parser)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (add, _, text) in COMMANDS.items():
        command = commands.add_parser(name, help=text)
        add_catalogue(command)
        add(command)
    given = parser.parse_args(argv)
    try:
        return COMMANDS[given.command][1](given)
    except UnreadableError as error:
        print(f"pytest-flipsnack {given.command}: {error}", file=sys.stderr)
        return 1
