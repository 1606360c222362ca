from typing import Any

import acme_async

from pytest_flipsnack import ClientContract, Flipsnack, call


class TestAcme(ClientContract):
    error = acme_async.FlipsnackError
    raises = {31: acme_async.Retryable, 38: acme_async.Processing}

    @call("collection.getList")
    async def get_list(self, client: acme_async.Client) -> Any:
        return await client.list_collections()

    @call("collection.update")
    async def update(self, client: acme_async.Client) -> Any:
        return await client.update("fxh4k89", title="Ünï çødé & more", description="")

    @call("collection.create")
    async def create(self, client: acme_async.Client) -> Any:
        return await client.create(b"%PDF-1.4 small")


async def list_with(client: acme_async.Client) -> list[dict[str, Any]]:
    async with client:
        return await client.list_collections()


def test_a_rate_limit_is_waited_for(
    flipsnack: Flipsnack, flipsnack_clock: Any, client: acme_async.Client
) -> None:
    import asyncio

    flipsnack.respond(31, 31, 20)
    assert asyncio.run(list_with(client)) == []
    assert [call.code for call in flipsnack.calls] == [31, 31, 20]
    assert len(flipsnack_clock.sleeps) == 2
