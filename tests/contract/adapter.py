"""One contract for all styles of the example clients, with all their calls or some."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from pytest_flipsnack import ClientContract, call
from pytest_flipsnack.contract.suite.declarations import ACTION_ATTRIBUTE
from pytest_flipsnack.contract.suite.tester import Workbench
from pytest_flipsnack.flipsnack import Flipsnack
from tests.clients import Style

PDF = b"%PDF-1.4\n%%EOF"
HASH = "fxh4k89"
Make = Callable[..., Any]

CALLS: dict[str, Callable[..., Any]] = {
    "create": call("collection.create")(
        lambda self, client, flipsnack_document, flipsnack_text: client.create(
            flipsnack_document if self.takes_files else flipsnack_document.read_bytes(),
            title=flipsnack_text,
        )
    ),
    "get": call("collection.getCollection")(
        lambda self, client, flipsnack_hash: client.get(flipsnack_hash)
    ),
    "update": call("collection.update")(
        lambda self, client, flipsnack_hash, flipsnack_text: client.update(
            flipsnack_hash, title=flipsnack_text, description=""
        )
    ),
    "delete": call("collection.deleteCollection")(lambda self, client: client.delete(HASH)),
    "list": call("collection.getList")(lambda self, client: client.list()),
    "embed": call("collection.getEmbed")(lambda self, client: client.embed(HASH)),
    "stats": call("collection.getStats")(lambda self, client: client.stats(HASH)),
    "user": call("user.getStats")(lambda self, client: client.user_stats()),
    "download": call("collection.downloadHTML")(lambda self, client: client.download(HASH)),
    "ready": call("collection.getCollection")(lambda self, client: client.wait_until_ready(HASH)),
}
"""Every call of the example clients, by the name of its method in the contract."""
ACTIONS = {getattr(CALLS[name], ACTION_ATTRIBUTE): name for name in reversed(CALLS)}
"""The first of the calls of an action, by the action."""


def contract_of(
    style: Style,
    calls: Iterable[str] = CALLS,
    *,
    make: Make | None = None,
    error: type[Exception] | None = None,
    raises: dict[int, type[Exception]] | None = None,
) -> type[ClientContract]:
    """Return the contract of a style; `make` and `error` stand in for those of its module."""
    made = make or style.make

    @pytest.fixture
    def client(self: Any, flipsnack: Flipsnack, flipsnack_workbench: Workbench) -> Iterator[Any]:
        urls = (flipsnack.url, flipsnack.upload_url) if style.transport == "loopback" else ()
        client = made(flipsnack.api_key, flipsnack.secret, *urls)
        yield client
        if style.is_async:
            flipsnack_workbench.run(client.aclose())
        else:
            client.close()

    body: dict[str, Any] = {name: CALLS[name] for name in calls}
    body |= {"client": client, "error": error or style.error, "raises": raises or {}}
    body["takes_files"] = style.takes_files
    body |= {"polls": ["collection.downloadHTML"], "__module__": __name__}
    if style.outcome == "returns":
        body["failed"] = lambda self, outcome: not outcome.ok
    return type(f"Test_{style.module}", (ClientContract,), body)
