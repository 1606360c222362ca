"""A call that fetches all pages is held to it, and to the addresses that it declares."""

from __future__ import annotations

from tests.downstream import Project

PAGES = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    without = ["clean_errors"]
    pages = {"collection.getList": 10}
    urls = ["https://api.flipsnack.com/v1/", "https://upload.flipsnack.com/v1"]

    @call("collection.getList")
    def everything(self, client):
        found = []
        while True:
            data = client.ask("collection.getList", **{"from": str(len(found))}) or {}
            found += data.get("collections", [])
            if len(found) >= LAST(data):
                return found
"""


def test_a_client_that_fetches_all_pages_passes(project: Project) -> None:
    project.test(PAGES.replace("LAST(data)", "data.get('collectionCount', 0)"))
    assert project.run("-q").ret == 0


def test_the_addresses_of_the_oldest_pages_may_be_declared(project: Project) -> None:
    source = PAGES.replace("https://", "http://").replace("LAST(data)", "0")
    project.test(source)
    assert project.run("-k", "test_request").ret == 0


def test_a_client_that_stops_after_a_page_is_named(project: Project) -> None:
    project.test(PAGES.replace("LAST(data)", "0"))
    result = project.run("-k", "test_pages")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client asked for 1 of 3 pages and returned 10 records of 21",
            "E*    allowed: all pages of 10 records, as the class declares",
        ]
    )
