"""The console command `pytest-flipsnack`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.commands import data, report, serve
from pytest_flipsnack.coverage.data import UnreadableError

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
    """Run a command; return the exit status: 0 done, 1 the gate failed or data is unreadable, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="pytest-flipsnack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("codes", help="list the status codes and what they mean")
    commands.add_parser("init", help="print a contract adapter to fill in")
    report.add_report(commands.add_parser("report", help="report and gate on data of runs"))
    data.add_combine(commands.add_parser("combine", help="join the data of several runs"))
    data.add_why(commands.add_parser("why", help="list the tests of a code"))
    data.add_diff(commands.add_parser("diff", help="show what two runs differ in"))
    data.add_baseline(commands.add_parser("baseline", help="record the cells that are reached now"))
    serve.add_arguments(
        commands.add_parser("serve", help="run the fake as a server, for any language")
    )
    given = parser.parse_args(argv)
    run: dict[str, Callable[[argparse.Namespace], int]] = {
        "codes": _codes,
        "init": _init,
        "report": report.report,
        "combine": data.combine,
        "why": data.why,
        "diff": data.diff,
        "baseline": data.record,
        "serve": serve.run,
    }
    try:
        return run[given.command](given)
    except UnreadableError as error:
        print(f"pytest-flipsnack {given.command}: {error}", file=sys.stderr)
        return 1


def _codes(given: argparse.Namespace) -> int:
    for code in Code:
        deprecated = ", deprecated" if code.deprecated else ""
        print(f"{code.label} ({code.handling}{deprecated})\n    {code.meaning}")
    return 0


def _init(given: argparse.Namespace) -> int:
    print(ADAPTER, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
