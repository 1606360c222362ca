"""Clients on `requests`: answered in process, through `responses`."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from typing import Any

import requests
import responses
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.exceptions import (
    HTTPError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)
from urllib3.util.retry import Retry as TransportRetry

from pytest_flipsnack.fake.addresses import FLIPSNACK_URL
from pytest_flipsnack.transports.in_process import InProcess
from pytest_flipsnack.transports.patches import OnImport, Patches

_AT_HAND = (str, bytes, bytearray, memoryview, type(None))


class RequestsTransport:
    """Answers every call of the API; all other requests go where they went before.

    Calls reach the fake also inside another `responses` or `requests-mock` block that knows
    nothing about them.
    """

    def __init__(self, requests: InProcess) -> None:
        self._patches = Patches()
        self._answer = _Answer(requests)
        self._mock = _Mock(self._answer, requests)
        self._requests_mock = OnImport("requests_mock", lambda: _RequestsMock(self._mock))

    def start(self) -> None:
        """Patch the adapter, and the other stubbing tools' way to refuse what they do not know."""
        answer, mock = self._answer, self._mock
        mock.onward = HTTPAdapter.send
        self._patches.set(HTTPAdapter, "send", mock.unbound_on_send())
        theirs = responses.RequestsMock._find_match

        def find(
            other: responses.RequestsMock, request: requests.PreparedRequest
        ) -> tuple[responses.BaseResponse | None, list[str]]:
            found, reasons = theirs(other, request)
            if found is None and mock.takes(request):
                return answer, []
            return found, reasons

        self._patches.set(responses.RequestsMock, "_find_match", find)
        self._patches.set(requests.Session, "merge_environment_settings", _merging())
        self._requests_mock.start()

    def stop(self) -> None:
        """Put everything back; a patch another tool restores later answers nothing any more."""
        self._requests_mock.stop()
        self._patches.undo()
        self._mock.active = False


class _RequestsMock:
    """Lets the fake answer what requests-mock does not know."""

    def __init__(self, mock: _Mock) -> None:
        self._mock = mock
        self._patches = Patches()

    def start(self) -> None:
        """Patch its way to refuse."""
        requests_mock: Any = sys.modules["requests_mock"]
        mock, theirs = self._mock, requests_mock.adapter.Adapter.send

        def send(adapter: Any, request: requests.PreparedRequest, **kwargs: Any) -> Any:
            try:
                return theirs(adapter, request, **kwargs)
            except requests_mock.exceptions.NoMockAddress:
                if not mock.takes(request):
                    raise
                return mock.unbound_on_send()(HTTPAdapter(), request, **kwargs)

        self._patches.set(requests_mock.adapter.Adapter, "send", send)

    def stop(self) -> None:
        """Put it back."""
        self._patches.undo()


class _Answer(responses.CallbackResponse):
    """The one registered response: any method, any Flipsnack URL."""

    def __init__(self, requests: InProcess) -> None:
        super().__init__("GET", FLIPSNACK_URL, self._call)
        self._requests = requests

    def _call(self, request: Any) -> tuple[int, dict[str, str], bytes]:
        self.calls.reset()  # responses keeps 10 KiB per call, and the fake has its own record
        reply = self._requests.reply(
            str(request.method),
            str(request.url),
            request.headers,
            request.body,
            timeout_s=_timeout(request.req_kwargs),
            blocked_loop=asyncio._get_running_loop() is not None,
            unverified=request.req_kwargs.get("verify") is False,
        )
        if reply.wire is not None:
            raise _wire_error(reply.wire, request)
        return reply.http_status, reply.headers, reply.body


class _Mock(responses.RequestsMock):
    """A mock that knows one answer, hands on what is no call, and retries as urllib3 would."""

    def __init__(self, answer: _Answer, requests: InProcess) -> None:
        super().__init__(assert_all_requests_are_fired=False)
        self.onward = HTTPAdapter.send
        self.active = True
        self._answer = answer
        self._requests = requests

    def takes(self, request: requests.PreparedRequest) -> bool:
        """Return whether a request is the fake's."""
        return self.active and self._requests.takes(str(request.url))

    def _hand_on(
        self, adapter: HTTPAdapter, request: requests.PreparedRequest, kwargs: dict[str, Any]
    ) -> requests.Response | None:
        """Return what others answer to a request; None where the fake must, because nobody does."""
        with self._requests.handing_on(str(request.method), str(request.url)) as on:
            if on.stays:  # a proxy would take it past whoever could stop it
                kwargs["proxies"] = {}
            try:
                return self.onward(adapter, request, **kwargs)
            except requests.ConnectionError:
                if not on.is_back:
                    raise
        return None

    def _on_request(
        self,
        adapter: HTTPAdapter,
        request: requests.PreparedRequest,
        *,
        retries: Any = None,
        **kwargs: Any,
    ) -> requests.Response:
        url = str(request.url)
        if not self.takes(request):
            response = self._hand_on(adapter, request, kwargs)
            if response is not None:
                return response
        if not isinstance(request.body, _AT_HAND):
            # a file or a generator is read once, a retry needs it again
            body: Any = request.body
            request.body = body.read() if hasattr(body, "read") else b"".join(body)
        request.req_kwargs = kwargs  # type: ignore[attr-defined] # as responses does
        retry: TransportRetry = adapter.max_retries
        while True:
            try:
                response = adapter.build_response(request, self._answer.get_response(request))
            except requests.RequestException as error:
                retry = _next_try(retry, request, error)
                retry.sleep()
                continue
            if not retry.is_retry(str(request.method), response.status_code, False):
                return response
            try:
                retry = retry.increment(request.method, url, response=response.raw)
            except MaxRetryError as error:
                if retry.raise_on_status:
                    raise requests.exceptions.RetryError(error, request=request) from error
                return response
            retry.sleep(response.raw)


def _merging() -> Any:
    """Return a merge of settings in which `session.verify = False` stays what it is.

    requests lets the environment (REQUESTS_CA_BUNDLE) turn verification on again, so the machine
    would decide whether a client that turns it off is seen.
    """
    theirs = requests.Session.merge_environment_settings

    def merge(session: requests.Session, url: Any, *given: Any, **named: Any) -> Any:
        settings = theirs(session, url, *given, **named)
        ours = session.verify is False and FLIPSNACK_URL.match(str(url)) is not None
        if ours and settings["verify"] == _bundle():
            settings["verify"] = False
        return settings

    return merge


def _bundle() -> str | None:
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")


def _timeout(sent: dict[str, Any]) -> float | None:
    timeout = sent.get("timeout")
    if isinstance(timeout, tuple):
        timeout = timeout[-1]
    if isinstance(timeout, urllib3.Timeout):
        timeout = timeout.clone()
        timeout.start_connect()  # a total counts from there, and cannot be read before
        timeout = timeout.read_timeout
    return timeout if isinstance(timeout, int | float) else None


def _next_try(
    retry: TransportRetry, request: requests.PreparedRequest, error: requests.RequestException
) -> TransportRetry:
    cause = error.args[0]
    if isinstance(cause, MaxRetryError):
        cause = cause.reason
    try:
        pool = urllib3.connection_from_url(str(request.url))
        return retry.increment(request.method, request.path_url, error=cause, _pool=pool)
    except HTTPError as exhausted:
        # urllib3 raises what went wrong itself where no retry was ever configured
        if not isinstance(exhausted, MaxRetryError):
            raise error from exhausted
        raise requests.exceptions.ConnectionError(exhausted, request=request) from exhausted


def _wire_error(wire: str, request: requests.PreparedRequest) -> requests.RequestException:
    pool, url = urllib3.connection_from_url(str(request.url)), request.path_url
    if wire == "timeout":
        cause: Exception = ReadTimeoutError(pool, url, "Read timed out.")
        return requests.exceptions.ReadTimeout(cause, request=request)
    if wire == "refused":
        refused = NewConnectionError(pool, f"[Errno {errno.ECONNREFUSED}] Connection refused")  # type: ignore[arg-type]
        exhausted = MaxRetryError(pool, url, refused)
        return requests.exceptions.ConnectionError(exhausted, request=request)
    reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    cause = ProtocolError("Connection aborted.", reset)
    return requests.exceptions.ConnectionError(cause, request=request)
