"""Faults and retries: what a client meets here is what it meets on a real wire."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pytest_flipsnack import FaultName
from pytest_flipsnack.flipsnack import Flipsnack
from tests.transports.right_client import (
    API,
    PDF,
    UPLOAD,
    anatomy,
    answers,
    nobody,
    reset,
    server,
    signed,
    silence,
)

REAL: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "refused": nobody,
    "timeout": lambda: server(silence),
    "reset": lambda: server(reset),
}
RETRIES: dict[str, Callable[[], Retry | int]] = {
    "none": lambda: 0,
    "two": lambda: Retry(2, backoff_factor=0.01),
    "connect only": lambda: Retry(connect=2, read=0),
    "not of reads": lambda: Retry(2, read=False),
    "never for a GET": lambda: Retry(2, allowed_methods=["POST"]),
}


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Record the sleeps and pass over them."""
    sleeps: list[float] = []
    monkeypatch.setattr(time, "sleep", sleeps.append)
    return sleeps


def session_with(retries: Retry | int) -> requests.Session:
    session = requests.Session()
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retries))
    return session


def error_of(url: str, params: dict[str, str], retries: Retry | int) -> requests.RequestException:
    with session_with(retries) as session, pytest.raises(requests.RequestException) as caught:
        session.get(url, params=params, timeout=0.05)
    return caught.value


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("refused", requests.exceptions.ConnectionError),
        ("timeout", requests.exceptions.ReadTimeout),
        ("reset", requests.exceptions.ConnectionError),
    ],
)
def test_a_fault_raises_what_requests_raises(
    fault: FaultName, kind: type[requests.RequestException]
) -> None:
    with Flipsnack() as fake:
        fake.fail(fault)
        error = error_of(API, signed(fake), 0)

    assert type(error) is kind
    assert error.request is not None
    assert str(error.request.url).startswith(API)
    assert [call.fault for call in fake.calls] == [fault]


@pytest.mark.parametrize("retries", RETRIES)
@pytest.mark.parametrize("fault", REAL)
def test_a_fault_is_made_of_what_it_is_made_of_on_a_real_wire(
    fault: FaultName, retries: str, slept: list[float]
) -> None:
    with REAL[fault]() as url:
        real = error_of(url, {}, RETRIES[retries]())
    really_slept, slept[:] = list(slept), []

    with Flipsnack() as fake:
        fake.fail(fault)
        fake.fail(fault)
        fake.fail(fault)
        ours = error_of(API, signed(fake), RETRIES[retries]())
        fake.fake.stubs._queues.clear()

    assert anatomy(ours) == anatomy(real)
    assert slept == really_slept


@pytest.mark.parametrize("retries", [Retry(3, backoff_factor=0.5), Retry(3, backoff_factor=0)])
def test_a_refused_connection_is_tried_again_after_the_real_waits(
    retries: Retry, slept: list[float]
) -> None:
    with Flipsnack() as fake, session_with(retries) as session:
        for _ in range(3):
            fake.fail("refused")

        assert session.get(API, params=signed(fake)).json()["code"] == 20

    assert [call.outcome for call in fake.calls] == ["refused", "refused", "refused", "20"]
    assert slept == ([1.0, 2.0] if retries.backoff_factor else [])


def forced(total: int, *, raise_on_status: bool = True) -> Retry:
    return Retry(total, status_forcelist=[500], backoff_factor=0.5, raise_on_status=raise_on_status)


def test_http_500_is_tried_again_after_the_real_waits(slept: list[float]) -> None:
    with server(answers(500, 500, 500, 200)) as url, session_with(forced(3)) as session:
        real = session.get(url)
    really_slept, slept[:] = list(slept), []

    with Flipsnack() as fake, session_with(forced(3)) as session:
        for _ in range(3):
            fake.fail("http_500")
        ours = session.get(API, params=signed(fake))

    assert ours.status_code == real.status_code == 200
    assert slept == really_slept == [1.0, 2.0]
    assert [call.outcome for call in fake.calls] == ["http_500"] * 3 + ["20"]


def test_http_500_to_the_end_raises_what_requests_raises(slept: list[float]) -> None:
    with server(answers(500, 500, 500)) as url:
        real = error_of(url, {}, forced(2))

    with Flipsnack() as fake:
        for _ in range(3):
            fake.fail("http_500")
        ours = error_of(API, signed(fake), forced(2))

    assert anatomy(ours) == anatomy(real) == ["RetryError", "MaxRetryError", "ResponseError"]


def test_http_500_to_the_end_is_returned_where_the_client_says_so(slept: list[float]) -> None:
    with Flipsnack() as fake, session_with(forced(1, raise_on_status=False)) as session:
        fake.fail("http_500")
        fake.fail("http_500_envelope")

        response = session.get(API, params=signed(fake))

    assert (response.status_code, response.json()["code"]) == (500, 50)


def test_http_500_is_no_business_of_a_plain_adapter(slept: list[float]) -> None:
    with Flipsnack() as fake:
        fake.fail("http_500")

        assert requests.get(API, params=signed(fake)).status_code == 500

    assert slept == []


def as_sent(body: bytes) -> object:
    return body


def generated(body: bytes) -> object:
    return iter([body[:50], body[50:]])


@pytest.mark.parametrize("how", [as_sent, generated, io.BytesIO])
def test_a_retried_upload_arrives_whole(how: Callable[[bytes], object], slept: list[float]) -> None:
    retries = Retry(1, status_forcelist=[500], allowed_methods=["POST"])
    with Flipsnack() as fake, session_with(retries) as session:
        params = signed(fake, "collection.create")
        prepared = requests.Request("POST", UPLOAD, data=params, files={"file": PDF}).prepare()
        assert isinstance(prepared.body, bytes)
        prepared.body = how(prepared.body)  # type: ignore[assignment]
        fake.fail("http_500")

        assert session.send(prepared).json()["code"] == 20

    assert [call.files["file"] for call in fake.calls] == [PDF, PDF]
