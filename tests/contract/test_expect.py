"""One line asserts everything the contract says about a code."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
import threading
import time
from typing import Any

import pytest
import requests

from pytest_flipsnack import Code, Flipsnack, Retry, RetryMode
from pytest_flipsnack.contract.judge import ClientDoesNotStopError
from tests.contract.acme import Client, FlipsnackError, RateLimited


def complaint(flipsnack: Flipsnack, client: Client, *codes: int, **how: Any) -> str:
    """Return what an expectation says of a client, or an empty text."""
    how.setdefault("raises", FlipsnackError)
    try:
        with flipsnack.expect(*codes, **how):
            client.call()
    except AssertionError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("code", [22, 30, 31, 32, 33, 38, 40, 41, 43, 44, 46, 47, 50])
def test_a_right_client_is_not_accused(flipsnack: Flipsnack, code: int) -> None:
    assert complaint(flipsnack, Client(flipsnack), code) == ""
    assert complaint(flipsnack, Client(flipsnack, retry_on=()), code) == ""


def test_a_client_that_comes_through_passes_without_raises(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(50, 31):
        Client(flipsnack).call()
    assert [call.code for call in flipsnack.calls] == [50, 31, 20]


def test_an_error_that_nobody_expected_is_the_clients_own(flipsnack: Flipsnack) -> None:
    with pytest.raises(FlipsnackError), flipsnack.expect(50):
        Client(flipsnack, retry_on=()).call()


def test_an_error_after_a_code_that_stays_is_told_how_to_write_it(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure, flipsnack.expect(41):
        Client(flipsnack).call()
    assert str(failure.value).splitlines()[:2] == [
        "the client raised FlipsnackError after 41 Invalid credentials",
        "    allowed: a client may raise here; write expect(41, raises=FlipsnackError)",
    ]


@pytest.mark.parametrize("code", [22, 31, 38, 41, 44, 50])
def test_a_client_that_takes_no_notice_is_named(flipsnack: Flipsnack, code: int) -> None:
    with pytest.raises(AssertionError) as failure, flipsnack.expect(code):
        Client(flipsnack).ask()
    assert str(failure.value).splitlines() == [
        f"user.getStats answered {Code(code).label} and the client neither raised an error nor recovered",
        f"    allowed: a retry that succeeds, or an error: expect({code}, raises=...), "
        f"expect({code}, returns=...)",
        f"    seen:    t=0.0 s {code}",
    ]


def test_a_success_needs_no_notice(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(20):
        Client(flipsnack).ask()


def test_a_block_without_with_is_named() -> None:
    flipsnack = Flipsnack().start()
    flipsnack.expect(31, 41, raises=FlipsnackError)
    line = inspect.currentframe().f_lineno - 1  # type: ignore[union-attr]

    assert flipsnack.stop() == [
        f"flipsnack.expect(31, 41) at test_expect.py:{line} is not a block, and asserted nothing\n"
        "    way out: write with flipsnack.expect(31, 41): and the call below"
    ]


@pytest.mark.parametrize("raises", ["AuthError", (), (FlipsnackError, 3), FlipsnackError("no")])
def test_what_cannot_be_raised_is_refused(flipsnack: Flipsnack, raises: Any) -> None:
    with pytest.raises(TypeError) as failure:
        flipsnack.expect(41, raises=raises)
    assert str(failure.value) == f"raises must be an exception class or a tuple, not {raises!r}"


def test_a_declared_value_need_not_tell_the_code(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=None) as seen:
        Client(flipsnack).ask()
        seen.value = None


def test_a_code_that_never_came_is_named(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure, flipsnack.expect(31, raises=FlipsnackError):
        pass
    assert str(failure.value) == (
        "31 was never delivered\n    allowed: a request inside the block\n    seen:    no request"
    )


@pytest.mark.parametrize("ends", [pytest.skip.Exception, pytest.fail.Exception, KeyboardInterrupt])
def test_a_test_that_ends_itself_is_not_the_clients_doing(
    flipsnack: Flipsnack, ends: type[BaseException]
) -> None:
    with pytest.raises(ends), flipsnack.expect(31, raises=FlipsnackError):
        raise ends("enough")
    assert not flipsnack.clock.running


def test_a_refusal_is_left_to_the_fixture_to_tell(flipsnack: Flipsnack) -> None:
    flipsnack.allow(44)
    client = Client(flipsnack)
    client.secret = "another"
    assert complaint(flipsnack, client, 50) == ""
    assert [call.code for call in flipsnack.calls] == [44]


def test_a_code_for_another_action_is_named(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack), 31, action="collection.getList")
    assert found.splitlines()[0] == (
        "31 was never delivered for collection.getList; the client called user.getStats"
    )


def test_the_wrong_exception_is_named(flipsnack: Flipsnack) -> None:
    assert complaint(flipsnack, Client(flipsnack), 41, raises=RateLimited) == (
        "the client raised FlipsnackError after 41 Invalid credentials\n"
        "    allowed: it raises RateLimited\n"
        "    seen:    t=0.0 s 41"
    )


def test_no_exception_at_all_is_named(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, raises=(RateLimited, FlipsnackError)):
            Client(flipsnack).ask()
    assert str(failure.value).splitlines()[:2] == [
        "the client raised nothing after 41 Invalid credentials",
        "    allowed: it raises RateLimited or FlipsnackError",
    ]


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


def test_an_error_that_does_not_tell_its_code_is_named(flipsnack: Flipsnack) -> None:
    client = Client(flipsnack, tells=False)
    assert complaint(flipsnack, client, 41).splitlines()[:2] == [
        "FlipsnackError('refused') does not carry the code 41",
        "    allowed: 41 in an attribute or in the text (41 Invalid credentials)",
    ]
    assert complaint(flipsnack, client, 41, tells_code=False) == ""


@pytest.mark.parametrize("leak", ["secret", "signature"])
def test_a_secret_in_the_log_is_named(flipsnack: Flipsnack, leak: str) -> None:
    found = complaint(flipsnack, Client(flipsnack, logs=leak), 41)
    assert found.splitlines()[:2] == [
        f"the {leak} was logged by acme: ***",
        "    allowed: no secret outside the request",
    ]
    assert flipsnack.secret not in found


def test_a_secret_that_is_an_ordinary_word_accuses_nobody() -> None:
    with Flipsnack("key", "secret") as flipsnack:
        client = Client(flipsnack, logs="secret", text="secret")
        assert complaint(flipsnack, client, 41) == ""


def test_a_secret_in_the_error_is_named(flipsnack: Flipsnack) -> None:
    found = complaint(flipsnack, Client(flipsnack, text="secret"), 41)
    assert found.splitlines()[0] == "the error shows the secret: FlipsnackError: ***"
    assert flipsnack.secret not in found


@pytest.mark.parametrize(
    ("retries", "rule"),
    [
        (1, "exactly 1 retries, each after a wait"),
        (False, "one request"),
        ("forbidden", "one request"),
        (Retry(at_most=1), "one request, or at most 1 retries after a wait"),
        (Retry(wait_s=1.5), "one request, or a bounded retry after a wait of 1.5 s or more"),
        (Retry(waits_s=(2, 1)), "one request, or a bounded retry after a wait"),
    ],
)
def test_a_declared_rule_is_held(flipsnack: Flipsnack, retries: Any, rule: str) -> None:
    found = complaint(flipsnack, Client(flipsnack), 50, retries=retries)
    assert f"    allowed: {rule} (50 Operation failed)" in found.splitlines()


@pytest.mark.parametrize(
    "retries",
    [2, True, "required", "allowed", RetryMode.REQUIRED, Retry(at_most=2, wait_s=1, grows=True)],
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


def test_a_returned_value_is_judged(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=lambda answer: answer["code"] == 41) as seen:
        seen.value = Client(flipsnack).ask()
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, returns="an error") as seen:
            seen.value = None
            Client(flipsnack).ask()
    assert str(failure.value).splitlines()[:2] == [
        "the client returned None after 41 Invalid credentials",
        "    allowed: a value that satisfies 'an error'",
    ]


def test_a_value_that_nobody_set_is_named(flipsnack: Flipsnack) -> None:
    with pytest.raises(
        AssertionError, match=r"seen\.value was not set, so there is no value to check"
    ):
        with flipsnack.expect(41, returns=None):
            Client(flipsnack).ask()


def test_answers_declared_outside_come_after(flipsnack: Flipsnack) -> None:
    flipsnack.respond(31)
    with flipsnack.expect(50):
        Client(flipsnack).call()
    assert [call.code for call in flipsnack.calls] == [50, 31, 20]


def test_time_is_virtual_and_recorded(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(50, raises=FlipsnackError):
        Client(flipsnack).call()
    assert [sleep.seconds for sleep in flipsnack.clock.sleeps] == [1.0, 2.0]
    assert not flipsnack.clock.running


def test_windows_and_processing_run_on_the_same_clock(
    flipsnack: Flipsnack, flipsnack_clock: Any
) -> None:
    flipsnack.configure(requests_per_second=2)
    client = Client(flipsnack)
    assert [client.ask()["code"] for _ in range(3)] == [20, 20, 31]
    time.sleep(1.5)
    assert client.ask()["code"] == 20
    flipsnack.collections.add("fxh4k89", processing_s=60)
    hashed = {"action": "collection.getCollection", "collectionHash": "fxh4k89"}
    assert client.ask(**hashed)["data"]["collectionStatus"] == "processing"
    time.sleep(60.5)
    assert client.ask(**hashed)["data"]["collectionStatus"] == "public"


def test_a_limiter_that_keeps_the_limit_by_its_own_clock_is_not_refused(
    flipsnack: Flipsnack, flipsnack_clock: Any
) -> None:
    flipsnack.configure(requests_per_second=5, requests_per_minute=60)
    client = Client(flipsnack)
    sent: list[float] = []
    for number in range(70):
        for most, span_s in ((5, 1.0), (60, 60.0)):
            while number >= most and (left_s := sent[-most] + span_s - time.monotonic()) > 0:
                time.sleep(left_s)
        assert client.ask()["code"] == 20
        sent.append(time.monotonic())


@pytest.mark.parametrize(
    ("codes", "how", "text"),
    [
        ((), {}, "expect() needs a status code, as in expect(31, raises=RateLimited)"),
        ((39,), {}, "39 is not a Flipsnack status code; known codes: 20, 22, 30,"),
        (
            (31,),
            {"action": "x"},
            "'x' is not a Flipsnack action; known actions: collection.create,",
        ),
        ((31,), {"retries": -1}, "-1 is not a rule for retries; allowed: a number of retries,"),
    ],
)
def test_a_wrong_declaration_is_an_error(
    flipsnack: Flipsnack, codes: tuple[int, ...], how: dict[str, Any], text: str
) -> None:
    with pytest.raises(ValueError) as error:
        flipsnack.expect(*codes, **how)
    assert str(error.value).startswith(text)


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


def test_a_secret_in_a_returned_error_is_named(flipsnack: Flipsnack) -> None:
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, returns=lambda result: result[0] == 41) as seen:
            code = Client(flipsnack).ask()["code"]
            seen.value = (code, f"refused for {flipsnack.secret}")
    assert str(failure.value).splitlines()[0] == (
        "the result shows the secret: tuple: (41, 'refused for ***')"
    )


def test_a_librarys_error_in_a_result_accuses_nobody(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=lambda result: result[0] == 41) as seen:
        code = Client(flipsnack).ask()["code"]
        seen.value = (code, requests.ConnectionError(f"/v1/?key={flipsnack.secret}"))
