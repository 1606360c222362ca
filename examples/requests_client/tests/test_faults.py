"""No envelope at all: whatever comes instead is a `FlipsnackError` that shows no secret."""

from __future__ import annotations

import traceback

import acme
import pytest

from pytest_flipsnack import Flipsnack

TRANSPORT = ("timeout", "refused", "reset")
BODY = ("html", "empty", "broken_json", "truncated", "json_array", "not_utf8", "http_500")
NO_CODE = ("null_code", "missing_code")


@pytest.mark.parametrize("fault", [*TRANSPORT, *BODY, *NO_CODE])
def test_a_fault_is_a_flipsnack_error(
    flipsnack: Flipsnack, client: acme.Client, fault: str
) -> None:
    flipsnack.fail(fault)
    with pytest.raises(acme.FlipsnackError) as caught:
        client.user_stats()
    assert caught.value.code is None
    shown = "".join(traceback.format_exception(caught.value))
    assert flipsnack.secret not in shown
    assert flipsnack.api_key not in shown
    assert flipsnack.calls[0].fault == fault


@pytest.mark.parametrize(("fault", "code"), [("unknown_code", 99), ("string_code", 41)])
def test_an_odd_code_is_told(
    flipsnack: Flipsnack, client: acme.Client, fault: str, code: int
) -> None:
    flipsnack.fail(fault)
    with pytest.raises(acme.FlipsnackError) as caught:
        client.user_stats()
    assert caught.value.code == code


def test_every_request_has_a_timeout(flipsnack: Flipsnack, client: acme.Client, pdf: bytes) -> None:
    flipsnack.configure(processing_s=0.0)
    client.user_stats()
    client.create(pdf)
    assert [call.timeout_s for call in flipsnack.calls] == [10, 10]


def test_a_client_works_again_after_a_fault(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.fail("reset")
    with pytest.raises(acme.FlipsnackError):
        client.user_stats()
    assert client.list_collections() == []
