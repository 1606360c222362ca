"""What a call gives, as its class declares it: wrong declarations, right clients and wrong ones."""

from __future__ import annotations

import pytest

from tests.downstream import Project

CONTRACT = """
from types import SimpleNamespace
from pytest_flipsnack import ClientContract, call


def title_in_capitals(value, data):
    return value == data["collectionTitle"].upper()


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("ACTION", gives=GIVES)
    def given(self, client):
        data = client.ask("ACTION", **PARAMS)
        return RETURNED
"""


def _declared(project: Project, action: str, gives: str, returned: str = "data") -> None:
    params = {} if action == "collection.getList" else {"collectionHash": "fxh4k89"}
    source = CONTRACT.replace("ACTION", action).replace("GIVES", gives)
    project.test(source.replace("PARAMS", str(params)).replace("RETURNED", returned))


@pytest.mark.parametrize(
    ("action", "gives", "text"),
    [
        (
            "collection.getEmbed",
            '"colour"',
            "E*ValueError: gives: 'colour' is no field of collection.getEmbed; known: embedCode",
        ),
        (
            "collection.getEmbed",
            '"embedcode"',
            "E*ValueError: gives: 'embedcode' is no field of collection.getEmbed; "
            "known: embedCode; did you mean embedCode[?]",
        ),
        (
            "collection.getCollection",
            '{"title": "collectionTitel"}',
            "E*ValueError: gives: 'collectionTitel' is no field of collection.getCollection; "
            "known: collectionHash, collectionTitle, collectionDescription, collectionStatus; "
            "did you mean collectionTitle[?]",
        ),
        (
            "collection.getList",
            '{"title": 5}',
            "E*ValueError: gives: 5 is no field of collection.getList; known: collectionCount, "
            "collections, collectionHash, collectionTitle, *",
        ),
        (
            "collection.getEmbed",
            "5",
            "E*TypeError: gives=5 does not fit; write a field of the reply, "
            "{'attribute': 'field'}, or a function of the returned value and the reply's data",
        ),
        ("collection.getEmbed", "{}", "E*TypeError: gives={} does not fit; write a field *"),
        (
            "collection.getEmbed",
            '["embedCode"]',
            "E*TypeError: gives=[[]'embedCode'[]] does not fit; write a field of the reply, *",
        ),
    ],
    ids=["no-field", "near-miss", "in-a-mapping", "no-name", "number", "empty", "list"],
)
def test_a_wrong_declaration_is_an_error_where_it_is_written(
    project: Project, action: str, gives: str, text: str
) -> None:
    _declared(project, action, gives)
    result = project.run()
    assert result.ret == 2
    result.stdout.fnmatch_lines([text])


def test_a_field_of_an_undocumented_reply_is_taken_as_it_is(project: Project) -> None:
    _declared(project, "zapier.getZapierLeadFormSample", '"sample"')
    assert project.run("--collect-only").ret == 0


BOTH = '{"hash": "collectionHash", "name": "collectionTitle"}'
ROWS = '[{"hash": one["collectionHash"], "name": one["collectionTitle"]} for one in ROWS]'
_LIST = ROWS.replace("ROWS", 'data["collections"]')


@pytest.mark.parametrize(
    ("action", "gives", "returned"),
    [
        ("collection.getEmbed", '"embedCode"', 'data["embedCode"]'),
        ("collection.getStats", '"views"', 'str(data["views"])'),
        ("collection.getStats", '"likes"', "None"),
        (
            "collection.getCollection",
            BOTH,
            'SimpleNamespace(hash=data["collectionHash"], name=data["collectionTitle"])',
        ),
        (
            "collection.getCollection",
            '{"status": "collectionStatus"}',
            '{"status": SimpleNamespace(value=data["collectionStatus"])}',
        ),
        ("collection.getList", BOTH, _LIST),
        ("collection.getList", BOTH, f"iter({_LIST})"),
        ("collection.getList", '{"total": "collectionCount"}', '{"total": 2}'),
        (
            "collection.getCollection",
            "title_in_capitals",
            'data["collectionTitle"].upper()',
        ),
    ],
    ids=[
        "field",
        "text-of-a-number",
        "field-left-out",
        "attributes",
        "enumeration",
        "records",
        "generator",
        "of-the-list",
        "function",
    ],
)
def test_a_call_that_gives_what_it_declares_passes(
    project: Project, action: str, gives: str, returned: str
) -> None:
    _declared(project, action, gives, returned)
    result = project.run("-k", "test_result and not twice")
    assert result.ret == 0


@pytest.mark.parametrize(
    ("action", "gives", "returned", "problem"),
    [
        ("collection.getEmbed", '"embedCode"', "data", "embedCode is {'embedCode': '*'}"),
        ("collection.getEmbed", '"embedCode"', '""', "embedCode is ''"),
        (
            "collection.getCollection",
            BOTH,
            'SimpleNamespace(hash=data["collectionHash"])',
            "it has no name",
        ),
        (
            "collection.getCollection",
            BOTH,
            '{"hash": data["collectionHash"], "name": "x"}',
            "name is 'x'",
        ),
        ("collection.getList", BOTH, f"{_LIST}[:1]", "1 records of 2"),
        ("collection.getList", BOTH, "5", "1 records of 2"),
        ("collection.getList", BOTH, f"{_LIST}[::-1]", "hash is 'page0001'"),
        ("collection.getList", '{"total": "collectionCount"}', '{"total": 1}', "total is 1"),
        (
            "collection.getCollection",
            "title_in_capitals",
            'data["collectionTitle"]',
            "'*'",
        ),
    ],
    ids=[
        "data",
        "empty",
        "attribute-missing",
        "item-differs",
        "record-lost",
        "no-records",
        "records-mixed-up",
        "of-the-list",
        "function",
    ],
)
def test_a_call_that_gives_something_else_fails(
    project: Project, action: str, gives: str, returned: str, problem: str
) -> None:
    _declared(project, action, gives, returned)
    result = project.run("-k", "test_result and not twice")
    assert result.ret == 1
    shown = gives if gives == "title_in_capitals" else repr(eval(gives))
    result.stdout.fnmatch_lines(
        [
            f"E*AssertionError: {action} answered {{*}}, and the client returned what its call "
            f"does not give: {problem}",
            f"E*allowed: what @call('{action}', gives={shown}) says",
        ]
    )
