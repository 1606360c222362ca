"""Right clients in sixteen styles: the whole contract raises no alarm, nor does a whole life.

Each commit runs them in the styles of `EVERYDAY`; `make nightly` runs every style, and with
FLIPSNACK_ALL=1 every generated test over all calls, which takes minutes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from inspect import isawaitable
from typing import Any, cast

import pytest

from pytest_flipsnack import ActionName, ClientContract, call
from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.clients import EVERYDAY, STYLES, Style
from tests.contract import more_right_clients, right_clients_of_pieces, right_clients_of_senders
from tests.contract.adapter import ACTIONS, CALLS, HASH, PDF, contract_of

_ALL = bool(os.environ.get("FLIPSNACK_ALL"))
# together these three have every kind of generated test
_CHOSEN = list(CALLS) if _ALL else ["create", "list", "download"]

for _style in STYLES:
    _contract = contract_of(_style, _CHOSEN)
    if _style.name not in EVERYDAY:
        _contract = pytest.mark.nightly(_contract)
    globals()[f"Test_{_style.module}"] = _contract
del _contract  # it would be collected under this name as well


@pytest.fixture
def settled() -> Iterator[Callable[[Any], Any]]:
    """Return what a call comes to, whether it is async or not."""

    async def wait(value: Awaitable[Any]) -> Any:
        return await value

    with asyncio.Runner() as runner:
        yield lambda value: runner.run(wait(value)) if isawaitable(value) else value


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_a_whole_life_goes_without_a_refusal(
    flipsnack: Flipsnack,
    flipsnack_clock: VirtualClock,
    settled: Callable[[Any], Any],
    style: Style,
) -> None:
    urls = (flipsnack.url, flipsnack.upload_url) if style.transport == "loopback" else ()
    client = style.make(flipsnack.api_key, flipsnack.secret, *urls)

    def value(made: Any) -> Any:
        outcome = settled(made)
        if style.outcome == "raises":
            return outcome
        assert outcome.ok, outcome
        return outcome.data

    hash = value(client.create(PDF, title="Ünï & x"))["collectionHash"]
    ready = value(client.wait_until_ready(hash))
    value(client.update(hash, title="Ünï çødé +&=", description=""))
    titles = [collection["collectionTitle"] for collection in value(client.list())]
    stats = value(client.stats(hash))
    url = value(client.download(hash))
    value(client.delete(hash))
    left = value(client.list())
    settled(client.aclose() if style.is_async else client.close())

    assert ready["collectionStatus"] == "public"
    assert titles == ["Ünï çødé +&="]
    assert stats["views"] >= 0
    assert url.endswith(f"/{hash}.zip")
    assert left == []
    assert {call.code for call in flipsnack.calls} == {20}
    assert sum(sleep.seconds for sleep in flipsnack_clock.sleeps) >= 2


def _more(made: type[Any], failed: Callable[[Any], bool] | None = None) -> type[ClientContract]:
    @pytest.fixture
    def client(self: Any, flipsnack: Flipsnack) -> Any:
        return made(flipsnack.api_key, flipsnack.secret)

    body: dict[str, Any] = {"client": client, "error": made.error, "list": CALLS["list"]}
    if failed is not None:
        body["failed"] = lambda self, outcome: failed(outcome)
    return type(made.__name__, (ClientContract,), body)


class TestFetching(ClientContract):
    error = more_right_clients.Fetching.error
    polls = ("collection.downloadHTML",)

    @call("collection.downloadHTML")
    def archive(self, flipsnack: Flipsnack) -> Any:
        return more_right_clients.Fetching(flipsnack.api_key, flipsnack.secret).archive("fxh4k89")


TestPropagating = _more(more_right_clients.Propagating)
TestEager = _more(more_right_clients.Eager)
TestNumbered = _more(more_right_clients.Numbered)
TestRefilled = _more(more_right_clients.Refilled)
TestPatient = _more(more_right_clients.Patient)
TestPooled = _more(more_right_clients.Pooled)
TestQueued = _more(more_right_clients.Queued)
TestPlain = _more(more_right_clients.Plain, lambda pair: pair[1] is not None)
TestPlainDict = _more(more_right_clients.PlainDict, lambda answer: not answer["ok"])
TestTyped = _more(more_right_clients.Typed, lambda page: page.problem is not None)


def _piece(
    made: type[right_clients_of_pieces.Client], *, polls: bool = False, loopback: bool = False
) -> type[ClientContract]:
    """Return the contract of a client of `list`, `download` and `call`; by night of all actions."""

    @pytest.fixture
    def client(self: Any, flipsnack: Flipsnack) -> Iterator[Any]:
        client: Any = made(
            flipsnack.api_key, flipsnack.secret, *([flipsnack.url] if loopback else [])
        )
        yield client
        if hasattr(client, "close"):
            client.close()

    def by_name(action: str) -> Callable[..., Any]:
        params = {"collectionHash": HASH} if action_of(action).takes_hash else {}
        return call(cast("ActionName", action))(lambda self, client: client.call(action, **params))

    others = [name for name in ACTIONS if not action_of(name).upload] if _ALL else []
    body: dict[str, Any] = {ACTIONS[name]: by_name(name) for name in others}
    body |= {"client": client, "error": made.error, "list": CALLS["list"]}
    body["failed"] = lambda self, outcome: bool(getattr(outcome, "error", None))
    if polls:
        body |= {"download": CALLS["download"], "polls": ["collection.downloadHTML"]}
    if made is right_clients_of_pieces.Lazy:
        body["pages"] = {"collection.getList": right_clients_of_pieces.Lazy.page_size}
    return type(made.__name__, (ClientContract,), body)


TestJitter = _piece(right_clients_of_pieces.Retried)
TestRetryOfUrllib3 = _piece(right_clients_of_pieces.Mounted)
TestBreaker = _piece(right_clients_of_pieces.Breaking)
TestCache = _piece(right_clients_of_pieces.Keeping)
TestDeadline = _piece(right_clients_of_pieces.Timed, polls=True)
TestArchive = _piece(right_clients_of_pieces.Saving, polls=True)
TestRecords = _piece(right_clients_of_pieces.Recorded)
TestPages = _piece(right_clients_of_pieces.Lazy)
TestOutcome = _piece(right_clients_of_pieces.Chained)
TestHttpClient = _piece(right_clients_of_senders.Moved, loopback=True)
TestPool = _piece(right_clients_of_senders.Pooling, loopback=True)
TestTrio = _piece(right_clients_of_senders.Nursed)
TestFacade = _piece(right_clients_of_senders.Faced)
TestSlots = _piece(right_clients_of_senders.Slotted)

for _name in ("Numbered", "Refilled", "Pooled", "Queued", "Plain", "Archive", "Records", "Outcome",
              "HttpClient", "Facade"):  # fmt: skip
    globals()[f"Test{_name}"] = pytest.mark.nightly(globals()[f"Test{_name}"])
