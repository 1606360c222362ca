"""What the real API replied, without what is the account's own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_flipsnack.fake.masking import MASK, mask

_SIGNATURE = re.compile(r"(signature\W{1,6})[0-9a-fA-F]{32}\b")
"""A signature of a request that was never sent, as a dictionary or a list shows it."""
_CUT = re.compile(r"(?<=\.\.\.)[0-9a-f]{6,}\b|\b[0-9a-f]{6,}(?=\.\.\.)", re.IGNORECASE)
"""What may be left of a signature where a long value was cut."""
_OF_THE_ACCOUNT = 2
_PART = 8
"""As much of key and secret is masked at either end: a long text may be cut in the middle."""
FORMAT, VERSION = "pytest-flipsnack recording", 1
_STAY = {"collectionStatus", "status"}
"""Fields of data whose text is one of a few words, and nobody's own."""


@dataclass(frozen=True, slots=True)
class LiveReply:
    """A reply of the real API. `reply` is its envelope; None where there is none, of which `body` says a word."""

    test: str
    action: str
    http_status: int
    reply: dict[str, Any] | None
    body: str = field(default="", repr=False)

    @property
    def code(self) -> Any:
        """The code of the envelope, None where there is none."""
        return None if self.reply is None else self.reply.get("code")


class Recording:
    """The replies of a run. Threads may share it."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [*secrets]
        self._lock = threading.Lock()
        self.replies: list[LiveReply] = []

    def know(self, signature: str) -> None:
        """Mask a signature from now on, in whatever shows it."""
        with self._lock:
            self._secrets += [signature] if signature else []

    def add(self, test: str, action: str, http_status: int, body: bytes) -> None:
        """Keep a reply, masked."""
        text = body.decode("utf-8", "replace")
        with self._lock:
            self.replies.append(_reply(test, self.hide(action), http_status, text, self.hide))

    def hide(self, text: str) -> str:
        """Return a text without key, secret and signatures, also where they are cut."""
        hidden = _SIGNATURE.sub(rf"\1{MASK}", mask(text, self._secrets))
        hidden = _CUT.sub(MASK, hidden)
        for secret in self._secrets[:_OF_THE_ACCOUNT]:
            for part in (secret[:_PART], secret[-_PART:]):
                hidden = hidden.replace(part, MASK) if len(part) == _PART else hidden
        return hidden

    def render(self, created: str) -> str:
        """Return the recording as text, a line for each reply."""
        head = {"format": FORMAT, "version": VERSION, "created": created}
        lines = [json.dumps(_packed(reply), ensure_ascii=False) for reply in self.replies]
        rows = "[\n  " + ",\n  ".join(lines) + "\n ]" if lines else "[]"
        parts = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
        return "{\n " + ",\n ".join([*parts, f'"replies": {rows}']) + "\n}\n"


def _reply(
    test: str, action: str, http_status: int, text: str, hide: Callable[[str], str]
) -> LiveReply:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return LiveReply(test, action, http_status, None, f"({len(text)} characters, no envelope)")
    message = hide(str(document["status"])) if isinstance(document.get("status"), str) else None
    kept = {name: _without_texts(value) for name, value in document.items()}
    return LiveReply(
        test, action, http_status, kept | ({} if message is None else {"status": message})
    )


def _without_texts(value: Any) -> Any:
    """Return data whose texts are masked: titles, hashes and addresses are the account's own."""
    if isinstance(value, dict):
        return {
            name: one if name in _STAY and isinstance(one, str) else _without_texts(one)
            for name, one in value.items()
        }
    if isinstance(value, list):
        return [_without_texts(one) for one in value]
    return MASK if isinstance(value, str) else value


def _packed(one: LiveReply) -> dict[str, Any]:
    found = {"test": one.test, "action": one.action, "http_status": one.http_status}
    return found | ({"body": one.body} if one.reply is None else {"reply": one.reply})


def wrong_version(document: Mapping[str, Any]) -> str:
    """Return why a file of another version is not read, or an empty text."""
    if document.get("version") == VERSION:
        return ""
    return (
        f"it is of version {document.get('version')!r}, and this pytest-flipsnack reads version "
        f"{VERSION}; record it again"
    )


def unpacked(row: Mapping[str, Any]) -> tuple[str, str, int, str]:
    """Return test, action, HTTP status and body of a reply in a file; raise for a damaged one."""
    text = json.dumps(row["reply"]) if "reply" in row else str(row["body"])
    return str(row["test"]), str(row["action"]), int(row["http_status"]), text
