"""A server on this machine that sends requests on to the real API and keeps the replies."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

from pytest_flipsnack.catalogue.action import API_HOST, BASE_PATH, UPLOAD_HOST
from pytest_flipsnack.fake.request import Request, parse
from pytest_flipsnack.live.detour import Detour
from pytest_flipsnack.live.environment import Account
from pytest_flipsnack.live.limits import Limits, Pace, SpentError
from pytest_flipsnack.live.recording import Recording
from pytest_flipsnack.transports.server.addresses import ADDRESS
from pytest_flipsnack.transports.server.listener import Listener, Room
from pytest_flipsnack.transports.server.wsgi import Body, reset

_TIMEOUT_S = 60.0
_IN_MEMORY = 1_000_000
_HOP_BY_HOP = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer",
    "transfer-encoding", "upgrade", "host", "content-length", "content-encoding",
}  # fmt: skip


class Recorder:
    """Two servers in the place of the two hosts of the API; `test` names the test that runs."""

    def __init__(self, account: Account, limits: Limits) -> None:
        self.account = account
        self.recording = Recording((account.api_key, account.secret))
        self.test = ""
        self.troubles: list[str] = []
        """What kept a request from being answered, one line each."""
        self.detour = Detour(self.port, self.recording.hide)
        self._pace = Pace(limits)
        self._pool = _pool(account)
        self._servers = {
            host: Listener(ADDRESS, 0, _App(self, host), Room(None)) for host in account.urls
        }
        for host, server in self._servers.items():
            threading.Thread(
                target=server.serve_forever,
                kwargs={"poll_interval": 0.05},
                name=f"flipsnack-live-{host}",
                daemon=True,
            ).start()

    def port(self, host: str) -> int:
        """Return the port in the place of a documented host."""
        return self._servers[host].server_port

    def url(self, *, upload: bool) -> str:
        """Return the base URL of the recorder, for clients that take one."""
        return f"http://{ADDRESS}:{self.port(UPLOAD_HOST if upload else API_HOST)}{BASE_PATH}"

    def begin(self, test: str) -> None:
        """Record for a test from now on, once there is room for its requests."""
        self._pace.rest()
        self.test = test
        self.detour.start()

    def stop(self) -> None:
        """Stop both servers."""
        for server in self._servers.values():
            server.shutdown()
            server.server_close()
        self._pool.clear()

    def send(self, host: str, request: Request, headers: dict[str, str], body: IO[bytes]) -> Any:
        """Send a request on to the real API; return the answer, kept in the recording.

        Raises `ConnectionAbortedError`, noted as a trouble, where there is none.
        """
        test, trouble = self.test, ""
        self.recording.know(request.params.get("signature", ""))
        try:
            self._pace.wait(upload=host == UPLOAD_HOST)
            with self.detour.onward():
                answer = self._pool.request(
                    request.method,
                    self._url(host, request.url),
                    body=body if "Content-Length" in headers else None,
                    headers=headers,
                    redirect=False,
                    retries=False,
                    timeout=_TIMEOUT_S,
                    decode_content=True,
                )
        except SpentError as error:
            trouble = str(error)
        except urllib3.exceptions.HTTPError as error:
            trouble = f"{_shown(self.account.urls[host])} did not answer: {error}"
        if trouble:
            self.troubles.append(self.recording.hide(trouble))
            raise ConnectionAbortedError
        if request.method != "HEAD":
            self.recording.add(test, request.action or "", answer.status, answer.data)
        return answer

    def _url(self, host: str, url: str) -> str:
        """Return where the real API, or what stands in its place, is asked for a URL."""
        path = url.removeprefix(f"https://{host}")
        base = self.account.urls[host]
        if path.startswith(BASE_PATH):
            return base + path.removeprefix(BASE_PATH)
        return base.removesuffix(urlsplit(base).path) + path


def _pool(account: Account) -> urllib3.PoolManager:
    """Return what sends requests, by the proxy and with the authorities that requests would use."""
    given = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    authorities: dict[str, Any] = {
        "ca_cert_dir" if given and Path(given).is_dir() else "ca_certs": given
    }
    parts = urlsplit(account.urls[API_HOST])
    proxy = getproxies().get(parts.scheme)
    if not proxy or proxy_bypass(parts.netloc):
        return urllib3.PoolManager(**authorities)
    user = urllib3.util.parse_url(proxy).auth
    how = urllib3.util.make_headers(proxy_basic_auth=unquote(user)) if user else None
    return urllib3.ProxyManager(proxy, proxy_headers=how, **authorities)


def _shown(url: str) -> str:
    """Return an address without the user and the password that may stand in it."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


class _App:
    """The WSGI application in the place of one host."""

    def __init__(self, recorder: Recorder, host: str) -> None:
        self._recorder = recorder
        self._host = host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ.get("QUERY_STRING", "")
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace")
        url = f"https://{self._host}{path}" + (f"?{query}" if query else "")
        headers = _headers(environ)
        with SpooledTemporaryFile(_IN_MEMORY) as body:
            for piece in Body(environ):
                body.write(piece)
            size = body.tell()
            body.seek(0)
            request = parse(environ["REQUEST_METHOD"], url, headers, body)
            request.close()
            body.seek(0)
            if size or environ["REQUEST_METHOD"] == "POST":
                headers["Content-Length"] = str(size)
            try:
                answer = self._recorder.send(self._host, request, headers, body)
            except ConnectionAbortedError:
                reset(environ["werkzeug.socket"])
        kept = [
            (name, value)
            for name, value in answer.headers.items()
            if name.lower() not in _HOP_BY_HOP
        ]
        kept.append(("Content-Length", str(len(answer.data))))
        start_response(f"{answer.status} {answer.reason or 'OK'}", kept)
        return [answer.data]


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    """Return the headers of a request as they were sent; what is kept must not be compressed."""
    found = {
        key.removeprefix("HTTP_").replace("_", "-").title(): str(value)
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    kept = {name: value for name, value in found.items() if name.lower() not in _HOP_BY_HOP}
    if environ.get("CONTENT_TYPE"):
        kept["Content-Type"] = environ["CONTENT_TYPE"]
    return kept | {"Accept-Encoding": "identity"}
