"""One request and its answer: signing, sending, reading. No retries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import requests

from acme.errors import FlipsnackError, error_for

API_URL = "https://api.flipsnack.com/v1/"
UPLOAD_URL = "https://upload.flipsnack.com/v1/"
TIMEOUT_S = 10.0
OK = 20


def signature(secret: str, params: Mapping[str, str]) -> str:
    """Return the MD5 of the secret and every name and value, sorted by name."""
    text = secret + "".join(name + params[name] for name in sorted(params))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def ask(
    session: requests.Session,
    action: str,
    params: Mapping[str, str],
    file: tuple[str, bytes] | None = None,
) -> dict[str, Any]:
    """Send a signed request once and return its `data`, empty where it has none."""
    try:
        if file is None:
            answer = session.get(API_URL, params=params, timeout=TIMEOUT_S)
        else:
            answer = session.post(UPLOAD_URL, data=params, files={"file": file}, timeout=TIMEOUT_S)
    except requests.RequestException as error:
        # its text may show the signed URL
        raise FlipsnackError(f"{action}: {type(error).__name__}") from None
    return _data(action, answer)


def _data(action: str, answer: requests.Response) -> dict[str, Any]:
    try:
        envelope = json.loads(answer.content)  # answer.json() takes bytes that are not UTF-8
    except ValueError:
        raise FlipsnackError(
            f"{action}: HTTP {answer.status_code}, and the body is not JSON"
        ) from None
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if isinstance(code, str) and code.isdecimal():
        code = int(code)  # some answers are documented to carry it as text
    if not isinstance(code, int):
        raise FlipsnackError(f"{action}: HTTP {answer.status_code}, and the answer has no code")
    if code != OK:
        raise error_for(action, code, envelope.get("status"))
    data = envelope.get("data")
    return data if isinstance(data, dict) else {}
