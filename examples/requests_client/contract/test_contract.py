"""The whole contract of the client; `python -m pytest contract` runs it."""

import acme
import pytest

from pytest_flipsnack import ClientContract, Flipsnack, call


@pytest.fixture
def client(flipsnack: Flipsnack) -> acme.Client:
    return acme.Client(api_key=flipsnack.api_key, secret=flipsnack.secret)


# fmt: off
class TestAcme(ClientContract):
    error = acme.FlipsnackError
    raises = {31: acme.RateLimited, 41: acme.AuthError, 46: acme.NotFound}
    polls = ["collection.downloadHTML"]
    @call("collection.getList")
    def get_list(self, client: acme.Client) -> object: return client.list_collections()
    @call("collection.create")
    def create(self, client: acme.Client) -> object: return client.create(b"%PDF-1.4 small")
    @call("collection.getCollection")
    def get(self, client: acme.Client) -> object: return client.get_collection("fxh4k89")
    @call("collection.update")
    def update(self, client: acme.Client) -> object: return client.update("fxh4k89", title="Ünï & x")
    @call("collection.deleteCollection")
    def delete(self, client: acme.Client) -> object: return client.delete("fxh4k89")
    @call("collection.getStats")
    def stats(self, client: acme.Client) -> object: return client.stats("fxh4k89")
    @call("collection.downloadHTML")
    def download(self, client: acme.Client) -> object: return client.download_html("fxh4k89")
