"""What else can come back instead of an envelope: one row per fault."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

FaultName = Literal[
    "timeout", "refused", "reset", "html", "empty", "broken_json", "truncated", "json_array",
    "not_utf8", "http_500", "http_500_envelope", "unknown_code", "unknown_code_0", "unknown_code_21",
    "unknown_code_59", "string_code", "null_code", "missing_code",
    "maintenance", "maintenance_page", "empty_body", "invalid_json",
]  # fmt: skip
"""The names of `FAULTS` and `ALIASES`, for type checkers."""

UNKNOWN_CODES = {"": 99, "_0": 0, "_21": 21, "_59": 59}
"""Codes that no page documents: beyond the table, false in Python, beside 20, and beside 50."""
"""A code that no page documents, for clients that must treat it as an error."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way to fail: on the wire (`wire`), or with a body that is not an envelope.

    `meaning` completes a sentence about an action: it `refused the connection`. `unknown` is the
    code in the envelope, where that is one which no page documents.
    """

    name: str
    meaning: str
    wire: bool = False
    http_status: int = 200
    content_type: str = "application/json"
    body: bytes = b""
    aliases: tuple[str, ...] = ()
    unknown: int | None = None


_PAGE = b"<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>"


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_ROWS = (
    Fault("timeout", "gave no answer within the client's timeout", wire=True),
    Fault("refused", "refused the connection", wire=True),
    Fault("reset", "reset the connection before an answer", wire=True),
    Fault(
        "html",
        "answered with a maintenance page in HTML",
        content_type="text/html; charset=utf-8",
        body=_PAGE,
        aliases=("maintenance", "maintenance_page"),
    ),
    Fault("empty", "answered with an empty body", aliases=("empty_body",)),
    Fault(
        "broken_json",
        "answered with a body that is not JSON",
        body=b'{"code": 20, ',
        aliases=("invalid_json",),
    ),
    Fault(
        "truncated",
        "answered with an envelope cut short",
        body=b'{"code": 20, "status": "OK", "data": {"col',
    ),
    Fault("json_array", "answered with a JSON array instead of an envelope", body=b"[]"),
    Fault(
        "not_utf8",
        "answered with bytes that are not UTF-8",
        body=b'{"code": 20, "status": "\xff\xfe\xe9"}',
    ),
    Fault(
        "http_500",
        "answered with HTTP 500 and no envelope",
        http_status=500,
        content_type="text/html; charset=utf-8",
        body=b"<html><body>Internal Server Error</body></html>",
    ),
    Fault(
        "http_500_envelope",
        "answered with HTTP 500 and code 50 in the envelope",
        http_status=500,
        body=_json({"code": 50, "status": "Operation failed"}),
    ),
    *(
        Fault(
            f"unknown_code{suffix}",
            f"answered with code {number}, which is not documented",
            body=_json({"code": number, "status": "Something new"}),
            unknown=number,
        )
        for suffix, number in UNKNOWN_CODES.items()
    ),
    Fault(
        "string_code",
        "answered with the code of an error as a string",
        body=_json({"code": "41", "status": "Invalid credentials"}),
    ),
    Fault(
        "null_code", "answered with a code that is null", body=_json({"code": None, "status": "OK"})
    ),
    Fault(
        "missing_code",
        "answered with an envelope without a code",
        body=_json({"status": "OK", "data": {}}),
    ),
)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ROWS}
"""Every fault by name."""
ALIASES = {alias: fault for fault in _ROWS for alias in fault.aliases}
"""Other names for some of them."""


def fault_of(name: object) -> Fault:
    """Return the fault of that name; raise `ValueError` naming the known ones."""
    key = name.strip().lower().replace(" ", "_").replace("-", "_") if isinstance(name, str) else ""
    found = FAULTS.get(key) or ALIASES.get(key)
    if found is None:
        raise ValueError(f"{name!r} is not a fault; known faults: {', '.join(FAULTS)}")
    return found
