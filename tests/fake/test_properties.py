"""Whatever is sent, the answer is a well-formed envelope, and never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.request import Request
from tests.fake.conftest import REQUEST_TESTS
from tests.fake.strategies import (
    DELETED,
    FOREIGN,
    YOUNG,
    calls,
    forms,
    hostile_forms,
    signed_calls,
)
from tests.fake.world import HASH, World, envelope_of, shows_no_secret


def settled() -> World:
    """Return an account with a flipbook in each state."""
    world = World({"requests_per_second": 5, "uploads_per_month": 1, "max_pages": 1})
    collections = world.fake.account.collections
    collections.add(HASH, title="T")
    collections.add(DELETED, deleted=True)
    collections.add(FOREIGN, foreign=True)
    collections.add(YOUNG, processing_s=9)
    return world


def code_of_answer(request: Request) -> Code:
    """Send the request, hold the answer against the schemas, and return its code."""
    world = settled()

    reply = world.reply(request)

    envelope = envelope_of(reply)
    assert schemas.problems(schemas.envelope_validator(), envelope) == []
    code = Code(envelope["code"])
    assert envelope["status"] == code.message
    assert (reply.code, reply.http_status, reply.wire) == (code, 200, None)
    if code is Code.OK:
        action = ACTIONS[request.action or ""]
        assert ("data" in envelope) is action.returns_data
        found = schemas.problems(schemas.data_validator(action), envelope.get("data", {}))
        assert found == []
    else:
        assert "data" not in envelope
    check_records(world, request, code)
    return code


def check_records(world: World, request: Request, code: Code) -> None:
    [call] = world.fake.calls
    assert (call.action, call.code, call.fault) == (request.action, code, None)
    assert world.fake.hits.total() == 1
    assert (call.refusal is None) is (code is Code.OK)
    signature = request.params.get("signature", "")
    hidden = [signature] if len(signature) == 32 else []
    assert all(shows_no_secret(text, *hidden) for text in world.fake.findings())


Requests = SearchStrategy[Request]
# what may come back, and what must come back at least once
STRATEGIES: dict[str, tuple[Requests, set[int], set[int]]] = {
    "any method, URL, parameters, header and body": (calls(), {30, 40, 41, 42}, {40}),
    "signed calls with any values": (signed_calls(), {20, 38, 43, 46}, {20, 38, 43, 46}),
    "any fields and files": (
        forms(),
        {20, 30, 35, 36, 40, 41, 42, 44, 45},
        {20, 30, 35, 36, 44, 45},
    ),
    "forms made to trip the reader up": (
        hostile_forms(),
        {20, 30, 36, 40, 41, 42, 44, 45},
        {20, 30, 40, 44},
    ),
}


@pytest.mark.parametrize(("requests", "allowed", "reached"), STRATEGIES.values(), ids=STRATEGIES)
def test_whatever_is_sent_gets_an_envelope(
    requests: Requests, allowed: set[int], reached: set[int]
) -> None:
    seen: set[int] = set()

    @given(requests)
    def send(request: Request) -> None:
        code = code_of_answer(request)
        assert code in allowed
        seen.add(code)

    send()

    assert reached <= seen


@given(forms())
@settings(max_examples=50)
def test_a_form_that_a_library_wrote_is_read(request: Request) -> None:
    assert request.malformed == ""


def test_the_profiles_share_their_requests_among_the_strategies() -> None:
    assert len(STRATEGIES) == REQUEST_TESTS


@pytest.mark.parametrize("state", [HASH, DELETED, FOREIGN, YOUNG])
def test_the_account_of_these_tests_holds_a_flipbook_in_each_state(state: str) -> None:
    expected = {HASH: 20, DELETED: 43, FOREIGN: 43, YOUNG: 38}

    envelope = settled().ask("collection.update", collectionHash=state)

    assert envelope["code"] == expected[state]
