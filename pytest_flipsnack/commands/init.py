"""`pytest-flipsnack init [FILE]`: the contract of a client, or one to fill in."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_flipsnack.commands.adapter import NoClientError, adapter
from pytest_flipsnack.commands.files import wrong

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


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `init`."""
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="the module of a client, which is read and not run; without it, print an example",
    )


def init(given: argparse.Namespace) -> int:
    """Print the adapter between a client and its contract; 2 for a file without a client."""
    try:
        text = ADAPTER if given.path is None else adapter(given.path)
    except NoClientError as error:
        return wrong(str(error))
    print(text, end="")
    return 0
