"""Reads recorded replies: of live tests, cassettes of vcrpy, HAR files, and plain JSON."""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.live import recording

MOST_MB = 64
"""A file that is larger is not read, nor a body that becomes larger when it is unpacked."""
_SECRET = ("apiKey", "signature", "secret")
_HIDDEN = re.compile(r"(?i)\W*|(masked|redacted|filtered|hidden|removed)|(.)\2*")
_LOOPBACK = {"127.0.0.1", "localhost"}
_GZIP = b"\x1f\x8b"


class RecordingError(ValueError):
    """A file that cannot be read, or that must not be kept as it is."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request with its reply; `place` says where in the file it is.

    `action` is empty where the file does not tell it, `http_status` None likewise.
    """

    place: str
    action: str
    http_status: int | None
    body: str


def read(path: Path) -> list[Exchange]:
    """Return the exchanges with the API in a file; raise `RecordingError` for what is none."""
    return [*_exchanges(_document(path))]


def exchanges(text: str) -> list[Exchange]:
    """Return the exchanges in the text of a file in JSON."""
    return [*_exchanges(json.loads(text))]


def secrets_in(path: Path) -> dict[str, str]:
    """Return each value that must not be kept, with the name of its parameter."""
    found: dict[str, str] = {}
    for match in re.finditer(rf"\b({'|'.join(_SECRET)})=([^&\s\"'\\]+)", _text(path)):
        name, value = match.groups()
        if not _HIDDEN.fullmatch(unquote(value)):
            found[value] = name
    return found


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_MB * 1_000_000:
            raise RecordingError(f"it is larger than {MOST_MB} MB; give a part of it")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecordingError(f"it cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RecordingError("it is no text in UTF-8; give a cassette, HAR or JSON") from None


def _document(path: Path) -> Any:
    text = _text(path)
    try:
        if path.suffix in {".yaml", ".yml"}:
            return _yaml(text)
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RecordingError(f"it is damaged: {error}") from None


def _yaml(text: str) -> Any:
    try:
        import yaml  # the extra `drift`
    except ImportError:
        raise RecordingError(
            "cassettes in YAML are read with PyYAML, which is not installed; "
            "pip install 'pytest-flipsnack[drift]'"
        ) from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None


def _exchanges(document: Any) -> Iterator[Exchange]:
    match document:
        case {"format": recording.FORMAT, "replies": list(replies)}:
            if wrong := recording.wrong_version(document):
                raise RecordingError(wrong)
            yield from _of_list(replies, "reply", _of_live)
        case {"log": {"entries": list(entries)}}:
            yield from _of_list(entries, "entry", _of_har)
        case {"interactions": list(interactions)}:
            yield from _of_list(interactions, "interaction", _of_cassette)
        case {"code": _}:
            yield Exchange("the reply", "", None, json.dumps(document))
        case list(replies):
            yield from _of_list(replies, "reply", _of_plain)
        case _:
            raise RecordingError(
                "it is no recording; allowed: one of --flipsnack-live, a cassette of vcrpy (interactions), HAR "
                "(log.entries), a reply ({code, status, data}) or a list of replies, each also as "
                "{action, reply}"
            )


def _of_list(rows: list[Any], what: str, one: Any) -> Iterator[Exchange]:
    for number, row in enumerate(rows, start=1):
        try:
            found = one(f"{what} {number}", row)
        except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
            reason = f"{type(error).__name__}: {error}"
            raise RecordingError(f"{what} {number} is damaged: {reason}") from None
        if found is not None:
            yield found


def _of_live(place: str, row: Mapping[str, Any]) -> Exchange:
    test, action, http_status, body = recording.unpacked(row)
    return Exchange(f"{place} ({action}) of {test}", action, http_status, body)


def _of_har(place: str, entry: Mapping[str, Any]) -> Exchange | None:
    content = entry["response"]["content"]
    text = content.get("text", "")
    if content.get("encoding") == "base64":
        text = _unpacked(base64.b64decode(text))
    return _of_url(place, entry["request"]["url"], entry["response"]["status"], text)


def _of_cassette(place: str, interaction: Mapping[str, Any]) -> Exchange | None:
    reply = interaction["response"]
    body = reply["body"]["string"]
    text = _unpacked(body) if isinstance(body, bytes) else str(body or "")
    return _of_url(place, interaction["request"]["uri"], reply["status"]["code"], text)


def _of_plain(place: str, row: Mapping[str, Any]) -> Exchange:
    return Exchange(place, str(row.get("action", "")), None, json.dumps(row.get("reply", row)))


def _of_url(place: str, url: str, http_status: int, text: str) -> Exchange | None:
    """Return an exchange, None where it is one with somebody else."""
    parts = urlsplit(url)
    ours = parts.hostname in _LOOPBACK and parts.path.startswith(BASE_PATH)  # `serve`
    if parts.hostname not in {API_HOST, UPLOAD_HOST} and not ours:
        return None
    action = parse_qs(parts.query).get("action", [""])[0]
    return Exchange(f"{place} ({action})" if action else place, action, int(http_status), text)


def _unpacked(body: bytes) -> str:
    if body.startswith(_GZIP):
        most = int(MOST_MB * 1_000_000)
        body = zlib.decompressobj(wbits=31).decompress(body, most + 1)
        if len(body) > most:
            raise ValueError(f"the body is larger than {MOST_MB} MB")
    return body.decode("utf-8", "replace")
