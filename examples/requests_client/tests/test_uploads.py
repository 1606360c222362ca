"""Uploads: what is sent, and every reason not to take it."""

from __future__ import annotations

from pathlib import Path

import acme
import pytest

from pytest_flipsnack import Flipsnack, VirtualClock


def test_a_document_becomes_a_flipbook(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client, tmp_path: Path
) -> None:
    path = tmp_path / "menu.pdf"
    path.write_bytes(b"%PDF-1.4 the menu")
    made = client.create(path, title="Menu")
    assert made["collectionStatus"] == "public"
    sent = flipsnack.calls[0]
    assert (sent.action, sent.params) == ("collection.create", {"title": "Menu"})
    assert sent.files["file"] == b"%PDF-1.4 the menu"
    assert sent.files["file"].filename == "menu.pdf"


def test_the_months_uploads_are_used_up(
    flipsnack: Flipsnack, flipsnack_clock: VirtualClock, client: acme.Client, pdf: bytes
) -> None:
    flipsnack.configure(uploads_per_month=1)
    client.create(pdf)
    with pytest.raises(acme.UploadError) as caught:
        client.create(pdf)
    assert caught.value.code == 33


@pytest.mark.flipsnack_codes("upload", exclude=[33, 45])
def test_an_upload_is_refused(
    flipsnack: Flipsnack, client: acme.Client, pdf: bytes, flipsnack_code: int
) -> None:
    with flipsnack.expect(flipsnack_code, raises=acme.UploadError):
        client.create(pdf)


@pytest.mark.flipsnack(45, raises=acme.UploadError)
def test_a_word_document_is_refused(client: acme.Client) -> None:
    client.create(b"PK\x03\x04 a .docx")
