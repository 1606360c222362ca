"""Codes that pass: the client waits, asks again, and knows when to stop."""

from __future__ import annotations

from itertools import pairwise

import acme
import pytest

from pytest_flipsnack import Flipsnack, Retry, VirtualClock


@pytest.mark.flipsnack_codes("retryable")
def test_passing_trouble_is_waited_out_but_not_for_ever(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client, flipsnack_code: int
) -> None:
    flipsnack.respond(flipsnack_code, flipsnack_code, 20)
    assert client.list_collections() == []
    assert [sleep.seconds for sleep in flipsnack_clock.sleeps] == [1, 2]

    error = acme.RateLimited if flipsnack_code in {31, 32} else acme.Unavailable
    with flipsnack.expect(flipsnack_code, raises=error, retries=Retry(exactly=4, grows=True)):
        client.user_stats()


def test_a_flipbook_in_processing_is_polled_and_then_changed(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client
) -> None:
    flipsnack.collections.add("fxh4k89", processing_s=5)
    assert client.update("fxh4k89", title="Ready")["collectionTitle"] == "Ready"
    asked = [(call.action, call.code) for call in flipsnack.calls]
    assert asked == [
        ("collection.update", 38),
        ("collection.getCollection", 20),
        ("collection.getCollection", 20),
        ("collection.update", 20),
    ]
    assert all(late.at - early.at >= 3 for early, late in pairwise(flipsnack.calls[:3]))

    with flipsnack.expect(38, action="collection.update", raises=acme.Processing):
        client.update("fxh4k89", title="Never")


def test_endless_processing_ends(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client, pdf: bytes
) -> None:
    flipsnack.configure(processing_s=3600.0)
    with pytest.raises(acme.Processing):
        client.create(pdf)
    assert len(flipsnack.calls) == 21


def test_a_download_is_polled(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client
) -> None:
    flipsnack.configure(download_s=7.0)
    assert client.download_html("fxh4k89").startswith("https://")
    assert [sleep.seconds for sleep in flipsnack_clock.sleeps] == [3, 3, 3]


def test_a_failed_download_is_an_error(flipsnack: Flipsnack, client: acme.Client) -> None:
    flipsnack.respond(20, action="collection.downloadHTML", data={"status": "FAILED"})
    with pytest.raises(acme.FlipsnackError, match="FAILED"):
        client.download_html("fxh4k89")


def test_an_upload_is_sent_whole_every_time(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client, pdf: bytes
) -> None:
    flipsnack.fail("http_500_envelope")  # code 50, for once with an HTTP status to match
    client.create(pdf)
    first, second = flipsnack.calls[:2]
    assert first.files["file"] == second.files["file"] == pdf
