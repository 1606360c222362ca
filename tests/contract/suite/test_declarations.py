"""A wrong declaration is an error that names the value, what is allowed and the way out."""

from __future__ import annotations

import pytest

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import Project

KNOWN = "20, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50"


def test_call_without_an_action_is_told_how_to_write_it(project: Project) -> None:
    project.test("from pytest_flipsnack import call\n\n@call\ndef get(self): pass\n")
    result = project.run()
    result.stdout.fnmatch_lines(
        ["E*TypeError: write the action, as in @call('collection.getList')"]
    )


def test_a_call_that_asks_something_else_is_named(project: Project) -> None:
    project.test(ADAPTER.replace('@call("user.getStats")', '@call("collection.getList")'))
    result = project.run("-k", "test_request")
    result.stdout.fnmatch_lines(
        ["E*AssertionError: stats did not call collection.getList (returned {*"]
    )


@pytest.mark.parametrize("kind", ["", "async "])
def test_a_generator_that_nobody_reads_is_named(project: Project, kind: str) -> None:
    lazy = ADAPTER.replace("return client.ask()", "yield client.ask()")
    project.test(lazy.replace("def stats", f"{kind}def stats"))
    result = project.run()
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: stats did not call user.getStats (returned <*generator object *",
            "E*hint:    what it returned is read later; read all of it, as in return "
            "list(client.pages())",
        ]
    )
    assert "IndexError" not in result.stdout.str()


WRONG = [
    (
        'error = "no class"',
        "TestAcme: TestAcme.error: 'no class' is not an exception class; "
        "write a class or a tuple of classes, as in error = FlipsnackError",
    ),
    (
        "error = ()",
        "TestAcme: TestAcme.error: () is not an exception class; "
        "write a class or a tuple of classes, as in error = FlipsnackError",
    ),
    (
        "raises = {31: None}",
        "TestAcme: TestAcme.raises: None is not an exception class; "
        "write a class or a tuple of classes, as in raises = {31: RateLimited}",
    ),
    (
        "raises = {39: acme.FlipsnackError}",
        f"TestAcme: TestAcme.raises: 39 is not a Flipsnack status code; known codes: {KNOWN}",
    ),
    (
        'raises = {"31": acme.FlipsnackError}',
        "TestAcme: TestAcme.raises: '31' is text; write 31 without quotes",
    ),
    (
        'returns = {"31": None}',
        "TestAcme: TestAcme.returns: '31' is text; write 31 without quotes",
    ),
    (
        'retries = {"31": 3}',
        "TestAcme: TestAcme.retries: '31' is text; write 31 without quotes",
    ),
    (
        "retries = {(31, 32): 3}",
        "TestAcme: TestAcme.retries: (31, 32) is no code; write an entry for each code, "
        "as in retries = {31: 3}",
    ),
    (
        'without = ["sleep"]',
        "TestAcme: TestAcme.without: 'sleep' is not a practice; known: "
        "bound, growing_waits, final_wait, timeout, clean_errors, codes, secrets, https, "
        "single_upload, async, parameters, fields, readable, tls, stale, lasting_waits, "
        "signature_case",
    ),
    (
        'without = ["timeot"]',
        "TestAcme: TestAcme.without: 'timeot' is not a practice; known: *; did you mean timeout?",
    ),
    (
        'without = iter(["timeout"])',
        "TestAcme: TestAcme.without: <list_iterator object at *> does not fit; write a list, "
        'as in without = ?"timeout"?',
    ),
    (
        'retries = {31: "often"}',
        "TestAcme: TestAcme.retries: 'often' is not a rule for retries; allowed: a number of retries, "
        "Retry(at_most=5, wait_s=1), 'forbidden', 'allowed', 'required'",
    ),
    (
        "returns = {39: None}",
        f"TestAcme: TestAcme.returns: 39 is not a Flipsnack status code; known codes: {KNOWN}",
    ),
    (
        'urls = ["https://api.flipsnack.com/v2"]',
        "TestAcme: TestAcme.urls: 'https://api.flipsnack.com/v2' is not where Flipsnack listens; "
        "documented: https://api.flipsnack.com/v1, https://upload.flipsnack.com/v1",
    ),
    (
        'urls = ["ftp://api.flipsnack.com/v1"]',
        "TestAcme: TestAcme.urls: 'ftp://api.flipsnack.com/v1' is not where Flipsnack listens; "
        "documented: https://api.flipsnack.com/v1, https://upload.flipsnack.com/v1",
    ),
    (
        "urls = [None]",
        "TestAcme: TestAcme.urls: None is not where Flipsnack listens; "
        "documented: https://api.flipsnack.com/v1, https://upload.flipsnack.com/v1",
    ),
    (
        'waits_out_38 = ["collection.updates"]',
        "TestAcme: TestAcme.waits_out_38: 'collection.updates' does not fit here; allowed: "
        "collection.update, collection.downloadHTML; did you mean collection.update?",
    ),
    (
        'without = "timeout"',
        "TestAcme: TestAcme.without: 'timeout' does not fit; write a list, "
        'as in without = ?"timeout"?',
    ),
    (
        "polls = 1",
        "TestAcme: TestAcme.polls: 1 does not fit; write a list, "
        'as in polls = ?"collection.downloadHTML"?',
    ),
    (
        "raises = [acme.FlipsnackError]",
        "TestAcme: TestAcme.raises: ?<class 'acme.FlipsnackError'>? does not fit; "
        "write a dictionary, as in raises = {31: RateLimited}",
    ),
    (
        "retries = 3",
        "TestAcme: TestAcme.retries: 3 does not fit; write a dictionary, as in retries = {31: 3}",
    ),
    (
        "pages = 50",
        "TestAcme: TestAcme.pages: 50 does not fit; write a dictionary, "
        'as in pages = {"collection.getList": 50}',
    ),
    (
        "pages = {'collection.getList': '50'}",
        "TestAcme: TestAcme.pages: '50' for collection.getList is not a number of records from 1",
    ),
    (
        "pages = {'collection.getList': True}",
        "TestAcme: TestAcme.pages: True for collection.getList is not a number of records from 1",
    ),
    (
        "max_requests = 0",
        "TestAcme: TestAcme.max_requests: 0 does not fit; write a number from 1, "
        "as in max_requests = 1000",
    ),
    (
        "max_requests = True",
        "TestAcme: TestAcme.max_requests: True does not fit; write a number from 1, "
        "as in max_requests = 1000",
    ),
    (
        'max_requests = "1000"',
        "TestAcme: TestAcme.max_requests: '1000' does not fit; write a number from 1, "
        "as in max_requests = 1000",
    ),
    (
        'polls = ["user.getStats"]',
        "TestAcme: TestAcme.polls: 'user.getStats' does not fit here; allowed: "
        "collection.create, collection.getCollection, collection.downloadHTML, collection.update",
    ),
    (
        'pages = {"user.getStats": 50}',
        "TestAcme: TestAcme.pages: 'user.getStats' does not fit here; allowed: collection.getList",
    ),
    (
        "failed = True",
        "TestAcme: TestAcme.failed: True does not fit; write a method, "
        "as in def failed(self, outcome): ...",
    ),
]


def test_a_wrong_declaration_is_an_error_at_collection(project: Project) -> None:
    for number, (declared, _) in enumerate(WRONG):
        source = ADAPTER.replace('without = ["clean_errors"]', declared)
        without = source.replace("error = acme.FlipsnackError", "")
        project.test(without if "error" in declared else source, f"test_{number}.py")
    result = project.run()
    assert result.ret == 2
    for number, (_, text) in enumerate(WRONG):
        result.stdout.fnmatch_lines([f"ERROR test_{number}.py::TestAcme - Failed: {text}"])


def test_a_class_without_a_call_is_told_how_to_write_one(project: Project) -> None:
    project.test(ADAPTER.replace('@call("user.getStats")', ""))
    result = project.run()
    assert result.ret == 2
    result.stdout.fnmatch_lines(
        [
            "TestAcme: TestAcme has no call; write one as @call('collection.getList') "
            "def get_list(self, client): return client.list_collections()"
        ]
    )


def test_a_class_without_a_call_that_others_build_upon_is_their_base(project: Project) -> None:
    base = "class Base(ClientContract):\n    without = ['clean_errors']\n\n\n"
    project.test(ADAPTER.replace("class TestAcme(ClientContract)", base + "class TestAcme(Base)"))
    result = project.run("-k", "test_request")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])
    assert result.ret == 0


def test_an_unknown_action_is_an_error_where_it_is_written(project: Project) -> None:
    project.test(ADAPTER.replace("user.getStats", "user.getstats"))
    result = project.run()
    result.stdout.fnmatch_lines(["E*ValueError: 'user.getstats' is not a Flipsnack action;*"])
