from typing import Any

import acme_aio
import pytest

from pytest_flipsnack import ClientContract, Flipsnack, call


@pytest.fixture
def client(flipsnack: Flipsnack) -> acme_aio.Client:
    # aiohttp is not answered in process: the client talks to the loopback server
    return acme_aio.Client(
        flipsnack.api_key,
        flipsnack.secret,
        api_url=flipsnack.url,
        upload_url=flipsnack.upload_url,
    )


class TestAcme(ClientContract):
    error = acme_aio.FlipsnackError
    polls = ["collection.downloadHTML"]

    @call("collection.getList")
    async def get_list(self, client: acme_aio.Client) -> Any:
        return await client.list_collections(query="Ünï çødé & more")

    @call("collection.deleteCollection")
    async def delete(self, client: acme_aio.Client) -> Any:
        return await client.delete("fxh4k89")

    @call("collection.create")
    async def create(self, client: acme_aio.Client) -> Any:
        return await client.create(b"%PDF-1.4 small")

    @call("collection.downloadHTML")
    async def download(self, client: acme_aio.Client) -> Any:
        return await client.download("fxh4k89")
