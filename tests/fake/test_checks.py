"""Each rule: the smallest request that breaks it and nothing else, and the same one mended."""

from __future__ import annotations

import sys

import pytest

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.fake.account_checks import ACCOUNT
from pytest_flipsnack.fake.checks import Subject
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.fake.request_checks import REQUEST
from tests.fake.broken_rules import ACCOUNT_CASES, REQUEST_CASES, Case, keyed
from tests.fake.world import HASH, World, form, get, part, pdf, signed, upload

CASES = REQUEST_CASES + ACCOUNT_CASES


def broken_rules(world: World, request: Request) -> list[str]:
    """Return every rule that speaks against a request; those on the account need a sound one."""
    action = ACTIONS.get(request.action or "")
    subject = Subject(request, action, world.fake.account, world.fake.now())
    found = [name for name, check in REQUEST.items() if [*check(subject)]]
    return found or [name for name, check in ACCOUNT.items() if [*check(subject)]]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_request_breaks_this_rule_and_no_other(case: Case) -> None:
    world = World(case.settings)
    case.before(world)

    assert broken_rules(world, case.broken) == [case.rule]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_broken_rule_earns_its_code_and_the_mended_request_20(case: Case) -> None:
    world = World(case.settings)
    case.before(world)

    assert world.code(case.broken) == case.code
    case.mend(world)
    assert world.code(case.mended or case.broken) == 20


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_refusal_stands_on_documentation(case: Case) -> None:
    world = World(case.settings)
    case.before(world)

    world.reply(case.broken)

    refusal = world.fake.calls[-1].refusal
    assert refusal is not None
    assert refusal.code == case.code
    assert refusal.source.basis is Basis.DOCUMENTED


@pytest.mark.parametrize(
    ("table", "cases"),
    [(REQUEST, REQUEST_CASES), (ACCOUNT, ACCOUNT_CASES)],
    ids=["request", "account"],
)
def test_the_table_of_rules_and_the_table_of_tests_name_the_same_rules(
    table: dict[str, object], cases: list[Case]
) -> None:
    assert list(dict.fromkeys(case.rule for case in cases)) == list(table)


def test_the_first_rule_of_the_table_decides() -> None:
    both = keyed("another key")
    both.params["action"] = "collection.update"

    assert World().code(both) == 41


@pytest.mark.parametrize(
    "action", ["products.create", "products.update", "products.delete", "flipbook.getStats"]
)
@pytest.mark.parametrize("verb", ["GET", "POST", "PUT"])
def test_a_verb_that_no_page_names_is_not_refused(action: str, verb: str) -> None:
    params = dict.fromkeys(ACTIONS[action].required, "[]")

    assert World().code(get(action, method=verb, **params)) == 20


def test_a_host_that_no_page_names_is_not_refused() -> None:
    action = "zapier.getZapierLeadFormSample"
    world = World()

    assert world.code(get(action)) == 20
    assert world.code(get(action, "https://upload.flipsnack.com/v1")) == 20


def test_any_hash_is_taken_until_a_test_names_one() -> None:
    world = World()

    assert world.ask("collection.getCollection", collectionHash="whatever")["code"] == 20
    assert world.complaints == []


def test_a_hash_that_comes_as_a_file_is_missing() -> None:
    params = signed({"action": "flipbook.add", "fileUrl": "https://x.test/a.pdf"})
    world = World()

    assert world.code(form(params, [part(name="collectionHash")])) == 30
    assert "    rule:     flipbook.add needs collectionHash;" in world.complaints[0]


def test_requests_that_were_refused_do_not_count_against_the_rate() -> None:
    world = World({"requests_per_second": 1})

    assert world.code(keyed("another key")) == 41
    assert [world.ask("user.getStats")["code"] for _ in range(3)] == [20, 31, 31]


def test_the_window_of_the_rate_slides() -> None:
    world = World({"requests_per_second": 2})

    codes = []
    for _ in range(6):
        codes.append(world.ask("user.getStats")["code"])
        world.clock.pass_(0.4)

    assert codes == [20, 20, 31, 20, 20, 31]


def test_a_minute_counts_after_many_minutes_too() -> None:
    world = World({"requests_per_minute": 1})

    codes = []
    for _ in range(4):
        codes += [world.ask("user.getStats")["code"] for _ in range(2)]
        world.clock.pass_(60)

    assert codes == [20, 32] * 4


def test_only_collection_create_uses_up_the_month() -> None:
    world = World({"uploads_per_month": 1})

    assert world.create()["code"] == 20
    assert world.create()["code"] == 33
    add = upload(
        action="flipbook.add", collectionHash=next(iter(world.fake.account.collections)).hash
    )
    assert world.code(add) == 20


def test_an_upload_that_was_refused_does_not_count() -> None:
    world = World({"uploads_per_month": 1})

    assert world.create(b"a text")["code"] == 45
    assert world.create()["code"] == 20


def test_a_document_without_readable_pages_is_not_counted() -> None:
    world = World({"max_pages": 1})

    assert world.create(b"%PDF-1.4 and then nothing of the kind")["code"] == 20
    assert world.create(b"\xff\xd8\xff a photograph")["code"] == 20


def test_without_a_reader_pages_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf(1001)
    assert World().create(content)["code"] == 35
    monkeypatch.setitem(sys.modules, "pypdf", None)

    assert World().create(content)["code"] == 20


def test_a_bound_of_pages_without_a_reader_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)

    with pytest.raises(ValueError) as failure:
        World({"max_pages": 5})

    assert str(failure.value) == (
        "max_pages: 5 needs pypdf to count them: pip install 'pytest-flipsnack[pdf]'"
    )
    assert World({"max_pages": 0}).fake.account.settings.max_pages == 0


def test_a_collection_in_processing_can_still_be_read() -> None:
    world = World()
    world.fake.account.collections.add(HASH, processing_s=5)

    assert world.data("collection.getCollection", collectionHash=HASH)["collectionStatus"] == (
        "processing"
    )


@pytest.mark.parametrize("code", [32, 50])
def test_an_error_comes_with_the_http_status_of_the_setting(code: int) -> None:
    world = World({"http_status": 400})
    world.fake.respond((code, 20), None, None)

    assert world.reply(get("user.getStats")).http_status == 400
    assert world.reply(get("user.getStats")).http_status == 200
    assert world.reply(get("no.such")).http_status == 400
