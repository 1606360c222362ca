"""What a transport sends back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.faults import Fault

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, or, where `wire` names a fault, none at all."""

    code: int | None
    body: bytes = b""
    http_status: int = 200
    content_type: str = _JSON
    wire: str | None = None


def envelope(code: Code, data: Mapping[str, object] | None, http_status: int) -> Reply:
    """Return the answer with this code; `data` None leaves the key out."""
    if data is None:
        return Reply(code.value, _bare(code), http_status)
    body = {"code": code.value, "status": code.message, "data": data}
    return Reply(code.value, json.dumps(body).encode(), http_status)


def from_fault(fault: Fault) -> Reply:
    """Return the answer of a fault; its code counts nowhere."""
    return Reply(
        None,
        fault.body,
        fault.http_status,
        fault.content_type,
        fault.name if fault.wire else None,
    )


@cache
def _bare(code: Code) -> bytes:
    return json.dumps({"code": code.value, "status": code.message}).encode()
