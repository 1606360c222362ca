"""Trials of results and requests, the practices they belong to, and declarations of waits."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.downstream import Project

CONTRACT = """
import time, types
from pytest_flipsnack import ClientContract, Retry, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = [WITHOUT]
    DECLARED

    @call("ACTION")
    def given(self, client):
        BODY
"""


def _write(
    project: Project, action: str, body: str, *, declared: str = "", without: str = "clean_errors"
) -> None:
    indented = "\n        ".join(body.splitlines())
    source = CONTRACT.replace("ACTION", action).replace("BODY", indented)
    project.test(source.replace("DECLARED", declared or "pass").replace("WITHOUT", f'"{without}"'))


SEEDED = """
@pytest.fixture(autouse=True)
def seeded(flipsnack):
    flipsnack.collections.add("fxh4k89", title="Ours")
"""
NO_TEXT = """try:
    return client.ask()
except acme.FlipsnackError as error:
    error.args = ()
    raise"""
NO_CHECK = """kept = acme.requests.get
acme.requests.get = lambda *args, **how: kept(*args, verify=False, **how)
try:
    return client.ask()
finally:
    acme.requests.get = kept"""
PRACTICES = {
    "parameters": (
        "collection.getStats",
        'return client.ask("collection.getStats", collectionHash="fxh4k89", start_date="2026-01-01")',
        "test_request",
        "collection.getStats was sent with the parameter 'start_date', which no page lists",
        "startDate",
    ),
    "fields": (
        "user.getStats",
        'return types.SimpleNamespace(views=client.ask().get("view"))',
        "test_result",
        "user.getStats answered views '1240', and the client returned views None",
        "the value of the field, under whatever name",
    ),
    "readable": (
        "user.getStats",
        NO_TEXT,
        "test_code and 41",
        "user.getStats answered 41 and the client raised FlipsnackError without a text",
        "a text with the code or its message (41 Invalid credentials)",
    ),
    "tls": (
        "user.getStats",
        NO_CHECK,
        "test_request",
        "the client does not check the certificate of the server",
        "verify=True, the default, or the file of your own authority",
    ),
}


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_that_is_not_kept_is_a_finding(project: Project, practice: str) -> None:
    action, body, kind, text, allowed = PRACTICES[practice]
    _write(project, action, body)
    result = project.run("-k", kind)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            f"E*AssertionError: {text}",
            f"E*allowed: {allowed}",
            f"E*way out: fix the client, or turn the check off: without = [[]'{practice}'[]]",
        ]
    )


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_practice_that_is_turned_off_is_not_checked(project: Project, practice: str) -> None:
    action, body, kind, *_ = PRACTICES[practice]
    _write(project, action, body, without=practice)
    result = project.run("-k", kind)
    assert result.parseoutcomes().keys() == {"passed", "deselected"}


def test_a_download_that_says_nothing_of_its_archive_is_a_finding(project: Project) -> None:
    action = "collection.downloadHTML"
    _write(project, action, f'return client.ask("{action}", collectionHash="fxh4k89")["status"]')
    result = project.run("-k", "test_result")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            f"E*AssertionError: {action} answered COMPLETE with a resourceUrl, and the client "
            "returned 'COMPLETE'",
            "E*allowed: the resourceUrl, or the archive",
        ]
    )


def test_what_a_failed_call_returns_is_no_result(project: Project) -> None:
    _write(project, "user.getStats", "client.ask()\nraise acme.FlipsnackError(41)")
    assert project.run("-k", "test_result").ret == 0


def test_the_final_hash_is_not_tried_where_a_test_has_seeded_its_flipbooks(
    project: Project,
) -> None:
    project.hooks(SEEDED)
    action = "collection.getCollection"
    _write(
        project, action, f'return {{**client.ask("{action}", collectionHash="fxh4k89"), "a": 1}}'
    )
    assert project.run("-k", "test_result").ret == 0


OTHERS = """
import itertools, time
from pytest_flipsnack import ClientContract, call

LAST = {}
COUNT = itertools.count()


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("collection.getStats")
    def stats(self, client):
        return client.ask("collection.getStats", collectionHash="fxh4k89", **STATS)

    @call("collection.getCollection")
    def get(self, client, flipsnack_hash):
        LAST["collectionHash"] = flipsnack_hash
        return client.ask("collection.getCollection", collectionHash=flipsnack_hash, **GET)
"""


def _run_others(project: Project, stats: str, get: str = "{}") -> pytest.RunResult:
    project.test(OTHERS.replace("STATS", stats).replace("GET", get))
    return project.run("-k", "(test_other_calls or test_request) and getStats")


def test_a_request_that_another_call_adds_to_is_a_finding(project: Project) -> None:
    result = _run_others(project, '{"endDate": "2026-01-01"} if LAST else {}')
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getStats was sent with endDate='2026-01-01' after other "
            "calls, and with no endDate before them",
            "E*allowed: a request that depends on its own arguments alone",
        ]
    )


@pytest.mark.parametrize(
    ("stats", "get"),
    [
        ('{"nonce": str(next(COUNT))}', '{"nonce": str(next(COUNT))}'),
        ('{"sent": str(len(LAST))}', '{"sent": "1"}'),
        ('{"startDate": f"2026-01-0{1 + next(COUNT)}"}', "{}"),
    ],
    ids=["number", "time", "date"],
)
def test_a_request_may_carry_what_is_new_each_time(project: Project, stats: str, get: str) -> None:
    assert _run_others(project, stats, get).ret == 0


def test_a_request_of_a_call_that_fails_is_judged_elsewhere(project: Project) -> None:
    project.test(OTHERS.replace("STATS", "{}").replace("return client.ask", "raise acme"))
    result = project.run("-k", "test_other_calls")
    result.assert_outcomes(passed=2, deselected=result.parseoutcomes()["deselected"])


def test_a_reply_that_is_kept_needs_no_request_after_other_calls(project: Project) -> None:
    kept = 'LAST.get("kept") or LAST.setdefault("kept", client.ask("collection.getStats"'
    project.test(OTHERS.replace('client.ask("collection.getStats"', kept).replace("**STATS)", "))"))
    assert project.run("-k", "test_other_calls and getStats").ret == 0


def test_other_calls_leave_a_seeded_account_as_it_is(project: Project) -> None:
    project.hooks(SEEDED)
    source = OTHERS.replace("STATS", "{}").replace("GET", "{}")
    project.test(source.replace("collection.getCollection", "collection.deleteCollection"))
    assert project.run("-k", "test_other_calls").ret == 0


WAITING = """for left in (2, 1, 0):
    try:
        return client.ask("ACTION", collectionHash="fxh4k89")
    except acme.FlipsnackError as error:
        if error.code != 38 or not left:
            raise
    time.sleep(5)"""
ASKING = 'return client.ask("ACTION", collectionHash="fxh4k89")'
UPDATE, DOWNLOAD = "collection.update", "collection.downloadHTML"


@pytest.mark.parametrize(
    ("declared", "body", "outcome"),
    [
        (f'waits_out_38 = ["{UPDATE}"]', WAITING, "passed"),
        (f'waits_out_38 = ["{UPDATE}"]', ASKING, "failed"),
        (f'polls = ["{UPDATE}"]', ASKING, "failed"),
        (f'polls = ["{DOWNLOAD}"]', ASKING, "passed"),
        ("", WAITING, "passed"),
        ("", ASKING, "passed"),
    ],
    ids=["waits", "does-not-wait", "polls", "polls-for-an-archive", "undeclared", "leaves-it"],
)
def test_a_call_that_waits_out_38_is_held_to_it(
    project: Project, declared: str, body: str, outcome: str
) -> None:
    action = DOWNLOAD if DOWNLOAD in declared else UPDATE
    _write(project, action, body.replace("ACTION", action), declared=declared)
    result = project.run("-k", "test_recovery and 38")
    assert result.parseoutcomes()[outcome] == 1
    if outcome == "failed":
        result.stdout.fnmatch_lines(
            [
                f"E*AssertionError: {UPDATE} answered 38 and then 20, and the client raised "
                "FlipsnackError: Flipsnack answered 38"
            ]
        )


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (
            'waits_out_38 = ["user.getStats"]',
            "TestAcme: TestAcme.waits_out_38: 'user.getStats' does not fit here; allowed: "
            "collection.update, collection.downloadHTML",
        ),
        (
            'waits_out_38 = "collection.update"',
            "TestAcme: TestAcme.waits_out_38: 'collection.update' does not fit; write a list, "
            'as in waits_out_38 = ?"collection.update"?',
        ),
    ],
)
def test_waits_out_38_takes_a_list_of_calls_that_38_may_refuse(
    project: Project, declared: str, text: str
) -> None:
    _write(project, UPDATE, ASKING.replace("ACTION", UPDATE), declared=declared)
    result = project.run()
    assert result.ret == 2
    result.stdout.fnmatch_lines([text])


LASTING = """for wait_s in WAITS:
    try:
        return client.ask()
    except acme.FlipsnackError as error:
        if error.code != 32 or not wait_s:
            raise
    time.sleep(wait_s)"""


@pytest.mark.parametrize(
    ("waits", "outcome"), [("(30, 30, 0)", "passed"), ("(0,)", "passed"), ("(15, 20, 0)", "failed")]
)
def test_waits_last_together_as_long_as_is_declared(
    project: Project, waits: str, outcome: str
) -> None:
    declared = "retries = {32: Retry(lasts_s=60)}"
    _write(project, "user.getStats", LASTING.replace("WAITS", waits), declared=declared)
    result = project.run("-k", "(test_code or test_recovery) and 32")
    # one retry helps where the first one succeeds, however long it waited
    assert result.parseoutcomes()[outcome] == (1 if outcome == "failed" else 2)
    if outcome == "failed":
        result.stdout.fnmatch_lines(
            [
                "E*AssertionError: user.getStats answered 32 and the client retried after waits of "
                "15.0, 20.0 s, 35.0 s in all: raised FlipsnackError: Flipsnack answered 32",
                "E*allowed: one request, or a bounded retry after a wait, 60 s or more in all "
                "(32 Requests per minute limit exceeded)",
            ]
        )


def test_an_error_of_the_http_library_may_say_nothing(project: Project) -> None:
    silent = NO_TEXT.replace("error.args = ()\n    raise", "raise acme.requests.HTTPError")
    _write(project, "user.getStats", silent, without='clean_errors", "codes')
    assert project.run("-k", "test_code and 41").ret == 0


SHAPED = """
import types
from pytest_flipsnack import ClientContract, call
"""
SHAPE = """

class TestNAME(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("ACTION")
    def given(self, client):
        data = client.ask("ACTION", collectionHash="fxh4k89")
        return RETURNED
"""
MISREAD = {
    "Swapped": (
        "collection.getCollection",
        '{"title": data["collectionDescription"], "description": data["collectionTitle"]}',
        "collection.getCollection answered collectionTitle * and the client returned title 'About "
        "it', which is collectionDescription",
    ),
    "Empty": (
        "collection.getStats",
        "{}",
        "collection.getStats answered with data, and the client returned {}",
    ),
    "Truthy": (
        "collection.getStats",
        '{name: data[name] for name in ("views", "downloads") if data[name]}',
        "collection.getStats answered views 0, and the client left it out",
    ),
    "Asked": (
        "collection.getCollection",
        '{"hash": "fxh4k89"}',
        "collection.getCollection answered with the final hash 'f1nal77', and the client returned "
        "'fxh4k89', the one it asked with",
    ),
}
RIGHT = {
    "Flags": ("collection.getStats", '{"views": True, "status": "ready", "other": data["clicks"]}'),
    "Own": ("collection.getStats", 'types.SimpleNamespace(views=data["views"], _downloads=None)'),
    "Nested": ("collection.getCollection", '{"page": {"hash": data["collectionHash"]}}'),
    "Handler": ("collection.downloadHTML", 'lambda: data["resourceUrl"]'),
    "Saved": (
        "collection.downloadHTML",
        'acme.requests.get(data["resourceUrl"], timeout=5).status_code',
    ),
    "Chunks": ("collection.downloadHTML", "(part for part in data)"),
}


def _shape(name: str, action: str, returned: str) -> str:
    return SHAPE.replace("NAME", name).replace("ACTION", action).replace("RETURNED", returned)


def test_a_result_that_is_not_what_the_reply_said_is_a_finding(project: Project) -> None:
    shapes = [_shape(name, action, returned) for name, (action, returned, _) in MISREAD.items()]
    project.test(SHAPED + "".join(shapes))
    result = project.run("-k", "test_result", "-rf")
    for name, (_, _, text) in MISREAD.items():
        result.stdout.fnmatch_lines(f"FAILED test_acme.py::Test{name}::test_result* - {text}")


def test_a_result_of_another_shape_is_none(project: Project) -> None:
    shapes = [_shape(name, action, returned) for name, (action, returned) in RIGHT.items()]
    project.test(SHAPED + "".join(shapes))
    assert project.run("-k", "test_result").ret == 0


RESULTS = """
    class Result:
        def __init__(self, reply): self.code = reply["code"]

    class TestAcme(ClientContract):
        @call("user.getStats")
        def stats(self, flipsnack):
            return Result(acme.Client(flipsnack.api_key, flipsnack.secret).send())
"""


def test_a_client_that_returns_its_errors_is_told_what_to_declare(project: Project) -> None:
    project.write("acme.py", (project.path / "acme.py").read_text() + SEND)
    project.test("from pytest_flipsnack import ClientContract, call\n" + dedent(RESULTS))
    result = project.run("-k", "test_code and 41")
    result.stdout.fnmatch_lines(
        [
            "E*took it for a success: returned <test_acme.Result object>",
            "E*    hint:    a client that returns its errors declares failed(self, result) and "
            "code_of(self, result)",
        ]
    )


SEND = """
    def send(self):
        text = f"{self.secret}actionuser.getStatsapiKey{self.api_key}"
        signature = hashlib.md5(text.encode()).hexdigest()
        params = {"action": "user.getStats", "apiKey": self.api_key, "signature": signature}
        return requests.get("https://api.flipsnack.com/v1/", params=params, timeout=5).json()
"""
GENERATOR = """
    class TestAcme(ClientContract):
        @call("user.getStats")
        def stats(self, client):
            yield client.ask()
"""


def test_a_method_that_makes_no_request_is_one_finding_of_every_test(project: Project) -> None:
    """No test fails for an answer that the contract has declared and nobody asked for."""
    project.test("from pytest_flipsnack import ClientContract, call\n" + dedent(GENERATOR))
    result = project.run()
    counts = result.parseoutcomes()
    assert "errors" not in counts
    (line,) = [line for line in result.outlines if line.startswith("1 finding in ")]
    assert line == (
        f"1 finding in {counts['failed']} tests: stats did not call user.getStats (returned "
        "<generator object TestAcme.stats>)"
    )


NOTHING = """
    import time

    class TestAcme(ClientContract):
        error = acme.FlipsnackError

        @call("collection.deleteCollection")
        def delete(self, client, flipsnack_hash):
            for wait_s in (1, 2, 4):
                try:
                    return client.ask("collection.deleteCollection", collectionHash=flipsnack_hash)
                except acme.FlipsnackError as error:
                    if error.code not in {22, 31, 32, 50}:
                        raise
                time.sleep(wait_s)
"""


def test_a_call_that_returns_nothing_has_nothing_to_lose(project: Project) -> None:
    project.test("from pytest_flipsnack import ClientContract, call\n" + dedent(NOTHING))
    result = project.run("-k", "test_recovery")
    assert result.parseoutcomes()["passed"] == 5
    assert result.ret == 0
