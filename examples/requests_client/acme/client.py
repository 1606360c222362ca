"""One method per API call, with patience for what passes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests

from acme import wire
from acme.errors import FlipsnackError, Processing, RateLimited, Unavailable

RETRY_WAITS_S = (1.0, 2.0, 4.0, 8.0)
"""Before each new try after 22, 31, 32 and 50; then the error is the caller's."""
POLL_S = 3.0
POLLS = 20
"""A flipbook is looked at this often while it is processing."""


class Client:
    """A Flipsnack account. Every method raises `FlipsnackError`, `code` telling why."""

    def __init__(self, api_key: str, secret: str) -> None:
        self._api_key = api_key
        self._secret = secret
        self._session = requests.Session()

    def list_collections(self, **filters: str) -> list[dict[str, Any]]:
        """Return the account's flipbooks; filters are query, collectionStatus, from."""
        found: list[dict[str, Any]] = self._call("collection.getList", filters).get(
            "collections", []
        )
        return found

    def get_collection(self, name: str) -> dict[str, Any]:
        """Return one flipbook, ready or not."""
        return self._call("collection.getCollection", {"collectionHash": name})

    def create(self, file: Path | bytes, title: str = "") -> dict[str, Any]:
        """Upload a document and return the flipbook once it is ready."""
        if isinstance(file, Path):
            upload = (file.name, file.read_bytes())
        else:
            upload = ("document.pdf", file)
        params = {"title": title} if title else {}
        made = self._call("collection.create", params, upload)
        if made.get("collectionStatus") != "processing":
            return made
        return self._ready(str(made.get("collectionHash")))

    def update(self, name: str, **settings: str) -> dict[str, Any]:
        """Change a flipbook, waiting until it can be changed."""
        return self._once_ready("collection.update", name, settings)

    def delete(self, name: str) -> None:
        """Delete a flipbook."""
        self._call("collection.deleteCollection", {"collectionHash": name})

    def embed(self, name: str, **settings: str) -> str:
        """Return the HTML that shows a flipbook in a page."""
        data = self._call("collection.getEmbed", {"collectionHash": name, **settings})
        return str(data.get("embedCode", ""))

    def stats(self, name: str, **period: str) -> dict[str, Any]:
        """Return a flipbook's figures; startDate and endDate are YYYY-MM-DD."""
        return self._call("collection.getStats", {"collectionHash": name, **period})

    def user_stats(self) -> dict[str, Any]:
        """Return the account's figures."""
        return self._call("user.getStats", {})

    def download_html(self, name: str) -> str:
        """Return the URL of the HTML archive, which Flipsnack keeps for one minute."""
        for _ in _polls():
            data = self._once_ready("collection.downloadHTML", name, {})
            if data.get("status") == "COMPLETE":
                return str(data.get("resourceUrl"))
            if data.get("status") != "PROCESSING":
                raise FlipsnackError(f"collection.downloadHTML: {data.get('status')}")
        raise Processing("collection.downloadHTML: still processing", 38)

    def _once_ready(self, action: str, name: str, settings: dict[str, str]) -> dict[str, Any]:
        params = {**settings, "collectionHash": name}
        try:
            return self._call(action, params)
        except Processing:
            self._ready(name)
        return self._call(action, params)

    def _ready(self, name: str) -> dict[str, Any]:
        time.sleep(POLL_S)
        for _ in _polls():
            found = self.get_collection(name)
            if found.get("collectionStatus") != "processing":
                return found
        raise Processing(f"collection.getCollection: {name} is still processing", 38)

    def _call(
        self, action: str, params: dict[str, str], file: tuple[str, bytes] | None = None
    ) -> dict[str, Any]:
        signed = {**params, "action": action, "apiKey": self._api_key}
        signed["signature"] = wire.signature(self._secret, signed)
        for wait_s in RETRY_WAITS_S:
            try:
                return wire.ask(self._session, action, signed, file)
            except (RateLimited, Unavailable):
                time.sleep(wait_s)
        return wire.ask(self._session, action, signed, file)


def _polls() -> Iterator[int]:
    for number in range(POLLS):
        if number:
            time.sleep(POLL_S)
        yield number
