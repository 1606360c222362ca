"""Faults and retries on `requests`: what is answered in process is what a socket would give."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable
from typing import Any

import pytest
import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pytest_flipsnack import FaultName, Flipsnack
from tests.transports.asking import API, PDF, UPLOAD, code_of, codes, form, signed

Way = Callable[[Flipsnack], str]
IN_PROCESS: Way = lambda flipsnack: API  # noqa: E731
BOTH = pytest.mark.parametrize(
    "way", [IN_PROCESS, lambda flipsnack: flipsnack.url], ids=["in process", "on a socket"]
)


def send(url: str, flipsnack: Flipsnack, retries: Any = 0, **how: Any) -> requests.Response:
    """Send one request with an adapter that retries so."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retries))
        session.mount("http://", HTTPAdapter(max_retries=retries))
        return session.get(url, params=signed(flipsnack), **{"timeout": 0.05, **how})


def story(error: BaseException | None) -> list[str]:
    """Return the classes of an error, of what it wraps, and so on."""
    told: list[str] = []
    while isinstance(error, BaseException):
        told.append(type(error).__name__)
        inner = getattr(error, "reason", None) or next(iter(error.args[::-1]), None)
        error = inner if isinstance(inner, BaseException) else None
    return told


FAULTS: dict[str, tuple[type[Exception], list[str]]] = {
    "timeout": (requests.exceptions.ReadTimeout, ["ReadTimeout", "ReadTimeoutError"]),
    "refused": (
        requests.exceptions.ConnectionError,
        ["ConnectionError", "MaxRetryError", "NewConnectionError"],
    ),
    "reset": (
        requests.exceptions.ConnectionError,
        ["ConnectionError", "ProtocolError", "ConnectionResetError"],
    ),
}


@BOTH
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_on_the_wire_raises_what_requests_raises(
    flipsnack: Flipsnack, way: Way, fault: FaultName
) -> None:
    kind, told = FAULTS[fault]
    flipsnack.fail(fault)
    url = way(flipsnack)

    with pytest.raises(kind) as caught:
        send(url, flipsnack)

    assert story(caught.value) == told
    assert isinstance(caught.value, requests.RequestException)
    assert caught.value.request is not None
    assert [call.fault for call in flipsnack.calls] == [fault]


@BOTH
@pytest.mark.parametrize("fault", ["timeout", "reset"])
def test_a_retry_adapter_that_gives_up_wraps_the_last_fault(
    flipsnack: Flipsnack, way: Way, fault: FaultName
) -> None:
    flipsnack.fail(fault)
    flipsnack.fail(fault)
    url = way(flipsnack)

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        send(url, flipsnack, Retry(1))

    assert story(caught.value)[:2] == ["ConnectionError", "MaxRetryError"]
    assert codes(flipsnack) == [None, None]


@BOTH
def test_a_retry_adapter_waits_between_refused_connections(flipsnack: Flipsnack, way: Way) -> None:
    for _ in range(4):
        flipsnack.fail("refused")
    url = way(flipsnack)

    with flipsnack.clock:
        response = send(url, flipsnack, Retry(connect=4, backoff_factor=1), timeout=5)

    assert code_of(response) == 20
    assert [sleep.seconds for sleep in flipsnack.clock.sleeps] == [2.0, 4.0, 8.0]
    assert [call.fault for call in flipsnack.calls] == ["refused"] * 4 + [None]


@BOTH
def test_refused_connections_beyond_the_bound_raise(flipsnack: Flipsnack, way: Way) -> None:
    for _ in range(3):
        flipsnack.fail("refused")
    url = way(flipsnack)

    with flipsnack.clock, pytest.raises(requests.exceptions.ConnectionError) as caught:
        send(url, flipsnack, Retry(connect=2, backoff_factor=0.5), timeout=5)

    assert story(caught.value) == ["ConnectionError", "MaxRetryError", "NewConnectionError"]
    assert [sleep.seconds for sleep in flipsnack.clock.sleeps] == [1.0]


@BOTH
def test_a_retry_adapter_waits_between_answers_of_http_500(flipsnack: Flipsnack, way: Way) -> None:
    for _ in range(3):
        flipsnack.fail("http_500")
    url = way(flipsnack)

    with flipsnack.clock:
        response = send(
            url, flipsnack, Retry(3, backoff_factor=1.5, status_forcelist=[500]), timeout=5
        )

    assert code_of(response) == 20
    assert [sleep.seconds for sleep in flipsnack.clock.sleeps] == [3.0, 6.0]
    first, second = [call.at for call in flipsnack.calls][2:]
    assert second - first == pytest.approx(6.0, abs=0.5)


@BOTH
def test_http_500_beyond_the_bound_raises_or_is_returned_as_asked(
    flipsnack: Flipsnack, way: Way
) -> None:
    for _ in range(4):
        flipsnack.fail("http_500")
    raising = Retry(1, status_forcelist=[500])
    returning = Retry(1, status_forcelist=[500], raise_on_status=False)
    url = way(flipsnack)

    with pytest.raises(requests.exceptions.RetryError) as caught:
        send(url, flipsnack, raising, timeout=5)
    response = send(url, flipsnack, returning, timeout=5)

    assert story(caught.value) == ["RetryError", "MaxRetryError", "ResponseError"]
    assert response.status_code == 500
    assert len(flipsnack.calls) == 4


@BOTH
def test_without_a_list_of_statuses_http_500_is_just_an_answer(
    flipsnack: Flipsnack, way: Way
) -> None:
    flipsnack.fail("http_500")
    url = way(flipsnack)

    response = send(url, flipsnack, 3, timeout=5)

    assert response.status_code == 500
    assert len(flipsnack.calls) == 1


def upload(
    base: str, flipsnack: Flipsnack, data: Any, kind: str, retry: Retry
) -> requests.Response:
    """Post an upload with an adapter that retries so."""
    with requests.Session() as session:
        session.mount("https://", HTTPAdapter(max_retries=retry))
        session.mount("http://", HTTPAdapter(max_retries=retry))
        return session.post(base, data=data, headers={"Content-Type": kind}, timeout=5)


UPLOADS = pytest.mark.parametrize(
    "way",
    [lambda flipsnack: UPLOAD, lambda flipsnack: flipsnack.upload_url],
    ids=["in process", "on a socket"],
)


@UPLOADS
@pytest.mark.parametrize("fault", ["http_500", "reset"])
def test_a_file_object_is_sent_whole_again(
    flipsnack: Flipsnack, way: Way, fault: FaultName
) -> None:
    flipsnack.fail(fault)
    body, kind = form(flipsnack)
    file = io.BytesIO(b"left out" + body)
    file.seek(8)
    retry = Retry(2, status_forcelist=[500], allowed_methods=None)

    response = upload(way(flipsnack), flipsnack, file, kind, retry)

    assert code_of(response) == 20
    assert [call.files for call in flipsnack.calls] == [{"file": PDF}] * 2


def test_a_generator_is_sent_whole_again(flipsnack: Flipsnack) -> None:
    flipsnack.fail("http_500")
    body, kind = form(flipsnack)
    retry = Retry(1, status_forcelist=[500], allowed_methods=None)

    response = upload(UPLOAD, flipsnack, iter([body[:9], body[9:]]), kind, retry)

    assert code_of(response) == 20
    assert [call.files for call in flipsnack.calls] == [{"file": PDF}] * 2


@pytest.mark.parametrize("fault", ["refused", "timeout"])
@pytest.mark.parametrize("retries", [0, 2])
@pytest.mark.parametrize(
    ("url", "pool"),
    [
        (API, "HTTPSConnectionPool(host='api.flipsnack.com', port=443): "),
        (API.replace("https", "http"), "HTTPConnectionPool(host='api.flipsnack.com', port=80): "),
    ],
)
def test_the_text_of_an_error_names_the_host_that_was_called(
    flipsnack: Flipsnack, fault: FaultName, retries: int, url: str, pool: str
) -> None:
    for _ in range(retries + 1):
        flipsnack.fail(fault)
    flipsnack.allow(40)
    with pytest.raises(requests.exceptions.RequestException) as caught:
        send(url, flipsnack, Retry(retries), timeout=5)
    exhausted = "Max retries exceeded with url: /v1/?" if fault == "refused" or retries else ""
    assert str(caught.value).startswith(pool + exhausted)


@UPLOADS
def test_an_upload_is_not_retried_after_a_lost_answer(flipsnack: Flipsnack, way: Way) -> None:
    flipsnack.fail("reset")
    body, kind = form(flipsnack)
    url = way(flipsnack)

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        upload(url, flipsnack, body, kind, Retry(3))

    assert story(caught.value) == ["ConnectionError", "ProtocolError", "ConnectionResetError"]
    assert f"ConnectionResetError({errno.ECONNRESET}, 'Connection reset by peer')" in str(
        caught.value
    )
    assert len(flipsnack.calls) == 1


def test_a_retry_adapter_that_listens_to_a_header_waits_as_urllib3_would(
    flipsnack: Flipsnack,
) -> None:
    class Patient(Retry):
        def get_retry_after(self, response: urllib3.BaseHTTPResponse) -> float | None:
            return 7.0

    flipsnack.fail("http_500")

    with flipsnack.clock:
        send(API, flipsnack, Patient(1, status_forcelist=[500]), timeout=5)

    assert [sleep.seconds for sleep in flipsnack.clock.sleeps] == [7.0]
