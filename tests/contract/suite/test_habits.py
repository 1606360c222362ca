"""Habits of right clients that look like faults at first sight, and arguments that arrive."""

from __future__ import annotations

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
        import acme


        class Strict(acme.requests.Session):
            def request(self, *args, **kwargs):
                answer = super().request(*args, **kwargs)
                answer.raise_for_status()
                return answer


        acme.requests.get = Strict().get
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
    assert result.parseoutcomes()["passed"] == 2 * 5 + 2 + 1 + 3 * 3
