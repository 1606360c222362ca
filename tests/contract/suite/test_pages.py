"""A call that fetches all pages is held to it, and to the addresses that it declares."""

from __future__ import annotations

import pytest

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


BROKEN = PAGES.replace("LAST(data)", "data.get('collectionCount', 0)")


def test_a_filter_of_the_calls_is_kept(project: Project) -> None:
    filtered = '"collection.getList", query="report", collectionStatus="unlisted", **{'
    project.test(BROKEN.replace('"collection.getList", **{', filtered))
    project.run("-k", "test_pages").assert_outcomes(passed=4)


def test_a_client_that_keeps_what_it_found_with_a_filter_is_not_asked_twice(
    project: Project,
) -> None:
    kept = """
KEPT = []


class TestAcme(ClientContract):
    pages = {"collection.getList": 10}

    @call("collection.getList")
    def everything(self, client):
        if not KEPT:
            found = client.ask("collection.getList", query="report")
            KEPT.append(found["collections"])
        return KEPT[0]
"""
    project.test("from pytest_flipsnack import ClientContract, call\n" + kept)
    project.run("-k", "test_pages and all").assert_outcomes(passed=1)


KEEPING = """
from pytest_flipsnack import ClientContract, call

KEPT = []


@pytest.fixture(autouse=True)
def none_yet():
    KEPT.clear()


class TestAcme(ClientContract):
    without = ["clean_errors"]
    pages = {"collection.getList": 10}

    @call("collection.getList")
    def everything(self, client):
        found = []
        while not KEPT:
            data = client.ask("collection.getList", **{"from": str(len(found))}) or {}
            found += data.get("collections", [])
            if len(found) >= data.get("collectionCount", 0):
                KEPT[:] = found
        return KEPT
"""


def _filtered(source: str, given: str) -> str:
    return source.replace('"collection.getList", **{', f'"collection.getList", {given}**{{')


@pytest.mark.parametrize("given", ["", 'query="report", '])
@pytest.mark.parametrize("cleared", [True, False], ids=["for a test", "for good"])
def test_a_client_may_keep_its_list(project: Project, given: str, cleared: bool) -> None:
    project.test(_filtered(KEEPING if cleared else KEEPING.replace("KEPT.clear()", "pass"), given))
    project.run("-k", "test_pages").assert_outcomes(passed=4)


@pytest.mark.parametrize(
    ("source", "given"),
    [
        (BROKEN, ""),
        (BROKEN, 'query="report", '),
        (BROKEN, 'collectionStatus="unlisted", '),
        (KEEPING, ""),
    ],
    ids=["all", "query", "status", "kept"],
)
def test_an_error_on_a_later_page_must_not_end_the_list(
    project: Project, source: str, given: str
) -> None:
    swallowing = source.replace(
        'data = client.ask("collection.getList", **{"from": str(len(found))}) or {}',
        """try:
                data = client.ask("collection.getList", **{"from": str(len(found))}) or {}
            except acme.FlipsnackError:
                if not found:
                    raise
                return found""",
    )
    project.test(_filtered(swallowing, given))
    result = project.run("-k", "test_pages")
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getList answered 41 to the second page, and the client "
            "took it for a success: *",
        ]
    )


def test_a_record_that_comes_twice_stands_for_one_that_is_lost(project: Project) -> None:
    twice = BROKEN.replace("str(len(found))", "str(max(0, len(found) - 1))").replace(
        'found += data.get("collections", [])',
        'found += data.get("collections", [])[:21 - len(found)]',
    )
    project.test(twice)
    result = project.run("-k", "test_pages and all")
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client asked for 3 of 3 pages and returned 21 records of 21, "
            "and of these 20",
        ]
    )


def test_a_client_that_stops_after_a_page_is_named(project: Project) -> None:
    project.test(PAGES.replace("LAST(data)", "0"))
    result = project.run("-k", "test_pages")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client asked for 1 of 3 pages and returned 10 records of 21",
            "E*    allowed: all pages of 10 records, as in pages = {'collection.getList': 10}",
        ]
    )


def test_a_filter_that_later_pages_lose_is_named(project: Project) -> None:
    source = BROKEN.replace(
        '**{"from": str(len(found))}',
        '**{"from": str(len(found)), **({} if found else {"query": "report"})}',
    )
    project.test(source)

    result = project.run("-k", "test_pages and all")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client sent query as 'report', None for the pages of one list",
            "E*    allowed: the same query for every page",
        ]
    )


LIMITED = """
import time


class TestAcme(ClientContract):
    without = ["clean_errors"]
    pages = {"collection.getList": 10}

    @call("collection.getList")
    def everything(self, client):
        found, at = [], 0
        while True:
            try:
                data = client.ask("collection.getList", **{"from": str(at)}) or {}
            except acme.FlipsnackError as error:
                if error.code != 31 or TRIED.setdefault(id(found), 0) > 2:
                    raise
                TRIED[id(found)] += 1
                time.sleep(1)
                LOSES
                continue
            found += data.get("collections", [])
            at += 10
            if at >= data.get("collectionCount", 0):
                return found
"""
HEAD = "from pytest_flipsnack import ClientContract, call\nTRIED = {}\n"


def test_a_page_that_is_retried_comes_once(project: Project) -> None:
    project.test(HEAD + LIMITED.replace("LOSES", "pass"))

    project.run("-k", "test_pages and limited").assert_outcomes(passed=1)


def test_a_page_that_is_retried_and_comes_twice_is_named(project: Project) -> None:
    project.test(HEAD + LIMITED.replace("LOSES", "found += found[:3]"))

    result = project.run("-k", "test_pages and limited")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getList answered 31 to the second page and then 20, and "
            "the client returned 24 records of 21, 21 of them different",
            "E*    allowed: every record once",
        ]
    )


@pytest.mark.parametrize(
    ("most", "end", "outcome"),
    [
        (10, "return found", "failed"),
        (20, "return found", "failed"),
        (10, "raise acme.FlipsnackError('too many pages')", "passed"),
        (400, "return found", "passed"),
    ],
)
def test_a_client_may_refuse_many_pages_and_not_leave_them_out(
    project: Project, most: int, end: str, outcome: str
) -> None:
    bounded = BROKEN.replace("while True:", f"for _ in range({most}):") + f"        {end}\n"
    project.test(bounded)
    result = project.run("-k", "test_pages and many")
    assert result.parseoutcomes()[outcome] == 1
    if outcome == "failed":
        result.stdout.fnmatch_lines(
            [
                f"E*AssertionError: the client asked for {most} of 21 pages and returned {most * 10} "
                "records of 201",
                "E*    allowed: all pages of 10 records, as in pages = {'collection.getList': 10}",
            ]
        )
