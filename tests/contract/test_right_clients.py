"""Right clients in sixteen styles: the whole contract raises no alarm, nor does a whole life.

Each commit runs them in the styles of `EVERYDAY`; `make nightly` runs every style, and with
FLIPSNACK_ALL=1 every generated test over all calls, which takes minutes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from inspect import isawaitable
from typing import Any

import pytest

from pytest_flipsnack import ClientContract, call
from pytest_flipsnack.flipsnack import Flipsnack
from pytest_flipsnack.virtual_time.clock import VirtualClock
from tests.clients import EVERYDAY, STYLES, Style
from tests.contract import more_right_clients
from tests.contract.adapter import CALLS, PDF, contract_of

_ALL = bool(os.environ.get("FLIPSNACK_ALL"))
# together these three have every kind of generated test
_CHOSEN = list(CALLS) if _ALL else ["create", "list", "download"]

for _style in STYLES:
    _contract = contract_of(_style, _CHOSEN)
    if _style.name not in EVERYDAY:
        _contract = pytest.mark.nightly(_contract)
    globals()[f"Test_{_style.module}"] = _contract


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
