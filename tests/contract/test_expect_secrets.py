"""A block finds secrets in the error, in the log and in the result."""

from __future__ import annotations

import pytest
import requests

from pytest_flipsnack import Flipsnack
from tests.contract.faulty_client import Client, complaint


@pytest.mark.parametrize("leak", ["secret", "signature"])
def test_a_secret_in_the_log_is_named(flipsnack: Flipsnack, leak: str) -> None:
    found = complaint(flipsnack, Client(flipsnack, logs=leak), 41)
    assert found.splitlines()[:2] == [
        f"the {leak} was logged by acme: ***",
        "    allowed: no secret outside the request",
    ]
    assert flipsnack.secret not in found


def test_a_secret_that_is_an_ordinary_word_accuses_nobody() -> None:
    with Flipsnack("key", "secret") as flipsnack:
        client = Client(flipsnack, logs="secret", text="secret")
        assert complaint(flipsnack, client, 41) == ""


def test_a_secret_in_the_error_is_named(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack, text="secret"), 41)
    assert found.splitlines()[0] == "the error shows the secret: FlipsnackError: ***"
    assert flipsnack.secret not in found


def test_a_secret_in_a_returned_error_is_named(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, returns=lambda result: result[0] == 41) as seen:
            code = Client(flipsnack).ask()["code"]
            seen.value = (code, f"refused for {flipsnack.secret}")
    assert str(failure.value).splitlines()[0] == (
        "the result shows the secret: tuple: (41, 'refused for ***')"
    )


def test_a_librarys_error_in_a_result_accuses_nobody(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=lambda result: result[0] == 41) as seen:
        code = Client(flipsnack).ask()["code"]
        seen.value = (code, requests.ConnectionError(f"/v1/?key={flipsnack.secret}"))
