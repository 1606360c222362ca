"""Habits of right clients that look like faults at first sight, and arguments that arrive."""

from __future__ import annotations

import pytest

from tests.downstream import Project

RESTING = """
import time
from pytest_flipsnack import ClientContract, call


class Resting(acme.Client):
    '''Rests for two seconds after every reply, and so keeps every limit.'''

    def __repr__(self):
        raise RuntimeError("no repr")

    __str__ = __repr__

    def stats(self):
        for left in (2, 1, 0):
            try:
                return self.ask()
            except acme.FlipsnackError as error:
                if error.code != 31 or not left:
                    raise
            finally:
                time.sleep(2)


@pytest.fixture
def client(flipsnack):
    return Resting(flipsnack.api_key, flipsnack.secret)


class TestResting(ClientContract):
    error = (acme.FlipsnackError, acme.requests.RequestException)
    without = ["clean_errors"]

    @call("user.getStats")
    def stats(self, client):
        return client.stats()
"""


def test_a_client_that_rests_after_every_reply_keeps_a_limit_by_it(project: Project) -> None:
    project.test(RESTING)
    result = project.run("-k", "test_code or test_recovery or test_alternation")
    assert result.ret == 0


def test_waits_that_shrink_by_chance_are_no_fault(project: Project) -> None:
    project.test(
        RESTING.replace("(2, 1, 0)", "range(3, -1, -1)")
        .replace("time.sleep(2)", "time.sleep(2 ** left if self.calls == 1 else 8 / 2 ** left)")
        .replace("        for left", "        self.calls += 1\n        for left")
        .replace("    def __repr__", "    calls = 0\n\n    def __repr__")
    )
    assert project.run("-k", "test_code and 31").ret == 0


def test_a_client_may_let_its_library_raise_for_an_http_status(project: Project) -> None:
    project.write(
        "strict.py",
        """
        from types import SimpleNamespace

        import acme


        class Strict(acme.requests.Session):
            def request(self, *args, **kwargs):
                answer = super().request(*args, **kwargs)
                answer.raise_for_status()
                return answer


        # of this project alone: the tests that run beside it have requests as well
        acme.requests = SimpleNamespace(**{**vars(acme.requests), "get": Strict().get})
        """,
    )
    project.test(RESTING.replace("import time", "import strict, time"))
    assert project.run("-k", "test_body and http_500").ret == 0


def test_what_the_caller_gives_arrives(project: Project) -> None:
    project.write(
        "publishing.py",
        """
        import hashlib

        import acme


        class Client(acme.Client):
            def create(self, path, title):
                params = {"action": "collection.create", "apiKey": self.api_key, "title": title}
                text = self.secret + "".join(name + params[name] for name in sorted(params))
                params["signature"] = hashlib.md5(text.encode()).hexdigest()
                with path.open("rb") as file:
                    answer = acme.requests.post(
                        "https://upload.flipsnack.com/v1/", params=params, timeout=5,
                        files={"file": (path.name, file)},
                    ).json()
                if answer["code"] != 20:
                    raise acme.FlipsnackError(answer["code"])
                return answer.get("data")
        """,
    )
    project.test(
        """
        import publishing
        from pytest_flipsnack import ClientContract, call

        @pytest.fixture
        def client(flipsnack):
            return publishing.Client(flipsnack.api_key, flipsnack.secret)

        class TestPublishing(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("collection.create")
            def create(self, client, flipsnack_document, flipsnack_text):
                return client.create(flipsnack_document, flipsnack_text)

            @call("collection.getCollection")
            def get(self, client, flipsnack_hash):
                return client.ask("collection.getCollection", collectionHash=flipsnack_hash)

            @call("collection.getList")
            def find(self, client, flipsnack_text):
                if not flipsnack_text:
                    raise acme.FlipsnackError("nothing to look for")
                return client.ask("collection.getList", query=flipsnack_text)
        """
    )
    kinds = "test_text or test_hash or test_document or test_wire"
    result = project.run("-k", kinds)
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 2 * 6 + 2 + 4 + 3 * 3


SEVERAL = """
from pytest_flipsnack import ClientContract, call


class TestSeveral(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("ACTION")
    def several(self, client):
        return [client.ask("ACTION", collectionHash=name) for name in NAMES]
"""


@pytest.mark.parametrize("action", ["collection.getCollection", "collection.downloadHTML"])
def test_a_call_for_several_flipbooks_polls_none(project: Project, action: str) -> None:
    project.test(SEVERAL.replace("ACTION", action).replace("NAMES", '("aaa1111", "bbb2222")'))
    assert project.run("-k", "test_processing").ret == 0


def test_a_call_for_the_same_flipbook_is_a_poll(project: Project) -> None:
    names = '("aaa1111", "aaa1111")'
    project.test(SEVERAL.replace("ACTION", "collection.getCollection").replace("NAMES", names))
    result = project.run("-k", "test_processing and stays")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])


def test_a_request_of_a_fixture_takes_no_answer_of_the_call(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        class Checked(acme.Client):
            def __init__(self, *account):
                super().__init__(*account)
                self.left = self.ask()

        @pytest.fixture
        def client(flipsnack):
            return Checked(flipsnack.api_key, flipsnack.secret)

        class TestChecked(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("user.getStats")
            def stats(self, client):
                return client.ask()
        """
    )
    assert project.run("-k", "test_code or test_body or test_wire or test_next_call").ret == 0


@pytest.mark.parametrize(
    ("declared", "outcome"),
    [("", "failed"), ("retries = {31: Retry(waits_s=(8, 4, 2))}", "passed")],
    ids=["not-declared", "declared"],
)
def test_waits_that_a_class_declares_may_shrink(
    project: Project, declared: str, outcome: str
) -> None:
    shrinking = (
        RESTING.replace("(2, 1, 0)", "(3, 2, 1, 0)")
        .replace("            finally:\n                time.sleep(2)\n", "")
        .replace(
            "                    raise\n",
            "                    raise\n                time.sleep(2 ** left)\n",
        )
        .replace("ClientContract, call", "ClientContract, Retry, call")
    )
    project.test(shrinking.replace("    without =", f"    {declared}\n    without ="))
    result = project.run("-k", "test_code and 31")
    assert result.parseoutcomes()[outcome] == 1


@pytest.mark.parametrize(
    ("action", "outcome"), [("collection.update", "failed"), ("collection.getList", "passed")]
)
def test_an_empty_text_may_not_be_dropped_where_it_clears_what_was(
    project: Project, action: str, outcome: str
) -> None:
    name = "title" if action == "collection.update" else "query"
    project.test(
        f"""
        from pytest_flipsnack import ClientContract, call

        class TestDropping(ClientContract):
            error = acme.FlipsnackError

            @call("{action}")
            def change(self, client, flipsnack_text):
                params = {{"{name}": flipsnack_text}} if flipsnack_text else {{}}
                if "{action}" == "collection.update":
                    params["collectionHash"] = "fxh4k89"
                return client.ask("{action}", **params)
        """
    )
    result = project.run("-k", "test_text and empty")
    assert result.parseoutcomes()[outcome] == 1


def test_a_document_may_be_given_as_bytes(project: Project) -> None:
    project.test(
        """
        import hashlib
        from pytest_flipsnack import ClientContract, call

        @pytest.fixture
        def flipsnack_document():
            return b"%PDF-1.4 of our own"

        class TestUpload(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("collection.create")
            def create(self, client, flipsnack_document):
                params = {"action": "collection.create", "apiKey": client.api_key}
                text = client.secret + "".join(name + value for name, value in params.items())
                params["signature"] = hashlib.md5(text.encode()).hexdigest()
                url = "https://upload.flipsnack.com/v1/"
                files = {"file": ("a.pdf", flipsnack_document)}
                answer = acme.requests.post(url, params=params, files=files, timeout=5).json()
                if answer["code"] != 20:
                    raise acme.FlipsnackError(answer["code"])
        """
    )
    assert project.run("-k", "test_document").ret == 0


@pytest.mark.parametrize(("open_s", "outcome"), [(30, "passed"), (10**9, "failed")])
def test_a_circuit_breaker_may_refuse_calls_for_a_while(
    project: Project, open_s: int, outcome: str
) -> None:
    project.test(
        f"""
        import time
        from pytest_flipsnack import ClientContract, call

        class Breaker(acme.Client):
            opened = float("-inf")

            def stats(self):
                if time.monotonic() < self.opened + {open_s}:
                    raise acme.FlipsnackError(None)
                try:
                    return self.ask()
                except Exception:
                    self.opened = time.monotonic()
                    raise

        @pytest.fixture
        def client(flipsnack):
            return Breaker(flipsnack.api_key, flipsnack.secret)

        class TestBreaker(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("user.getStats")
            def stats(self, client):
                return client.stats()
        """
    )
    result = project.run("-k", "test_next_call and reset")
    assert result.parseoutcomes()[outcome] == 1
