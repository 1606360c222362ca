"""A class that names a client's calls becomes its test suite."""

from __future__ import annotations

import pytest

from tests.downstream import Project

ADAPTER = """
from pytest_flipsnack import ClientContract, Retry, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("user.getStats")
    def stats(self, client):
        return client.ask()
"""
"""The downstream client raises its own error for codes, and lets its library's through."""


def test_every_code_and_case_is_a_test_with_a_readable_id(project: Project) -> None:
    project.test(ADAPTER)
    result = project.run("--collect-only", "-q")
    lines = result.outlines
    assert "test_acme.py::TestAcme::test_code[user.getStats-31]" in lines
    assert "test_acme.py::TestAcme::test_request[user.getStats]" in lines
    assert "test_acme.py::TestAcme::test_wire[user.getStats-timeout]" in lines
    assert not [line for line in lines if "test_upload" in line or "test_processing" in line]


def test_a_client_that_keeps_the_contract_passes_and_is_counted(merging: Project) -> None:
    merging.test(ADAPTER)
    result = merging.run("--flipsnack-report=json")
    assert result.ret == 0
    result.assert_outcomes(
        passed=len(merging.report()["codes"]) and result.parseoutcomes()["passed"]
    )
    verdict = merging.report()["verdict"]
    assert verdict["exercised"] == [20, 22, 30, 31, 32, 40, 41, 42, 44, 50]


def test_two_calls_of_one_action_are_told_apart(project: Project) -> None:
    project.test(
        ADAPTER
        + """
    @call("user.getStats")
    def again(self, client):
        return client.ask()
"""
    )
    lines = project.run("--collect-only", "-q").outlines
    assert "test_acme.py::TestAcme::test_code[stats-user.getStats-31]" in lines
    assert "test_acme.py::TestAcme::test_code[again-user.getStats-31]" in lines


def test_a_generated_test_can_be_selected_deselected_and_overridden(project: Project) -> None:
    project.test(
        ADAPTER
        + """
    @pytest.mark.skip(reason="known")
    def test_message(self, flipsnack_case):
        pass
"""
    )
    chosen = project.run("-k", "test_code and 31")
    chosen.assert_outcomes(passed=1, deselected=chosen.parseoutcomes()["deselected"])
    one = "test_acme.py::TestAcme::test_code[user.getStats-31]"
    left = project.run("--deselect", one, "-k", "test_code", "-v")
    assert one not in left.stdout.str()
    skipped = project.run("-k", "test_message").parseoutcomes()["skipped"]
    assert skipped == 5


def test_arguments_of_a_call_are_fixtures(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        @pytest.fixture
        def title():
            return "Ünï çødé & more"

        class TestAcme(ClientContract):
            @call("collection.getList")
            def find(self, client, title):
                return client.ask("collection.getList", query=title, orderBy="")
        """
    )
    assert project.run("-k", "test_request or test_code").ret == 0


def test_a_client_that_returns_a_result_fits(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        class Result:
            def __init__(self, code):
                self.ok, self.number = code == 20, code

        class TestAcme(ClientContract):
            @call("user.getStats")
            def stats(self, client):
                try:
                    client.ask()
                except acme.FlipsnackError as error:
                    return Result(error.code)
                except Exception:
                    return Result(None)
                return Result(20)

            def failed(self, outcome):
                return not outcome.ok

            def code_of(self, outcome):
                return outcome.number
        """
    )
    assert project.run("-q").ret == 0


def test_a_client_that_ignores_the_code_fails_by_name(merging: Project) -> None:
    merging.test(
        """
        from pytest_flipsnack import ClientContract, call

        class TestAcme(ClientContract):
            error = acme.FlipsnackError
            raises = {41: acme.FlipsnackError}

            @call("user.getStats")
            def stats(self, client):
                try:
                    return client.ask()
                except Exception:
                    return {}
        """
    )
    result = merging.run("-k", "test_code and 41")
    assert result.ret == 1
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes().get("deselected", 0))
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: user.getStats answered 41, and the client took it for a success: "
            "returned {}",
            "E*    allowed: an error, or returns = {41: ...} declared",
            "E*    seen:    t=0.0 s 41",
        ]
    )


DOWNLOAD = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("collection.downloadHTML")
    def download(self, client):
        return client.ask("collection.downloadHTML", collectionHash="fxh4k89")
"""


def test_a_thin_client_leaves_the_polling_to_its_caller(project: Project) -> None:
    project.test(DOWNLOAD)
    assert project.run("-k", "test_processing or test_request").ret == 0
    project.test(
        DOWNLOAD
        + """
class TestThin(TestAcme):
    @call("collection.downloadHTML")
    def download(self, client):
        data = super().download(client)
        if data and data["status"] != "COMPLETE":
            raise acme.FlipsnackError(data["status"])
"""
    )
    assert project.run("-k", "TestThin and (test_processing or test_request)").ret == 0


def test_a_client_that_is_declared_to_poll_must(project: Project) -> None:
    project.test(DOWNLOAD + '    polls = ["collection.downloadHTML"]\n')
    result = project.run("-k", "test_processing")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.downloadHTML answered 20 PROCESSING and "
            "the client returned",
            "E*    allowed: it polls, as the class declares",
        ]
    )


PATIENT = """
import time
from pytest_flipsnack import ClientContract, call


class Client(acme.Client):
    def ready(self, hash):
        for _ in range(TIMES):
            found = self.ask("collection.getCollection", collectionHash=hash) or {}
            if found.get("collectionStatus") != "processing":
                return found
            time.sleep(WAIT_S)
        raise acme.FlipsnackError(38)


@pytest.fixture
def client(flipsnack):
    return Client(flipsnack.api_key, flipsnack.secret)


class TestAcme(ClientContract):
    polls = ["collection.getCollection"]
    DECLARED

    @call("collection.getCollection")
    def ready(self, client):
        return client.ready("fxh4k89")
"""


def patient(times: int, wait_s: int, declared: str) -> str:
    """Return a contract of a client that polls so often."""
    filled = PATIENT.replace("TIMES", str(times)).replace("WAIT_S", str(wait_s))
    return filled.replace("DECLARED", declared)


def test_a_poll_of_many_requests_is_taken_for_endless_and_told_the_way_out(
    project: Project,
) -> None:
    project.test(patient(600, 2, ""))
    result = project.run("-k", "test_processing and stays")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getCollection answered 20 PROCESSING and the client did not stop: "
            "500 requests",
            "E*    allowed: a bounded number of tries",
            "E*    seen:    t=0.0 s 20 PROCESSING, t=2.0 s 20 PROCESSING, *",
            "E*    way out: mend the client, declare most_requests = 1000 if it stops by itself "
            "later, or declare without = ?'bound'?",
        ]
    )


def test_a_poll_may_be_declared_to_make_many_requests(project: Project) -> None:
    project.test(patient(600, 2, "most_requests = 601"))
    assert project.run("-k", "test_processing").ret == 0


def test_more_requests_are_no_way_out_for_a_poll_that_lasts_a_day(project: Project) -> None:
    project.test(patient(600, 3600, "most_requests = 400"))
    result = project.run("-k", "test_processing and stays")
    result.stdout.fnmatch_lines(
        [
            "E*the client did not stop: 25 requests in 25 h",
            "E*    way out: mend the client, or declare without = ?'bound'?",
        ]
    )


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


RETURNS = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    returns = {41: "no access", 43: lambda value: value == "gone"}

    @call("collection.getCollection")
    def get(self, client):
        try:
            return client.ask("collection.getCollection", collectionHash="fxh4k89")
        except acme.FlipsnackError as error:
            return {41: "no access", 43: GONE}.get(error.code) or 1 / 0
"""


def test_declared_error_values_are_held_to(project: Project) -> None:
    project.test(RETURNS.replace("GONE", "'gone'"))
    assert project.run("-k", "test_code and (41 or 43)").ret == 0
    project.test(RETURNS.replace("GONE", "'no access'"))
    result = project.run("-k", "test_code and (41 or 43)")
    assert result.ret == 1
    result.assert_outcomes(passed=1, failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getCollection answered 43 and the client returned "
            "'no access'",
            "E*    allowed: it returns <lambda> (43 Forbidden)",
        ]
    )


BOTH = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    raises = {47: acme.FlipsnackError}
    returns = {47: "gone"}

    @call("collection.deleteCollection")
    def delete(self, client):
        try:
            return client.ask("collection.deleteCollection", collectionHash="fxh4k89")
        except acme.FlipsnackError as error:
            OTHERWISE
"""


@pytest.mark.parametrize("otherwise", ['return "gone"', "raise"])
def test_where_an_error_and_a_value_are_declared_either_will_do(
    project: Project, otherwise: str
) -> None:
    project.test(BOTH.replace("OTHERWISE", otherwise))
    result = project.run("-k", "test_code and 47")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])


def test_where_an_error_and_a_value_are_declared_nothing_else_will_do(project: Project) -> None:
    project.test(BOTH.replace("OTHERWISE", 'raise ValueError("gone")'))
    result = project.run("-k", "test_code and 47")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.deleteCollection answered 47 and the client raised "
            "ValueError: gone",
            "E*    allowed: it raises FlipsnackError or returns 'gone' (47 *)",
            "E*    seen:    t=0.0 s 47",
        ]
    )


KEEPING = """
import time
from pytest_flipsnack import ClientContract, call

KEPT = []


class TestAcme(ClientContract):
    @call("user.getStats")
    def stats(self, client):
        if not KEPT:
            try:
                KEPT.append(client.ask())
            except acme.FlipsnackError:
                time.sleep(1)
                KEPT.append(client.ask())
        return KEPT[0]
"""


def test_a_client_that_keeps_an_answer_need_not_ask_again(project: Project) -> None:
    project.test(KEEPING)
    result = project.run("-k", "test_again and 50")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 1


def test_an_unfit_parameter_is_named(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        class TestAcme(ClientContract):
            @call("collection.update")
            def hide(self, client):
                return client.ask("collection.update", collectionHash="f", collectionStatus="hidden")
        """
    )
    result = project.run("-k", "test_request")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.update was sent with an unfit parameter: "
            "collectionStatus: 'hidden' is not one of *'public', 'editable', 'unlisted'?"
        ]
    )


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
        ["E*AssertionError: stats did not ask collection.getList (returned {*"]
    )


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ('error = "no class"', "TestAcme: TestAcme.error: 'no class' is not an exception class"),
        (
            "raises = {39: acme.FlipsnackError}",
            "TestAcme: TestAcme.raises: 39 is not a Flipsnack status code",
        ),
        (
            'without = ["sleep"]',
            "TestAcme: TestAcme.without: 'sleep' is not a practice; known: "
            "bound, growing_waits, timeout, clean_errors, codes, secrets, async",
        ),
        (
            'retries = {31: "often"}',
            "TestAcme: 'often' is not a rule for retries; allowed: a number of retries, "
            "Retry(at_most=5, wait_s=1), 'forbidden', 'allowed', 'required'",
        ),
        ("returns = {39: None}", "TestAcme: TestAcme.returns: 39 is not a Flipsnack status code"),
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
            "errors = KeyError",
            "TestAcme: TestAcme.errors is not a declaration; did you mean error?",
        ),
        ('polls = ["nothing"]', "TestAcme: 'nothing' is not a Flipsnack action; known actions: *"),
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
            "TestAcme: TestAcme.retries: 3 does not fit; write a dictionary, "
            "as in retries = {31: 3}",
        ),
        (
            "pages = {'collection.getList': '50'}",
            "TestAcme: TestAcme.pages: '50' for collection.getList is not a number of records from 1",
        ),
        (
            "most_requests = 0",
            "TestAcme: TestAcme.most_requests: 0 does not fit; write a number from 1, "
            "as in most_requests = 1000",
        ),
        (
            "most_requests = True",
            "TestAcme: TestAcme.most_requests: True does not fit; write a number from 1, "
            "as in most_requests = 1000",
        ),
        (
            'most_requests = "1000"',
            "TestAcme: TestAcme.most_requests: '1000' does not fit; write a number from 1, "
            "as in most_requests = 1000",
        ),
        (
            "failed = True",
            "TestAcme: TestAcme.failed: True does not fit; write a method, "
            "as in def failed(self, outcome): ...",
        ),
    ],
)
def test_a_wrong_declaration_is_an_error_at_collection(
    project: Project, declared: str, text: str
) -> None:
    source = ADAPTER.replace('without = ["clean_errors"]', declared)
    project.test(
        source.replace("error = acme.FlipsnackError", "") if "error" in declared else source
    )
    result = project.run()
    assert result.ret == 2
    result.stdout.fnmatch_lines([text])


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


def test_an_unknown_action_is_an_error_where_it_is_written(project: Project) -> None:
    project.test(ADAPTER.replace("user.getStats", "user.getstats"))
    result = project.run()
    result.stdout.fnmatch_lines(["E*ValueError: 'user.getstats' is not a Flipsnack action;*"])


ASYNC = """
import asyncio
import httpx
import hashlib
from pytest_flipsnack import ClientContract, call


class AsyncClient:
    def __init__(self, flipsnack):
        self.key, self.secret = flipsnack.api_key, flipsnack.secret
        self.loop = None

    async def ask(self):
        self.loop = self.loop or asyncio.get_running_loop()
        assert self.loop is asyncio.get_running_loop()
        params = {"action": "user.getStats", "apiKey": self.key}
        text = self.secret + "".join(k + v for k, v in sorted(params.items()))
        params["signature"] = hashlib.md5(text.encode()).hexdigest()
        async with httpx.AsyncClient(verify=False) as http:
            answer = await http.get("https://api.flipsnack.com/v1/", params=params)
        body = answer.json()
        if answer.status_code != 200 or body["code"] != 20:
            raise acme.FlipsnackError(body["code"])
        return body


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("user.getStats")
    async def stats(self, client):
        return await client.ask()
"""
FIXTURES = {
    "sync": ("", "@pytest.fixture\ndef client(flipsnack):\n    return AsyncClient(flipsnack)\n"),
    "asyncio": (
        "pytest_asyncio.plugin",
        "import pytest_asyncio\n\n@pytest_asyncio.fixture\nasync def client(flipsnack):\n"
        "    made = AsyncClient(flipsnack)\n    made.loop = asyncio.get_running_loop()\n"
        "    yield made\n",
    ),
}


@pytest.mark.parametrize("kind", FIXTURES)
def test_an_async_client_runs_on_the_loop_of_its_fixture(project: Project, kind: str) -> None:
    plugin, fixture = FIXTURES[kind]
    project.test(ASYNC + fixture)
    flags = ["-p", plugin, "-o", "asyncio_default_fixture_loop_scope=function"] if plugin else []
    result = project.run("-q", "-k", "test_code or test_again or test_recovery", *flags)
    assert result.ret == 0


def test_an_async_client_that_blocks_the_loop_is_named(project: Project) -> None:
    blocking = "        import time; time.sleep(1)\n        async with httpx"
    project.test(ASYNC.replace("        async with httpx", blocking) + FIXTURES["sync"][1])
    result = project.run("-q", "-k", "test_request")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the async client blocks the event loop: time.sleep(1)",
            "E*    way out: mend the client, or declare without = ?'async'?",
        ]
    )
    project.test(
        ASYNC.replace("        async with httpx", blocking).replace(
            '["clean_errors"]', '["clean_errors", "async"]'
        )
        + FIXTURES["sync"][1]
    )
    assert project.run("-q", "-k", "test_request").ret == 0


@pytest.mark.parametrize(
    ("without", "text"),
    [
        ('["clean_errors"]', "the async client blocks the event loop: time.sleep(1)"),
        (
            '["clean_errors", "async"]',
            "user.getStats answered 50 and the client did not stop: 500 requests",
        ),
    ],
)
def test_a_blocked_loop_is_named_before_the_endless_client_that_it_makes(
    project: Project, without: str, text: str
) -> None:
    asking = "        return await client.ask()"
    bounded = """
        async def ask():
            while True:
                try:
                    return await client.ask()
                except acme.FlipsnackError:
                    import time; time.sleep(1)
        return await asyncio.wait_for(ask(), 60)
"""
    source = ASYNC.replace(asking, bounded).replace('["clean_errors"]', without)
    project.test(source + FIXTURES["sync"][1])

    result = project.run("-k", "test_code and 50")

    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines([f"E*AssertionError: {text}"])


HASTY = """
import time

class Client(acme.Client):
    waits_s = {waits}

    def fetch(self):
        for wait_s in (*self.waits_s, None):
            if (code := self.try_to_ask()) == 20:
                return {{}}
            if code not in (22, 31, 32, 50) or wait_s is None:
                raise acme.FlipsnackError(code)
            time.sleep(wait_s)

class TestAcme(ClientContract):
    without = ["clean_errors"]
    {declared}

    @pytest.fixture
    def client(self, flipsnack):
        return Client(flipsnack.api_key, flipsnack.secret)

    @call("user.getStats")
    def stats(self, client):
        return client.fetch()
"""


@pytest.mark.parametrize("code", [22, 32, 50])
def test_equal_waits_that_are_over_within_a_second_are_named(project: Project, code: int) -> None:
    project.test(
        "from pytest_flipsnack import ClientContract, call\n"
        + HASTY.format(waits="(0.25, 0.25, 0.25)", declared="")
    )

    result = project.run("-k", f"test_code and {code}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*AssertionError: user.getStats answered {code} and the client asked again 3 times "
            "within 0.8 s",
            f"E*    allowed: waits that grow, or that last a second ({code} *)",
            f"E*    seen:    t=0.0 s {code}, t=0.2 s {code}, t=0.5 s {code}, t=0.8 s {code}",
            "E*    way out: mend the client, or declare without = ?'growing_waits'?",
        ]
    )


@pytest.mark.parametrize(
    ("waits", "declared"),
    [
        ("(1, 1, 1)", ""),
        ("(0.4, 0.4, 0.4)", ""),
        ("(0.1, 0.2, 0.4)", ""),
        ("(0.3, 0.3)", ""),
        ("(0.1, 0.1, 0.1)", "retries = {22: 3, 32: 3, 50: 3}"),
        ("(0.1, 0.1, 0.1)", "without = ['clean_errors', 'growing_waits']"),
    ],
)
def test_other_waits_are_not_accused(project: Project, waits: str, declared: str) -> None:
    project.test(
        "from pytest_flipsnack import ClientContract, call\n"
        + HASTY.format(waits=waits, declared=declared)
    )

    result = project.run("-k", "test_code or test_recovery")

    result.assert_outcomes(passed=13)


RIGHT = """
import time
from enum import Enum

from pytest_flipsnack import ClientContract, call

class Kind(Enum):
    OTHER = 3

class KindError(acme.FlipsnackError):
    def __init__(self, code):
        super().__init__(code)
        self.code = Kind.OTHER

class Gone(acme.FlipsnackError):
    pass

class Client(acme.Client):
    locked = None

    def find(self, hash):
        return self.or_none("collection.getCollection", hash)

    def delete(self, hash):
        self.or_none("collection.deleteCollection", hash)

    def stats(self, hash):
        try:
            return self.ask("collection.getStats", collectionHash=hash)
        except acme.FlipsnackError as error:
            raise Gone(error.code) if error.code in (46, 47) else error

    def or_none(self, action, hash):
        try:
            return self.ask(action, collectionHash=hash)
        except acme.FlipsnackError as error:
            if error.code in (46, 47):
                return None
            raise

    def many(self, hashes):
        found, errors = {}, []
        for hash in hashes:
            try:
                found[hash] = self.ask("collection.getStats", collectionHash=hash)
            except acme.FlipsnackError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return found

    def download(self, hash):
        self.ask("collection.getCollection", collectionHash=hash)
        if (self.ask("collection.downloadHTML", collectionHash=hash) or {}).get("status") == "FAILED":
            raise acme.FlipsnackError(0)

    def kind(self):
        try:
            return self.ask()
        except acme.FlipsnackError as error:
            raise KindError(error.code)

    _next_s = 0.0

    def spaced(self):
        end_s, wait_s = time.monotonic() + 60, 2
        while True:
            time.sleep(max(0.0, Client._next_s - time.monotonic()))
            Client._next_s = time.monotonic() + 0.25
            try:
                return self.ask()
            except acme.FlipsnackError as error:
                over = time.monotonic() + wait_s > end_s
                if error.code not in (22, 31, 32, 50) or over:
                    raise
            time.sleep(wait_s)
            wait_s = min(20, wait_s * 2)

    def once_locked(self):
        if self.locked:
            raise acme.FlipsnackError(41)
        try:
            return self.ask()
        except acme.FlipsnackError as error:
            self.locked = error.code == 41
            raise

@pytest.fixture
def client(flipsnack):
    return Client(flipsnack.api_key, flipsnack.secret)

class TestAcme(ClientContract):
    without = ["clean_errors"]
    CALLS
"""


@pytest.mark.parametrize(
    "calls",
    [
        """returns = {46: None, 47: None}
    @call("collection.getCollection")
    def find(self, client): return client.find("a")
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """returns = {46: None, 47: lambda value: value is None}
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """raises = {46: Gone, 47: Gone}
    returns = {46: None, 47: None}
    @call("collection.getStats")
    def stats(self, client): return client.stats("a")
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """@call("collection.getStats")
    def many(self, client): return client.many(["a", "b", "c"])""",
        """@call("collection.downloadHTML")
    def download(self, client): return client.download("a")""",
        """@call("user.getStats")
    def kind(self, client): return client.kind()""",
        """@call("user.getStats")
    def locked(self, client): return client.once_locked()""",
        """retries = {code: "required" for code in (22, 31, 32, 50)}
    @call("user.getStats")
    def spaced(self, client): return client.spaced()""",
    ],
    ids=[
        "none-by-code",
        "deletes-what-is-gone",
        "raises-here-returns-there",
        "fan-out",
        "looks-first",
        "kinds-of-its-own",
        "locks-itself-out",
        "spaced-by-class",
    ],
)
def test_right_clients_of_odd_habits_pass(project: Project, calls: str) -> None:
    project.test(RIGHT.replace("CALLS", calls))

    result = project.run("-q")

    assert result.ret == 0, "\n".join(result.outlines)
