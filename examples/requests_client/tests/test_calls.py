"""20: what each method sends and returns when all is well."""

from __future__ import annotations

import acme
from acme.wire import signature

from pytest_flipsnack import Flipsnack


def test_the_signature_is_the_documented_one() -> None:
    params = {
        "action": "collection.getCollection",
        "apiKey": "45FD-267-7SG7832",
        "collectionHash": "fxh4k89",
    }
    assert signature("123ABCDE-456-7890-FGH", params) == "26e781d3d1751d82ec284acf4a019def"


def test_a_new_account_has_no_flipbooks(client: acme.Client) -> None:
    assert client.list_collections() == []


def test_flipbooks_are_searched(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.collections.add("fxh4k89", title="Annual report")
    flipsnack.collections.add("fabc123", title="Menu")
    found = client.list_collections(query="annual")
    assert [one["collectionHash"] for one in found] == ["fxh4k89"]
    assert flipsnack.calls[0].params == {"query": "annual"}


def test_a_flipbook_is_changed_and_read(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.collections.add("fxh4k89", title="Draft")
    client.update("fxh4k89", title="Ünï çødé & more")
    assert client.get_collection("fxh4k89")["collectionTitle"] == "Ünï çødé & more"


def test_a_deleted_flipbook_is_gone(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.collections.add("fxh4k89")
    client.delete("fxh4k89")
    assert client.list_collections() == []


def test_a_flipbook_is_embedded(client: acme.Client) -> None:
    assert "fxh4k89" in client.embed("fxh4k89", responsive="true")


def test_figures_of_a_flipbook(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.respond(20, action="collection.getStats", data={"views": 7})
    assert client.stats("fxh4k89", startDate="2026-01-01") == {"views": 7}


def test_figures_of_the_account(client: acme.Client) -> None:
    assert client.user_stats()["api_uploads_left"] == 1000
