"""requests style: plain functions on a small handle, a fresh connection for every call."""

from __future__ import annotations

import functools
import hashlib
import json
import logging
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, NoReturn

import requests

BUSY = {22, 31, 32, 50}
WAITS = [1, 3, 9]
POLL_SECONDS = 2
POLL_LIMIT = 30


@dataclass(frozen=True)
class Handle:
    api_key: str = field(repr=False)
    secret: str = field(repr=False)
    api_url: str = "https://api.flipsnack.com/v1"
    upload_url: str = "https://upload.flipsnack.com/v1"
    timeout: float = 25


class FlipsnackFailure(Exception):
    code: int | None = None


ERROR = FlipsnackFailure


def fail(text: str, code: int | None = None) -> NoReturn:
    failure = FlipsnackFailure(text if code is None else f"{text}: code {code}")
    failure.code = code
    raise failure


def create(
    handle: Handle, file: bytes, *, filename: str = "book.pdf", title: str | None = None
) -> dict[str, Any]:
    form = signed(handle, "collection.create", title=title)
    return upload(handle, form, file=(filename, file, "application/pdf"))


def create_from_url(handle: Handle, url: str) -> dict[str, Any]:
    return upload(handle, signed(handle, "collection.create", fileUrl=url))


def get(handle: Handle, hash: str) -> dict[str, Any]:
    return query(handle, "collection.getCollection", collectionHash=hash)


def update(handle: Handle, hash: str, **settings: Any) -> dict[str, Any]:
    return query_when_ready(handle, "collection.update", collectionHash=hash, **settings)


def delete(handle: Handle, hash: str) -> None:
    query(handle, "collection.deleteCollection", collectionHash=hash)


def embed(handle: Handle, hash: str) -> dict[str, Any]:
    return query(handle, "collection.getEmbed", collectionHash=hash)


def stats(handle: Handle, hash: str) -> dict[str, Any]:
    return query(handle, "collection.getStats", collectionHash=hash)


def user_stats(handle: Handle) -> dict[str, Any]:
    return query(handle, "user.getStats")


def list_collections(handle: Handle, **filters: Any) -> list[dict[str, Any]]:
    return query(handle, "collection.getList", **filters).get("collections") or []


def download(handle: Handle, hash: str) -> str:
    for _ in range(POLL_LIMIT):
        answer = query_when_ready(handle, "collection.downloadHTML", collectionHash=hash)
        state = str(answer.get("status")).upper()
        if state == "COMPLETE" and answer.get("resourceUrl"):
            return str(answer["resourceUrl"])
        if state != "PROCESSING":
            fail(f"download of {hash}: {state}")
        time.sleep(POLL_SECONDS)
    fail(f"download of {hash}: not complete after {POLL_LIMIT} questions")


def wait_until_ready(handle: Handle, hash: str) -> dict[str, Any]:
    code: int | None = None
    for _ in range(POLL_LIMIT):
        try:
            collection, code = get(handle, hash), None
        except FlipsnackFailure as failure:
            if failure.code != 38:
                raise
            collection, code = {"collectionStatus": "processing"}, failure.code
        if collection.get("collectionStatus") != "processing":
            return collection
        time.sleep(POLL_SECONDS)
    fail(f"{hash}: not ready after {POLL_LIMIT} questions", code)


def query_when_ready(handle: Handle, action: str, **params: Any) -> dict[str, Any]:
    for left in reversed(range(POLL_LIMIT)):
        try:
            return query(handle, action, **params)
        except FlipsnackFailure as failure:
            if failure.code != 38 or left == 0:
                raise
        time.sleep(POLL_SECONDS)
    raise AssertionError("unreachable")


def query(handle: Handle, action: str, **params: Any) -> dict[str, Any]:
    url, fields = handle.api_url, signed(handle, action, **params)
    return persist(action, functools.partial(requests.get, url, fields, timeout=handle.timeout))


def upload(handle: Handle, fields: dict[str, str], **files: Any) -> dict[str, Any]:
    parts = {name: (None, value) for name, value in fields.items()} | files
    send = functools.partial(requests.post, handle.upload_url, files=parts, timeout=handle.timeout)
    return persist(fields["action"], send)


def persist(action: str, send: functools.partial[requests.Response]) -> dict[str, Any]:
    for wait in WAITS:
        try:
            return once(action, send)
        except FlipsnackFailure as failure:
            if failure.code not in BUSY:
                raise
        time.sleep(wait)
    return once(action, send)


def once(action: str, send: functools.partial[requests.Response]) -> dict[str, Any]:
    problem = ""
    no_urls = logging.Filter("none of these")  # passes only loggers of that name
    logging.getLogger("urllib3.connectionpool").addFilter(no_urls)
    try:
        response = send()
    except requests.RequestException as exc:
        problem = type(exc).__name__
    finally:
        logging.getLogger("urllib3.connectionpool").removeFilter(no_urls)
    if problem:  # raised out here, so that no context leads to the signed URL
        fail(f"{action}: {problem}")
    envelope = parse(response.content)
    code = code_of(envelope)
    if code is None:
        fail(f"{action}: no envelope in an HTTP {response.status_code} answer")
    if code != 20:
        fail(action, code)
    data = envelope.get("data")
    return dict(data) if isinstance(data, dict) else {}


def parse(body: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return {}
    return envelope if isinstance(envelope, dict) else {}


def code_of(envelope: dict[str, Any]) -> int | None:
    """Read the code; the product methods' page types it as a string, so errors may be one."""
    code = envelope.get("code")
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) <= 3:
        return int(code) if int(code) != 20 else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def signed(handle: Handle, action: str, **params: Any) -> dict[str, str]:
    fields = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in {**params, "action": action, "apiKey": handle.api_key}.items()
        if value is not None
    }
    text = handle.secret + "".join(name + fields[name] for name in sorted(fields))
    fields["signature"] = hashlib.md5(text.encode("utf-8")).hexdigest()
    return fields


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> SimpleNamespace:
    urls = {"api_url": api_url, "upload_url": upload_url}
    handle = Handle(api_key, secret, **{k: v for k, v in urls.items() if v})  # type: ignore[arg-type]
    functions = (create, create_from_url, get, update, delete, embed, stats, user_stats)
    bound: dict[str, Any] = {
        f.__name__: functools.partial(f, handle) for f in (*functions, download)
    }
    bound["list"] = functools.partial(list_collections, handle)
    bound["wait_until_ready"] = functools.partial(wait_until_ready, handle)
    return SimpleNamespace(**bound, close=lambda: None)
