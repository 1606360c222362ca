"""What else can come back instead of an envelope: one row per fault."""

from __future__ import annotations

import json
from dataclasses import dataclass

UNKNOWN_CODE = 99
"""A code that no page knows, for clients that must treat it as an error."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to fail: on the wire (`wire` names how), or with a body that is not an envelope."""

    name: str
    meaning: str
    wire: bool = False
    http_status: int = 200
    content_type: str = "application/json"
    body: bytes = b""
    aliases: tuple[str, ...] = ()


_PAGE = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_ROWS = (
    Fault("timeout", "no answer within the client's timeout", wire=True),
    Fault("refused", "the connection is refused", wire=True),
    Fault("reset", "the connection is reset before an answer", wire=True),
    Fault(
        "html",
        "a maintenance page in HTML",
        content_type="text/html; charset=utf-8",
        body=_PAGE,
        aliases=("maintenance", "maintenance_page"),
    ),
    Fault("empty", "an empty body", aliases=("empty_body",)),
    Fault(
        "broken_json", "a body that is not JSON", body=b'{"code": 20, ', aliases=("invalid_json",)
    ),
    Fault("truncated", "an envelope cut short", body=b'{"code": 20, "status": "OK", "data": {"col'),
    Fault("json_array", "a JSON array instead of an envelope", body=b"[]"),
    Fault("not_utf8", "bytes that are not UTF-8", body=b'{"code": 20, "status": "\xff\xfe\xe9"}'),
    Fault(
        "http_500",
        "HTTP 500 without an envelope",
        http_status=500,
        content_type="text/html; charset=utf-8",
        body=b"<html><body>Internal Server Error</body></html>",
    ),
    Fault(
        "http_500_envelope",
        "HTTP 500 with code 50 in the envelope",
        http_status=500,
        body=_json({"code": 50, "status": "Operation failed"}),
    ),
    Fault(
        "unknown_code",
        f"code {UNKNOWN_CODE}, which no page knows",
        body=_json({"code": UNKNOWN_CODE, "status": "Something new"}),
    ),
    Fault(
        "string_code",
        "the code of an error as a string",
        body=_json({"code": "41", "status": "Invalid credentials"}),
    ),
    Fault("null_code", "a code that is null", body=_json({"code": None, "status": "OK"})),
    Fault("missing_code", "an envelope without a code", body=_json({"status": "OK", "data": {}})),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ROWS}
"""Every fault by name."""
_ALIASES = {alias: fault for fault in _ROWS for alias in fault.aliases}


def fault_of(name: object) -> Fault:
    """Return the fault of that name; raise `ValueError` naming the known ones."""
    key = name.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(name, str) else ""
    found = FAULTS.get(key) or _ALIASES.get(key)
    if found is None:
        raise ValueError(f"{name!r} is not a fault; known faults: {', '.join(FAULTS)}")
    return found
