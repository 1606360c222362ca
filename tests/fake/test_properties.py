"""Whatever is sent, the answer is a well-formed envelope, and never an exception."""

from __future__ import annotations

import inspect
import sys

import pytest
from hypothesis import Phase, given, settings
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
from tests.fake.support import HASH, World, envelope_of, shows_no_secret


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
        found = schemas.problems(schemas.data_validator(action.name), envelope.get("data", {}))
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
    assert all(shows_no_secret(text, *hidden) for text in world.fake.verdicts())


@given(calls())
def test_any_method_url_parameters_header_and_body_get_an_envelope(request: Request) -> None:
    assert code_of_answer(request) in {30, 40, 41, 42}


@given(signed_calls())
def test_a_signed_call_with_any_values_gets_what_its_collection_earns(request: Request) -> None:
    assert code_of_answer(request) in {20, 38, 43, 46}


@given(forms())
def test_any_fields_and_files_get_an_envelope(request: Request) -> None:
    assert request.malformed == ""
    assert code_of_answer(request) in {20, 30, 35, 36, 40, 41, 42, 44, 45}


@given(hostile_forms())
def test_a_form_made_to_trip_the_reader_up_gets_an_envelope(request: Request) -> None:
    assert code_of_answer(request) in {20, 30, 36, 40, 41, 42, 44, 45}


def test_the_profiles_share_their_requests_among_these_tests() -> None:
    module = sys.modules[__name__]
    tests = [
        name
        for name, test in inspect.getmembers(module, inspect.isfunction)
        if hasattr(test, "hypothesis")
    ]

    assert len(tests) == REQUEST_TESTS


@pytest.mark.parametrize("state", [HASH, DELETED, FOREIGN, YOUNG])
def test_the_account_of_these_tests_holds_a_flipbook_in_each_state(state: str) -> None:
    expected = {HASH: 20, DELETED: 43, FOREIGN: 43, YOUNG: 38}

    envelope = settled().ask("collection.update", collectionHash=state)

    assert envelope["code"] == expected[state]


@pytest.mark.parametrize(
    ("strategy", "codes"),
    [
        (calls(), {40}),
        (signed_calls(), {20, 38, 43, 46}),
        (forms(), {20, 35, 36, 40, 41, 44, 45}),
        (hostile_forms(), {20, 30, 40}),
    ],
    ids=["calls", "signed_calls", "forms", "hostile_forms"],
)
def test_the_requests_made_up_reach_these_codes(
    strategy: SearchStrategy[Request], codes: set[int]
) -> None:
    reached: set[int] = set()

    @settings(max_examples=200, phases=[Phase.generate])
    @given(strategy)
    def send(request: Request) -> None:
        reached.add(settled().reply(request).code or 0)

    send()

    assert codes <= reached
