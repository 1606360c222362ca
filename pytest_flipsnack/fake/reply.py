"""What a transport sends back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.faults import Fault

_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer, or, where `wire` names a fault, none at all.

    `fault` names what was answered instead of an envelope. `pending`: the data says
    to poll again later. `code` is None for what is no envelope. `more_headers` go beside, or
    instead of, those that every answer has.
    """

    code: int | None
    body: bytes = b""
    http_status: int = 200
    content_type: str = _JSON
    wire: str | None = None
    fault: str | None = None
    pending: bool = False
    more_headers: tuple[tuple[str, str], ...] = ()

    @property
    def headers(self) -> dict[str, str]:
        """The headers, the same over each transport."""
        usual = {"Content-Type": self.content_type, "Content-Length": str(len(self.body))}
        return {**usual, **dict(self.more_headers)}

    def to(self, method: str) -> Reply:
        """Return what a request with this method gets: for a HEAD the headers alone."""
        if method != "HEAD":
            return self
        return replace(self, body=b"", more_headers=tuple(self.headers.items()))


def envelope(code: Code, data: Mapping[str, object] | None, http_status: int) -> Reply:
    """Return the answer with this code; `data` None leaves the key out."""
    if data is None:
        return Reply(code.value, _bare(code.value, code.message), http_status)
    body = {"code": code.value, "status": code.message, "data": data}
    return Reply(code.value, json.dumps(body).encode(), http_status, pending=_is_pending(data))


def bent(reply: Reply, bend: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    """Return the answer with its envelope changed, as raw UTF-8; its code counts as before."""
    body = bend(json.loads(reply.body))
    pending = _is_pending(body.get("data") or {})
    return replace(reply, body=json.dumps(body, ensure_ascii=False).encode(), pending=pending)


def from_fault(fault: Fault) -> Reply:
    """Return the answer of a fault; its code counts nowhere."""
    return Reply(
        None,
        fault.body,
        fault.http_status,
        fault.content_type,
        fault.name if fault.wire else None,
        fault.name,
    )


def _is_pending(data: Mapping[str, object]) -> bool:
    return data.get("collectionStatus") == "processing" or data.get("status") == "PROCESSING"


@cache
def _bare(code: int, message: str) -> bytes:
    return json.dumps({"code": code, "status": message}).encode()
