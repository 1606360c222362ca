"""What a recording keeps of a reply, and what it does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_flipsnack.catalogue import local
from pytest_flipsnack.drift.compare import compared
from pytest_flipsnack.drift.recordings import RecordingError, exchanges, read
from pytest_flipsnack.live.recording import Recording

SIGNATURE = "b75ec1e0f99aa9272f6f7a2e30bd1784"


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (b"<html>Maintenance</html>", "(24 characters, no envelope)"),
        (b"[1]", "(3 characters, no envelope)"),
        (b"\xff\xfe", "(2 characters, no envelope)"),
        (b"", "(0 characters, no envelope)"),
    ],
)
def test_a_body_without_an_envelope_is_kept_as_text(body: bytes, kept: str) -> None:
    recording = Recording(["live-key-5f2c91d7"])
    recording.know(SIGNATURE)
    recording.add("test_it", "user.getStats", 503, body)
    (one,) = recording.replies
    assert (one.reply, one.code, one.body, one.http_status) == (None, None, kept, 503)
    (row,) = json.loads(recording.render("now"))["replies"]
    assert row == {"test": "test_it", "action": "user.getStats", "http_status": 503, "body": kept}


def test_an_error_keeps_its_message_and_no_key() -> None:
    recording = Recording(["live-key-5f2c91d7"])
    body = {"code": 41, "status": "no account has live-key-5f2c91d7"}
    recording.add("test_it", "user.getStats", 200, json.dumps(body).encode())
    assert recording.replies[0].reply == {"code": 41, "status": "no account has ***"}


def test_texts_are_masked_at_any_depth_but_for_states() -> None:
    recording = Recording([])
    data = {
        "status": "COMPLETE",
        "rows": [{"collectionStatus": "public", "a": ["b", 1, None, True]}],
    }
    body = json.dumps({"code": 20, "status": "OK", "data": data})
    recording.add("test_it", "collection.getList", 200, body.encode())
    assert recording.replies[0].reply == {
        "code": 20,
        "status": "OK",
        "data": {
            "status": "COMPLETE",
            "rows": [{"collectionStatus": "public", "a": ["***", 1, None, True]}],
        },
    }


def _written(folder: Path, document: object) -> Path:
    (folder / "kept.json").write_text(json.dumps(document), encoding="utf-8")
    return folder / "kept.json"


def test_drift_reads_a_body_that_is_no_json(tmp_path: Path) -> None:
    recording = Recording([])
    recording.add("test_it", "user.getStats", 503, b"<html>")
    (tmp_path / "kept.json").write_text(recording.render("now"), encoding="utf-8")
    (one,) = read(tmp_path / "kept.json")
    assert (one.place, one.action, one.http_status, one.body) == (
        "reply 1 (user.getStats) of test_it",
        "user.getStats",
        503,
        "(6 characters, no envelope)",
    )


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = _written(tmp_path, {"format": "pytest-flipsnack recording", "version": 2, "replies": []})
    with pytest.raises(RecordingError) as caught:
        read(path)
    assert str(caught.value) == (
        "it is of version 2, and this pytest-flipsnack reads version 1; record it again"
    )


def test_a_damaged_row_is_named(tmp_path: Path) -> None:
    head = {"format": "pytest-flipsnack recording", "version": 1}
    with pytest.raises(RecordingError, match="reply 1 is damaged: KeyError: 'body'"):
        read(
            _written(
                tmp_path, {**head, "replies": [{"test": "a", "action": "b", "http_status": 1}]}
            )
        )


def test_a_text_with_an_address_in_it_stays_json() -> None:
    """An embed code may hold an address with a signature of its own, behind an escaped quote."""
    data = {"embed": '<a href="https://x.y/?signature=abc">', "views": 5}
    recording = Recording([])
    body = json.dumps({"code": 20, "status": "OK", "data": data, "title": "Private"})
    recording.add("test_it", "collection.getEmbed", 200, body.encode())
    assert recording.replies[0].reply == {
        "code": 20,
        "status": "OK",
        "data": {"embed": "***", "views": 5},
        "title": "***",
    }


def test_a_masked_text_may_be_any_of_those_that_are_allowed(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    recording = Recording([])
    data = {"plan": "pro", "since": "2024-01-01", "seats": "many"}
    body = json.dumps({"code": 20, "status": "OK", "data": data})
    recording.add("test_it", "user.getStats", 200, body.encode())
    with local.in_use(local.read(own)):
        found = [
            one for exchange in exchanges(recording.render("now")) for one in compared(exchange)
        ]
    assert [one.text for one in found] == ["seats: '***' is not of type 'number'"]


OWN = """
[actions."user.getStats".fields]
plan = { type = "string", enum = ["pro", "free"] }
since = { type = "string", pattern = "^[0-9-]+$", examples = ["2024-01-01"] }
seats = "number"
"""
