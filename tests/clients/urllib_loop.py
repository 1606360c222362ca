"""urllib style: nothing but the standard library, multipart built by hand."""

from __future__ import annotations

import http.client
import io
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from hashlib import md5
from pathlib import Path
from typing import IO, Any

RETRY_CODES = 22, 31, 32, 50
LARGEST = 500_000_000


class FlipsnackError(Exception):
    def __init__(self, message: str, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class FlipsnackConnectionError(FlipsnackError):
    pass


class FlipsnackProcessing(FlipsnackError):
    pass


ERROR = FlipsnackError


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Nobody but the API gets to see a signed request."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> None:
        return None


def multipart(fields: dict[str, str], file: tuple[str, bytes] | None = None) -> tuple[bytes, str]:
    """Build a multipart/form-data body; returns it with its Content-Type."""
    boundary = uuid.uuid4().hex
    body = bytearray()
    for name, value in fields.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        body += head.encode() + value.encode("utf-8") + b"\r\n"
    if file is not None:
        filename, content = file
        filename = filename.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"'
        body += f"{head}\r\nContent-Type: application/pdf\r\n\r\n".encode() + content + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={boundary}"


def measured(document: IO[bytes]) -> bytes:
    """Return the rest of a file, unless it is too large."""
    start = document.tell()
    size = document.seek(0, io.SEEK_END) - start
    if size > LARGEST:
        raise FlipsnackError(f"a document of {size} bytes is too large")
    document.seek(start)
    return document.read(size)


class FlipsnackClient:
    max_tries = 4
    first_wait = 1.0
    timeout = 20.0
    poll_wait = 3.0
    max_polls = 20

    def __init__(self, api_key: str, secret: str, api_url: str, upload_url: str) -> None:
        self._api_key = api_key
        self._secret = secret
        self._api_url = api_url
        self._upload_url = upload_url
        self._opener = urllib.request.build_opener(NoRedirects)

    def create(
        self,
        document: bytes | Path | IO[bytes],
        *,
        filename: str = "book.pdf",
        title: str | None = None,
    ) -> dict[str, Any]:
        if isinstance(document, Path):
            with document.open("rb") as opened:
                return self.create(opened, filename=document.name, title=title)
        file = document if isinstance(document, bytes) else measured(document)
        return self._post({"title": title}, (filename, file))

    def create_from_url(self, url: str) -> dict[str, Any]:
        return self._post({"fileUrl": url})

    def get(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getCollection", {"collectionHash": hash})

    def update(self, hash: str, **settings: Any) -> dict[str, Any]:
        return self._get_ready("collection.update", {**settings, "collectionHash": hash})

    def delete(self, hash: str) -> None:
        self._get("collection.deleteCollection", {"collectionHash": hash})

    def embed(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getEmbed", {"collectionHash": hash})

    def stats(self, hash: str) -> dict[str, Any]:
        return self._get("collection.getStats", {"collectionHash": hash})

    def user_stats(self) -> dict[str, Any]:
        return self._get("user.getStats", {})

    def list(self, **filters: Any) -> list[dict[str, Any]]:
        return self._get("collection.getList", filters).get("collections") or []

    def download(self, hash: str) -> str:
        polls = 1
        data = self._get_ready("collection.downloadHTML", {"collectionHash": hash})
        while data.get("status") == "PROCESSING" and polls < self.max_polls:
            time.sleep(self.poll_wait)
            polls += 1
            data = self._get_ready("collection.downloadHTML", {"collectionHash": hash})
        if data.get("status") == "COMPLETE" and data.get("resourceUrl"):
            return str(data["resourceUrl"])
        raise FlipsnackError(f"download of {hash}: {data.get('status')} after {polls} requests")

    def wait_until_ready(self, hash: str) -> dict[str, Any]:
        problem = FlipsnackError(f"{hash} is still processing")
        for poll in range(self.max_polls):
            if poll > 0:
                time.sleep(self.poll_wait)
            try:
                collection = self.get(hash)
            except FlipsnackProcessing as exc:
                problem = exc
                continue
            if collection.get("collectionStatus") != "processing":
                return collection
            problem = FlipsnackError(f"{hash} is still processing")
        raise problem

    def close(self) -> None:
        self._opener.close()

    def _get_ready(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        for _ in range(self.max_tries - 1):
            try:
                return self._get(action, params)
            except FlipsnackProcessing:
                time.sleep(self.poll_wait)
                self.wait_until_ready(params["collectionHash"])
        return self._get(action, params)

    def _get(self, action: str, params: dict[str, Any]) -> dict[str, Any]:
        query = urllib.parse.urlencode(self._signed(action, params))
        return self._loop(action, urllib.request.Request(f"{self._api_url}/?{query}"))

    def _post(
        self, params: dict[str, Any], file: tuple[str, bytes] | None = None
    ) -> dict[str, Any]:
        body, content_type = multipart(self._signed("collection.create", params), file)
        headers = {"Content-Type": content_type}
        request = urllib.request.Request(f"{self._upload_url}/", body, headers, method="POST")
        return self._loop("collection.create", request)

    def _loop(self, action: str, request: urllib.request.Request) -> dict[str, Any]:
        wait = self.first_wait
        tries = 0
        while True:
            tries += 1
            try:
                return self._open(action, request)
            except FlipsnackError as exc:
                if exc.code not in RETRY_CODES or tries == self.max_tries:
                    raise
            time.sleep(wait)
            wait *= 2

    def _open(self, action: str, request: urllib.request.Request) -> dict[str, Any]:
        try:
            try:
                response = self._opener.open(request, timeout=self.timeout)
            except urllib.error.HTTPError as exc:
                response = exc  # an answer as well, with a body to read
            with response:
                status, raw = response.status, response.read()
        except (OSError, http.client.HTTPException) as exc:
            reason = type(getattr(exc, "reason", exc)).__name__
            raise FlipsnackConnectionError(f"{action}: {reason}") from None
        try:
            envelope = json.loads(raw.decode("utf-8"))
            code = envelope["code"]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise FlipsnackError(f"{action}: HTTP {status} without an envelope") from None
        if not isinstance(code, int) or isinstance(code, bool):
            raise FlipsnackError(f"{action}: the envelope has no numeric code")
        if code == 38:
            raise FlipsnackProcessing(f"{action}: error 38, in processing state", code)
        if code != 20:
            raise FlipsnackError(f"{action}: error {code}", code)
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}

    def _signed(self, action: str, params: dict[str, Any]) -> dict[str, str]:
        fields = {k: v for k, v in params.items() if v is not None}
        fields = {k: str(v).lower() if isinstance(v, bool) else str(v) for k, v in fields.items()}
        fields.update(action=action, apiKey=self._api_key)
        text = self._secret + "".join(name + fields[name] for name in sorted(fields))
        fields["signature"] = md5(text.encode("utf-8")).hexdigest()
        return fields


def make(
    api_key: str, secret: str, api_url: str | None = None, upload_url: str | None = None
) -> FlipsnackClient:
    return FlipsnackClient(
        api_key,
        secret,
        (api_url or "https://api.flipsnack.com/v1").rstrip("/"),
        (upload_url or "https://upload.flipsnack.com/v1").rstrip("/"),
    )
