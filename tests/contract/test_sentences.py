"""What a finding says is a sentence, whatever came instead of an answer."""

from __future__ import annotations

import pytest

from pytest_flipsnack import Flipsnack
from pytest_flipsnack.contract.judge import reply_of
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import FAULTS
from tests.contract.faulty_client import Client, FlipsnackError
from tests.downstream import Project

SENTENCES = {
    "timeout": "gave no answer within the client's timeout",
    "refused": "refused the connection",
    "reset": "reset the connection before an answer",
    "html": "answered with a maintenance page in HTML",
    "empty": "answered with an empty body",
    "broken_json": "answered with a body that is not JSON",
    "truncated": "answered with an envelope cut short",
    "json_array": "answered with a JSON array instead of an envelope",
    "http_500": "answered with HTTP 500 and no envelope",
    "http_500_envelope": "answered with HTTP 500 and code 50 in the envelope",
    "unknown_code": "answered with code 99, which is not documented",
    "unknown_code_0": "answered with code 0, which is not documented",
    "unknown_code_21": "answered with code 21, which is not documented",
    "unknown_code_59": "answered with code 59, which is not documented",
    "string_code": "answered with the code of an error as a string",
    "null_code": "answered with a code that is null",
    "missing_code": "answered with an envelope without a code",
}
DEAF = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    @call("user.getStats")
    def stats(self, client):
        try:
            return client.ask()
        except Exception:
            return {}
"""


def test_a_fault_that_is_taken_for_a_success_reads_as_a_sentence(project: Project) -> None:
    project.test(DEAF)

    result = project.run("-k", "test_body or test_wire")

    lines = [line for line in result.outlines if line.startswith("E ") and "took it" in line]
    assert [line.removeprefix("E").strip() for line in lines] == [
        f"AssertionError: user.getStats {sentence}, and the client took it for a success: "
        "returned {}"
        for sentence in (
            *list(SENTENCES.values())[3:],
            *list(SENTENCES.values())[:3],
        )
    ]


def test_every_fault_has_a_sentence_of_its_own() -> None:
    found = {name: reply_of(Call("user.getStats", {}, None, 0.0, fault=name)) for name in FAULTS}

    assert found == {
        name: f"user.getStats {sentence}"
        for name, sentence in SENTENCES.items()
        | {"not_utf8": "answered with bytes that are not UTF-8"}.items()
    }


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (Call("user.getStats", {}, 31, 0.0), "user.getStats answered 31"),
        (Call(None, {}, 30, 0.0), "Flipsnack answered 30"),
        (Call(None, {}, None, 0.0, fault="refused"), "Flipsnack refused the connection"),
        (
            Call("collection.getCollection", {}, 20, 0.0, pending=True),
            "collection.getCollection answered 20 PROCESSING",
        ),
    ],
)
def test_what_came_back_begins_a_sentence(call: Call, sentence: str) -> None:
    assert reply_of(call) == sentence


ENDLESS = """
import requests
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    @call("user.getStats")
    def stats(self, client):
        while True:
            try:
                return client.ask()
            except requests.ConnectionError:
                continue
"""


def test_a_client_that_connects_for_ever_is_told_of_in_a_sentence(project: Project) -> None:
    project.test(ENDLESS)

    result = project.run("-k", "test_wire and refused")

    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: user.getStats refused the connection and the client did not stop: "
            "500 requests",
            "E*    allowed: a limited number of requests",
            "E*    seen:    t=0.0 s refused, *",
        ]
    )


def test_a_poll_without_a_wait_hears_processing(flipsnack: Flipsnack) -> None:
    flipsnack.collections.add("fxh4k89", processing_s=60)
    client = Client(flipsnack)

    with pytest.raises(AssertionError) as failure:
        with flipsnack.expect(50, raises=FlipsnackError, action="user.getStats"):
            for _ in range(2):
                client.ask("collection.getCollection", collectionHash="fxh4k89")
            client.call()

    assert str(failure.value).splitlines() == [
        "collection.getCollection answered 20 PROCESSING and the client retried after 0.0 s",
        "    allowed: one request, or a bounded retry after a wait (20 PROCESSING)",
        "    seen:    t=0.0 s collection.getCollection 20 PROCESSING, "
        "t=0.0 s collection.getCollection 20 PROCESSING <--, t=0.0 s user.getStats 50, "
        "t=1.0 s user.getStats 50, t=3.0 s user.getStats 50",
    ]
