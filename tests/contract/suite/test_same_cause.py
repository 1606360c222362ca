"""What counts as the same cause: a test that fails of another keeps its own finding."""

from __future__ import annotations

import re

import pytest

from tests.contract.suite.referring import (
    CLIENT,
    CONTRACT,
    TWO_CALLS,
    fails,
    is_told_once,
)
from tests.downstream import Project

SIGNS_NO_HASH = """
class Client(acme.Client):
    def ask(self, action="user.getStats", **params):
        self.secret, kept = (self.secret + "x" * len(params)), self.secret
        try:
            return super().ask(action, **params)
        finally:
            self.secret = kept
"""
PARTLY_WRONG = SIGNS_NO_HASH + CLIENT.format(
    body="return Client(flipsnack.api_key, flipsnack.secret)"
)
LOGO = """
    @call("collection.getCollection")
    def read(self, client, flipsnack_hash):
        return client.ask("collection.getCollection", collectionHash=flipsnack_hash)
"""


def test_signatures_that_nothing_explains_are_shown_for_each_call(project: Project) -> None:
    project.test(TWO_CALLS + LOGO + PARTLY_WRONG)
    count, text, referred = fails(project)
    shown = re.findall(r"^E +AssertionError: (\S+) was refused with 44", text, re.MULTILINE)
    # the calls after which another is made are refused for that one
    assert sorted(set(shown)) == ["collection.getCollection", "collection.getEmbed"]
    assert len(shown) + len(referred) == count
    for action in set(shown):
        assert f"{action}: its request was refused (44), see test_request[{action}]" in referred
    assert not [line for line in referred if line.startswith("user.getStats")]


TEXTS = (
    CONTRACT
    + """
    @call("collection.getList")
    def find(self, client, flipsnack_text):
        return client.ask("collection.getList", query=flipsnack_text)

@pytest.fixture
def flipsnack_text():
    return "plain"

class Client(acme.Client):
    def ask(self, action="user.getStats", **params):
        kept = self.secret
        if " " in params.get("query", ""):
            self.secret += "x"
        try:
            return super().ask(action, **params)
        finally:
            self.secret = kept
"""
    + CLIENT.format(body="return Client(flipsnack.api_key, flipsnack.secret)")
)


@pytest.mark.parametrize("chosen", ["test_text", "test_text or test_request"])
def test_what_only_some_values_are_refused_for_is_shown_with_each(
    project: Project, chosen: str
) -> None:
    project.test(TEXTS)
    count, text, referred = fails(project, chosen)
    assert count == text.count("E           rule:") > 2
    assert referred == []


def test_what_only_some_tests_are_refused_for_is_shown_with_each(project: Project) -> None:
    body = "return acme.Client(flipsnack.api_key, flipsnack.secret + 'x' * ('test_wire' in request.node.name))"
    fixture = CLIENT.format(body=body).replace("flipsnack)", "flipsnack, request)")
    project.test(
        TWO_CALLS.replace('"user.getStats"', '"collection.getStats"').replace(
            "client.ask()", "client.ask('collection.getStats', collectionHash='fxh4k89')"
        )
        + fixture
    )
    count, text, referred = fails(project, "test_wire or test_request")
    assert count == text.count("E           rule:") > 2
    assert referred == []


def test_values_that_fail_as_the_request_did_are_referred_to_it(project: Project) -> None:
    project.test(TEXTS.replace("flipsnack.secret)", "'another')"))
    count, text, referred = fails(project, "getList and (test_text or test_request)")
    assert is_told_once(count, text, referred, "^E +rule: ", ())
    where = "collection.getList: its request was refused (44), see test_request[collection.getList]"
    assert set(referred) == {where}


def test_each_client_of_a_class_is_shown_by_itself(project: Project) -> None:
    project.test(
        CONTRACT.replace('"user.getStats"', '"collection.getStats"').replace(
            "client.ask()", "client.ask('collection.getStats', collectionHash='fxh4k89')"
        )
        + """
@pytest.fixture(params=["one", "two"])
def client(flipsnack, request):
    return acme.Client(flipsnack.api_key, request.param)
"""
    )
    count, text, referred = fails(project)
    assert text.count("E           rule:") == 2
    assert len(referred) == count - 2
    assert {line.partition(", see ")[2] for line in referred} == {
        "test_request[one-collection.getStats]",
        "test_request[two-collection.getStats]",
    }
