"""The console command `pytest-flipsnack`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_flipsnack import serve_command
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage import demand, formats, json, verdict
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.writers import Coverage, write_file

ADAPTER = '''\
"""The contract between this client and the Flipsnack API: one method per call."""

import acme  # your client
import pytest

from pytest_flipsnack import ClientContract, call


@pytest.fixture
def client(flipsnack):
    # a client that takes base URLs: api_url=flipsnack.url, upload_url=flipsnack.upload_url
    return acme.Client(api_key=flipsnack.api_key, secret=flipsnack.secret)


class TestAcme(ClientContract):
    error = acme.FlipsnackError  # base of every error the client raises
    raises = {}  # finer classes by code, as in {31: acme.RateLimited}

    @call("collection.create")
    def create(self, client, flipsnack_document, flipsnack_text):
        return client.create(flipsnack_document.read_bytes(), title=flipsnack_text)

    @call("collection.getList")
    def get_list(self, client):
        return client.list_collections()
'''


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status: 0 done, 1 the gate failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="pytest-flipsnack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("codes", help="list the status codes and what they mean")
    commands.add_parser("init", help="print a contract adapter to fill in")
    _add_report(commands.add_parser("report", help="report and gate on a JSON report"))
    serve = commands.add_parser("serve", help="run the fake as a server, for any language")
    serve_command.add_arguments(serve)
    given = parser.parse_args(argv)
    run: dict[str, Callable[[argparse.Namespace], int]] = {
        "codes": _codes,
        "init": _init,
        "report": _report,
        "serve": serve_command.run,
    }
    return run[given.command](given)


def _codes(given: argparse.Namespace) -> int:
    for code in Code:
        deprecated = ", deprecated" if code.deprecated else ""
        print(f"{code.label} ({code.handling}{deprecated})\n    {code.meaning}")
    return 0


def _init(given: argparse.Namespace) -> int:
    print(ADAPTER, end="")
    return 0


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, help="a report in JSON, of pytest or of serve")
    parser.add_argument(
        "--format",
        dest="targets",
        action="append",
        type=_argument(formats.read_target),
        metavar="FORMAT[:PATH]",
        help="term (the default), term-missing, json[:PATH]",
    )
    parser.add_argument("--fail-under", type=_argument(demand.read_percentage), metavar="PERCENT")
    parser.add_argument("--require", action="append", default=[], metavar="CODE", help="or a group")
    parser.add_argument("--exclude", action="append", default=[], metavar="CODE:REASON")


def _report(given: argparse.Namespace) -> int:
    try:
        wanted = demand.Demand(
            given.fail_under,
            always=True,
            required=demand.read_required(given.require),
            excluded=demand.read_excluded(given.exclude),
        )
        demand.check(wanted)
    except ValueError as error:
        return _wrong(str(error))
    try:
        tally, run = json.read(given.path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        print(f"Flipsnack gate failed: {given.path} cannot be read: {why}", file=sys.stderr)
        return 1
    coverage = _coverage(tally, wanted, run)
    for target in given.targets or [formats.read_target("term")]:
        if target.path is not None:
            try:
                write_file(target.path, formats.FILES[target.format][0](coverage))
            except OSError as error:
                return _wrong(f"{target.path} cannot be written: {error.strerror}")
            continue
        for line in formats.TERMINAL[target.format](coverage):
            print(line.text)
    found = coverage.verdict
    if found.outcome is not verdict.Outcome.NOT_ASKED:
        print(f"Flipsnack gate {found.outcome.value}: {found.line}", file=sys.stderr)
    elif found.troubles:
        print(f"Flipsnack report: {'; '.join(found.troubles)}", file=sys.stderr)
    return 1 if found.failed or found.troubles else 0


def _coverage(tally: Tally, wanted: demand.Demand, run: verdict.Run) -> Coverage:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    return Coverage(tally, wanted, verdict.decide(tally, wanted, run), created)


def _argument(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def parse(text: str) -> Any:
        try:
            return read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parse


def _wrong(text: str) -> int:
    print(f"pytest-flipsnack: {text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
