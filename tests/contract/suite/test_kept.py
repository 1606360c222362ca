"""Replies and lists that a client keeps from one call to the next."""

from __future__ import annotations

import pytest

from tests.downstream import Project

CACHE = """
from pytest_flipsnack import ClientContract, call

KEPT = {}


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @pytest.fixture(autouse=True)
    def empty(self):
        KEPT.clear()

    @call("collection.getStats")
    def stats(self, client, flipsnack_hash):
        key = KEY
        if key not in KEPT:
            KEPT[key] = client.ask("collection.getStats", collectionHash=flipsnack_hash)
        return KEPT[key]
"""


def test_a_reply_that_is_kept_under_its_own_hash_is_right(project: Project) -> None:
    project.test(CACHE.replace("KEY", "flipsnack_hash"))
    assert project.run("-k", "test_hash or test_result").ret == 0


def test_a_reply_of_another_hash_is_named(project: Project) -> None:
    project.test(CACHE.replace("KEY", "'the last'"))

    result = project.run("-k", "test_hash and digits")

    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getStats was given '1234567890', and the client returned "
            "what it kept of 'fxh4k89'",
            "E*    allowed: a request for another hash, or a reply that is kept under its own",
        ]
    )


LIST = """
from pytest_flipsnack import ClientContract, call


class Client(acme.Client):
    def list(self, found=[]):
        self.found = found
        found += self.ask("collection.getList")["collections"]
        return RETURNED


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors", "fields"]

    @pytest.fixture
    def client(self, flipsnack):
        return Client(flipsnack.api_key, flipsnack.secret)

    @call("collection.getList")
    def list(self, client):
        return client.list()
"""


def test_a_list_that_holds_the_last_call_too_is_named(project: Project) -> None:
    project.test(LIST.replace("RETURNED", "list(found)"))

    result = project.run("-rf", "-k", "test_result_twice")

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        "FAILED *collection.getList gave the same answer to two calls, and the client returned 2 "
        "records and then 4"
    )


@pytest.mark.parametrize("returned", ["self", "len(found[:2])"])
def test_a_result_that_holds_no_records_of_the_call_is_not_counted(
    project: Project, returned: str
) -> None:
    project.test(LIST.replace("RETURNED", returned))
    assert project.run("-k", "test_result_twice").ret == 0
