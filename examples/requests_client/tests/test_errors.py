"""Codes that no second try mends: the client gives up at once and says which one it was."""

from __future__ import annotations

import acme
import pytest

from pytest_flipsnack import Flipsnack


@pytest.mark.flipsnack(41, raises=acme.AuthError)
def test_an_unknown_key_is_an_auth_error(flipsnack: Flipsnack) -> None:
    acme.Client("not-the-key", flipsnack.secret).user_stats()


@pytest.mark.flipsnack(44, raises=acme.AuthError)
def test_a_wrong_secret_is_an_auth_error(flipsnack: Flipsnack) -> None:
    acme.Client(flipsnack.api_key, "not-the-secret").user_stats()


@pytest.mark.flipsnack_codes(30, 40, 42)
def test_a_wrong_request_is_our_mistake(
    flipsnack: Flipsnack, client: acme.Client, flipsnack_code: int
) -> None:
    with flipsnack.expect(flipsnack_code, raises=acme.BadRequest):
        client.list_collections()


@pytest.mark.flipsnack_codes(46, 47)
def test_an_unknown_hash_is_not_found(
    flipsnack: Flipsnack, client: acme.Client, flipsnack_code: int
) -> None:
    with flipsnack.expect(flipsnack_code, raises=acme.NotFound):
        client.get_collection("fxh4k8")


def test_another_users_flipbook_is_not_found(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.collections.add("fxh4k89", foreign=True)
    with pytest.raises(acme.NotFound) as caught:
        client.delete("fxh4k89")
    assert caught.value.code == 43
    assert [call.code for call in flipsnack.calls] == [43]
