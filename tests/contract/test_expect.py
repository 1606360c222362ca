"""A block asserts that a code was delivered, and raised or returned as declared."""

from __future__ import annotations

import inspect
import time
from typing import Any

import pytest

from pytest_flipsnack import Code, Flipsnack
from tests.contract.faulty_client import Client, FlipsnackError, RateLimited, complaint


@pytest.mark.parametrize("code", [22, 30, 31, 32, 33, 38, 40, 41, 43, 44, 46, 47, 50])
def test_a_right_client_is_not_accused(flipsnack: Flipsnack, code: int) -> None:
    assert complaint(flipsnack, Client(flipsnack), code) == ""
    assert complaint(flipsnack, Client(flipsnack, retry_on=()), code) == ""


def test_a_client_that_comes_through_passes_without_raises(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(50, 31):
        Client(flipsnack).call()
    assert [call.code for call in flipsnack.calls] == [50, 31, 20]


def test_after_the_block_its_value_is_what_was_raised(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, raises=FlipsnackError) as seen:
        Client(flipsnack).call()
    assert isinstance(seen.value, FlipsnackError)
    assert seen.value.code == 41


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


def test_an_error_that_does_not_tell_its_code_is_named(flipsnack: Flipsnack) -> None:
    client = Client(flipsnack, tells=False)
    assert complaint(flipsnack, client, 41).splitlines()[:2] == [
        "FlipsnackError('refused') does not carry the code 41",
        "    allowed: 41 in an attribute or in the text (41 Invalid credentials)",
    ]
    assert complaint(flipsnack, client, 41, tells_code=False) == ""


def test_a_returned_value_is_judged(flipsnack: Flipsnack) -> None:
    with flipsnack.expect(41, returns=lambda answer: answer["code"] == 41) as seen:
        seen.value = Client(flipsnack).ask()
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, returns="an error") as seen:
            seen.value = None
            Client(flipsnack).ask()
    assert str(failure.value).splitlines()[:2] == [
        "the client returned None after 41 Invalid credentials",
        "    allowed: 'an error'",
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


def test_a_function_of_returns_that_cannot_take_the_value_is_a_finding(
    flipsnack: Flipsnack,
) -> None:
    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(41, returns=lambda result: result.code == 41) as seen:
            seen.value = Client(flipsnack, retry_on=()).ask()["code"]
    assert str(failure.value).splitlines()[:2] == [
        "the function of returns raised AttributeError: 'int' object has no attribute 'code'",
        "    allowed: a function that takes 41",
    ]
