"""A right Flipsnack client, over requests or over httpx: all but the sending is the same."""

from __future__ import annotations

import functools
import hashlib
import json
import ssl
import time
from typing import Any

API_URL = "https://api.flipsnack.com/v1/"
UPLOAD_URL = "https://upload.flipsnack.com/v1/"
TIMEOUT_S = 10.0
WAITS_S = (1.0, 2.0, 4.0)
"""Before each retry of 22, 31, 32 and 50."""
POLLS, POLL_S = 20, 3.0
Params = dict[str, str]


class FlipsnackError(Exception):
    """Flipsnack refused, failed or could not be reached; `code` is None without an answer."""

    def __init__(self, text: str, code: int | None = None) -> None:
        super().__init__(text)
        self.code = code


class TemporaryError(FlipsnackError):
    """22, 31, 32 and 50."""


class Client:
    """A Flipsnack account; `http` is a session of requests or a client of httpx."""

    def __init__(self, api_key: str, secret: str, http: Any, errors: type[Exception]) -> None:
        self._api_key, self._secret = api_key, secret
        self._http, self._errors = http, errors

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def call(self, action: str, file: bytes | None = None, **params: str) -> dict[str, Any]:
        """Return the `data` of an action, after a few retries where they help."""
        signed = self._sign({**params, "action": action, "apiKey": self._api_key})
        for wait_s in WAITS_S:
            try:
                return _data(action, self._ask(action, signed, file))
            except TemporaryError:
                time.sleep(wait_s)
        return _data(action, self._ask(action, signed, file))

    def download(self, hash: str) -> str:
        """Return the URL of the HTML archive once it is there."""
        for _ in range(POLLS):
            data = self.call("collection.downloadHTML", collectionHash=hash)
            if data.get("status") == "COMPLETE" and data.get("resourceUrl"):
                return str(data["resourceUrl"])
            if data.get("status") != "PROCESSING":
                raise FlipsnackError(f"collection.downloadHTML: {data.get('status')}")
            time.sleep(POLL_S)
        raise FlipsnackError("collection.downloadHTML: still processing")

    def _sign(self, params: Params) -> Params:
        text = self._secret + "".join(name + params[name] for name in sorted(params))
        return {**params, "signature": hashlib.md5(text.encode()).hexdigest()}

    def _ask(self, action: str, params: Params, file: bytes | None) -> bytes:
        try:
            return self._send(params, file)
        except self._errors as error:
            # its text may show the signed URL
            raise FlipsnackError(f"{action}: {type(error).__name__}") from None

    def _send(self, params: Params, file: bytes | None) -> bytes:
        if file is None:
            answer = self._http.request("GET", API_URL, params=params, timeout=TIMEOUT_S)
        else:
            files = {"file": ("document.pdf", file, "application/pdf")}
            answer = self._http.request(
                "POST", UPLOAD_URL, data=params, files=files, timeout=TIMEOUT_S
            )
        return bytes(answer.content)


def _data(action: str, body: bytes) -> dict[str, Any]:
    try:
        envelope = json.loads(body)
    except ValueError:
        raise FlipsnackError(f"{action}: the answer is not JSON") from None
    code = envelope.get("code") if isinstance(envelope, dict) else None
    if type(code) is not int:
        raise FlipsnackError(f"{action}: the answer has no code")
    if code in {22, 31, 32, 50}:
        raise TemporaryError(f"{action}: {code}", code)
    if code != 20:
        raise FlipsnackError(f"{action}: {code}", code)
    data = envelope.get("data")
    return data if isinstance(data, dict) else {}


def over_requests(api_key: str, secret: str) -> Client:
    """Return a client that sends with requests."""
    import requests

    return Client(api_key, secret, requests.Session(), requests.RequestException)


def over_httpx(api_key: str, secret: str) -> Client:
    """Return a client that sends with httpx, which reads the certificates for each client."""
    import httpx

    return Client(api_key, secret, httpx.Client(), httpx.HTTPError)


def over_httpx_sharing(api_key: str, secret: str) -> Client:
    """Return a client that sends with httpx, and shares its certificates with all others."""
    import httpx

    return Client(api_key, secret, httpx.Client(verify=_certificates()), httpx.HTTPError)


_certificates = functools.cache(ssl.create_default_context)
