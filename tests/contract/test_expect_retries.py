"""A block judges retries: whether one may be, after which wait, and that they end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from pytest_flipsnack import Flipsnack, Retry, RetryMode
from pytest_flipsnack.contract.judge import ClientDoesNotStopError
from tests.contract.faulty_client import Client, FlipsnackError, complaint


def test_a_pointless_retry_is_named(flipsnack: Flipsnack) -> None:
    assert complaint(flipsnack, Client(flipsnack, retry_on=(41,)), 41) == (
        "user.getStats answered 41 and the client retried after 1.0 s\n"
        "    allowed: one request (41 Invalid credentials)\n"
        "    seen:    t=0.0 s 41, t=1.0 s 41 <--, t=3.0 s 41"
    )


def test_a_retry_without_a_wait_is_named(flipsnack: Flipsnack) -> None:
    assert complaint(flipsnack, Client(flipsnack, wait_s=0), 31) == (
        "user.getStats answered 31 and the client retried after 0.0 s\n"
        "    allowed: one request, or a bounded retry after a wait "
        "(31 Requests per second limit exceeded)\n"
        "    seen:    t=0.0 s 31, t=0.0 s 31 <--, t=0.0 s 31"
    )


def test_an_endless_retry_without_a_wait_is_stopped_and_told_of_the_wait_first(
    flipsnack: Flipsnack,
) -> None:
    found = complaint(flipsnack, Client(flipsnack, forever=True, wait_s=0), 50)
    assert found.splitlines()[0] == ("user.getStats answered 50 and the client retried after 0.0 s")
    assert "... 492 more ..." in found


def test_an_endless_retry_is_stopped_and_named(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack, forever=True, wait_s=1), 50)
    lines = found.splitlines()
    assert lines[0] == "user.getStats answered 50 and the client did not stop: 500 requests"
    assert lines[1] == "    allowed: a limited number of requests"
    assert lines[2].startswith("    seen:    t=0.0 s 50, ")
    assert "... 492 more ..." in lines[2]


def test_growing_waits_without_an_end_are_stopped_by_the_clock(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack, forever=True, wait_s=4000), 50)
    assert found.splitlines()[0] == (
        "user.getStats answered 50 and the client did not stop: 22 requests in 24 h"
    )


@pytest.mark.parametrize(
    ("retries", "rule"),
    [
        (1, "exactly 1 retry, each after a wait"),
        (False, "one request"),
        ("forbidden", "one request"),
        (Retry(at_most=1), "one request, or at most 1 retry after a wait"),
        (Retry(wait_s=1.5), "one request, or a bounded retry after a wait of 1.5 s or more"),
        (Retry(waits_s=(2, 1)), "retries after waits of 2, 1 s"),
        (Retry(waits_s=(1,)), "retries after waits of 1 s"),
        (Retry(waits_s=(1, 2, 4)), "retries after waits of 1, 2, 4 s"),
        (Retry(waits_s=()), "one request"),
        (Retry(exactly=0), "one request"),
        (Retry(at_most=0), "one request"),
        (Retry(lasts_s=60), "one request, or a bounded retry after a wait, 60 s or more in all"),
    ],
)
def test_a_declared_rule_is_held(flipsnack: Flipsnack, retries: Any, rule: str) -> None:
    found = complaint(flipsnack, Client(flipsnack), 50, retries=retries)
    assert f"    allowed: {rule} (50 Operation failed)" in found.splitlines()


def test_the_waits_are_shown_as_they_were(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack), 50, retries=Retry(waits_s=(1, 3)))
    assert found.splitlines()[:2] == [
        "user.getStats answered 50 and the client retried after waits of 1.0, 2.0 s: raised "
        "FlipsnackError: refused",
        "    allowed: retries after waits of 1, 3 s (50 Operation failed)",
    ]


@pytest.mark.parametrize(
    ("made", "error", "text"),
    [
        (lambda: Retry(at_most=-1), ValueError, "at_most=-1 is not a whole number of 0 or more"),
        (
            lambda: Retry(exactly=True),
            ValueError,
            "exactly=True is not a whole number of 0 or more",
        ),
        (lambda: Retry(wait_s=float("inf")), ValueError, "wait_s=inf is not a number of 0 or more"),
        (
            lambda: Retry(waits_s=(1, "2")),  # type: ignore[arg-type]
            ValueError,
            "waits_s='2' is not a number of 0.001 or more",
        ),
        (
            lambda: Retry(waits_s="124"),  # type: ignore[arg-type]
            TypeError,
            "waits_s='124': write the waits in seconds, as in (1, 2, 4)",
        ),
        (
            lambda: Retry(waits_s=4),  # type: ignore[arg-type]
            TypeError,
            "waits_s=4: write the waits in seconds, as in (1, 2, 4)",
        ),
        (
            lambda: Retry(exactly=2.5),  # type: ignore[arg-type]
            ValueError,
            "exactly=2.5 is not a whole number of 0 or more",
        ),
        (
            lambda: Retry(waits_s=(1, None)),  # type: ignore[arg-type]
            ValueError,
            "waits_s=None is not a number of 0.001 or more",
        ),
        (lambda: Retry(waits_s=(0, 1)), ValueError, "waits_s=0 is not a number of 0.001 or more"),
        (
            lambda: Retry(waits_s=(1, 2), wait_s=2, lasts_s=60),
            ValueError,
            "waits_s names all waits; leave wait_s and lasts_s out",
        ),
        (
            lambda: Retry(mode=RetryMode.FORBIDDEN, exactly=3, grows=True),
            ValueError,
            "mode='forbidden' is one request; leave exactly and grows out",
        ),
        (
            lambda: Retry(mode=RetryMode.REQUIRED, at_most=0),
            ValueError,
            "mode='required' is at least one retry; at_most allows none",
        ),
        (
            lambda: Retry(at_most=3, exactly=3),
            ValueError,
            "at_most and exactly say how many retries there are; leave one of them out",
        ),
        (
            lambda: Retry(exactly=2, waits_s=(1, 2)),
            ValueError,
            "exactly and waits_s say how many retries there are; leave one of them out",
        ),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(
    made: Callable[[], Retry], error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=re.escape(text) + "$"):
        made()


@pytest.mark.parametrize(
    "retries",
    [
        2,
        True,
        Retry(waits_s=(1, 2)),
        "required",
        "allowed",
        RetryMode.REQUIRED,
        Retry(at_most=2, wait_s=1, grows=True),
    ],
)
def test_a_declared_rule_that_is_kept_passes(flipsnack: Flipsnack, retries: Any) -> None:
    assert complaint(flipsnack, Client(flipsnack), 50, retries=retries) == ""


def test_a_missing_retry_is_named_where_it_is_required(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack, retry_on=()), 50, retries="required")
    assert found.splitlines()[:2] == [
        "user.getStats answered 50 and the client did not retry: raised FlipsnackError: refused",
        "    allowed: a bounded retry, each after a wait (50 Operation failed)",
    ]


def test_a_missing_retry_shows_what_was_returned_instead(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(50, returns=lambda result: True, retries="required") as seen:
            seen.value = Client(flipsnack).ask()
    assert (
        str(failure.value)
        .splitlines()[0]
        .startswith(
            "user.getStats answered 50 and the client did not retry: returned {'code': 50, "
        )
    )


class Threaded(Client):
    """Asks in a daemon thread, where an error gets lost, and says that it failed."""

    def call(self, **params: str) -> None:
        thread = threading.Thread(target=self.ask_for_ever, daemon=True)
        thread.start()
        thread.join()
        raise FlipsnackError("failed after 31")

    def ask_for_ever(self) -> None:
        with contextlib.suppress(ClientDoesNotStopError):
            super().call()


class OnItsLoop(Client):
    """Asks on an event loop in a thread of its own."""

    def call(self, **params: str) -> None:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self.ask_for_ever(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def ask_for_ever(self) -> None:
        while self.ask()["code"] != 20:  # noqa: ASYNC110 - the fault itself
            await asyncio.sleep(600)


@pytest.mark.parametrize("made", [Threaded, OnItsLoop])
def test_an_endless_retry_in_a_thread_is_stopped_and_named(
    flipsnack: Flipsnack, made: type[Client]
) -> None:
    text = complaint(flipsnack, made(flipsnack, forever=True), 31)
    assert "answered 31 and the client did not stop: " in text


def test_waits_that_shrink_are_named_where_they_must_grow(flipsnack: Flipsnack) -> None:
    client = Client(flipsnack, waits_s=(2, 1))
    assert complaint(flipsnack, client, 50) == ""
    assert complaint(flipsnack, client, 50, retries=Retry(grows=True)) != ""


class Stubborn(Client):
    """Swallows every error, whatever it is, and begins with a wait."""

    def call(self, **params: str) -> Any:
        while True:
            try:
                time.sleep(5)
                if self.ask()["code"] == 20:
                    return None
            except:  # noqa: E722 - the fault itself
                continue


def test_a_client_that_swallows_even_that_it_must_stop_is_named(flipsnack: Flipsnack) -> None:
    text = complaint(flipsnack, Stubborn(flipsnack), 50)
    assert text.startswith("user.getStats answered 50 and the client did not stop: 500 requests")


class Waiting(Client):
    """Asks for ever in a thread, and waits for as long for what it brings."""

    def call(self, **params: str) -> None:
        answers: list[Any] = []

        def ask() -> None:
            with contextlib.suppress(ClientDoesNotStopError):
                while (answer := self.ask())["code"] != 20:
                    time.sleep(1)
                answers.append(answer)

        threading.Thread(target=ask, daemon=True).start()
        while not answers:
            time.sleep(600)


def test_who_waits_for_a_thread_that_was_stopped_is_stopped_too(flipsnack: Flipsnack) -> None:
    text = complaint(flipsnack, Waiting(flipsnack), 31)
    assert "answered 31 and the client did not stop: " in text


class Opaque:
    """A callable in whose place nothing can look on."""

    __slots__ = ()
    __call__ = staticmethod(functools.partial(lambda seconds: None))


def test_a_sleep_that_cannot_be_observed_is_named(
    flipsnack: Flipsnack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", Opaque())
    text = complaint(flipsnack, Client(flipsnack), 31)
    assert text.splitlines()[0] == ("user.getStats answered 31 and the client retried after 0.0 s")
    assert text.splitlines()[-1] == (
        "    hint:    time.sleep is Opaque, which cannot be observed; leave it alone, "
        "time is virtual here"
    )


def test_a_hasty_retry_is_named_also_where_the_clients_error_comes_through(
    flipsnack: Flipsnack,
) -> None:
    with pytest.raises(AssertionError) as failure, flipsnack.expect(38, 38, 38):
        Client(flipsnack, retry_on=(38,), wait_s=0).call()
    assert str(failure.value).startswith("user.getStats answered 38 and the client retried ")
