"""What is polled, and until when."""

from __future__ import annotations

from tests.downstream import Project

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
            "E*    allowed: more requests until it is ready, as in polls = *",
        ]
    )


def test_a_download_that_failed_is_not_polled_for_again(project: Project) -> None:
    polling = DOWNLOAD.replace(
        'return client.ask("collection.downloadHTML", collectionHash="fxh4k89")',
        """for _ in range(5):
            data = client.ask("collection.downloadHTML", collectionHash="fxh4k89") or {}
            if data.get("status") == "COMPLETE":
                return data
            __import__("time").sleep(2)
        raise acme.FlipsnackError(50)""",
    )
    project.test(polling)
    result = project.run("-k", "test_processing")
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.downloadHTML answered FAILED and the client retried",
            "E*    allowed: FAILED ends the download",
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
            "E*    allowed: a limited number of requests",
            "E*    seen:    t=0.0 s 20 PROCESSING, t=2.0 s 20 PROCESSING, *",
            "E*    way out: fix the client, raise the limit if it stops by itself later: "
            "max_requests = 1000, or turn the check off: without = ?'bound'?",
        ]
    )


def test_a_poll_may_be_declared_to_make_many_requests(project: Project) -> None:
    project.test(patient(600, 2, "max_requests = 601"))
    assert project.run("-k", "test_processing").ret == 0


def test_more_requests_are_no_way_out_for_a_poll_that_lasts_a_day(project: Project) -> None:
    project.test(patient(600, 3600, "max_requests = 400"))
    result = project.run("-k", "test_processing and stays")
    result.stdout.fnmatch_lines(
        [
            "E*the client did not stop: 25 requests in 25 h",
            "E*    way out: fix the client, or turn the check off: without = ?'bound'?",
        ]
    )


UPDATE = """
import time
from pytest_flipsnack import ClientContract, call


class Client(acme.Client):
    def update(self, hash):
        for _ in range(TIMES):
            try:
                return self.ask("collection.update", collectionHash=hash, title="T")
            except acme.FlipsnackError as error:
                if error.code != 38:
                    raise
            time.sleep(3)
        return self.ask("collection.update", collectionHash=hash, title="T")


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]
    polls = ["collection.update"]

    @call("collection.update")
    def update(self, flipsnack):
        return Client(flipsnack.api_key, flipsnack.secret).update("fxh4k89")
"""


def test_a_change_that_is_declared_to_wait_must(project: Project) -> None:
    project.test(UPDATE.replace("TIMES", "5"))
    assert project.run("-k", "38").ret == 0

    project.test(UPDATE.replace("TIMES", "0"))
    result = project.run("-k", "38")

    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.update answered 38 and then 20, and the client raised "
            "FlipsnackError: Flipsnack answered 38",
            "E*    allowed: a success",
        ]
    )


def test_a_client_that_waits_after_an_upload_passes(project: Project) -> None:
    project.write(
        "publishing.py",
        """
        import time

        import acme
        import hashlib
        import requests


        class Client(acme.Client):
            def create(self):
                params = {"action": "collection.create", "apiKey": self.api_key}
                text = self.secret + "".join(name + value for name, value in params.items())
                params["signature"] = hashlib.md5(text.encode()).hexdigest()
                answer = requests.post(
                    "https://upload.flipsnack.com/v1/", params=params, timeout=5,
                    files={"file": ("a.pdf", b"%PDF-1.4")},
                ).json()
                if answer["code"] != 20:
                    raise acme.FlipsnackError(answer["code"])
                if "data" not in answer:
                    raise acme.FlipsnackError("20 without data")
                hash = answer["data"]["collectionHash"]
                for _ in range(10):
                    found = self.ask("collection.getCollection", collectionHash=hash)
                    if found["collectionStatus"] != "processing":
                        return found
                    time.sleep(2)
                raise acme.FlipsnackError(38)
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

            @call("collection.create")
            def create(self, client):
                return client.create()
        """
    )
    result = project.run("-k", "test_processing or test_success or test_upload")
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 12


PUBLISHING = """
import time

from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    without = ["clean_errors"]

    @call("collection.update")
    def update(self, client):
        for wait_s in WAITS:
            try:
                return client.ask("collection.update", collectionHash="fxh4k89", title="x")
            except acme.FlipsnackError as error:
                if error.code != 38:
                    raise
            time.sleep(wait_s)
        return client.ask("collection.update", collectionHash="fxh4k89", title="x")
"""


def test_a_client_that_waits_out_38_does_so_for_some_seconds(project: Project) -> None:
    project.test(PUBLISHING.replace("WAITS", "(2, 2, 2)"))

    project.run("-k", "test_publishing").assert_outcomes(passed=1)


def test_a_client_that_waits_out_38_once_and_too_briefly_is_named(project: Project) -> None:
    project.test(PUBLISHING.replace("WAITS", "(2,)"))

    result = project.run("-k", "test_publishing")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.update was refused with 38 for 4 s, and the client raised "
            "FlipsnackError: *",
            "E*    allowed: a success",
        ]
    )


def test_a_client_that_leaves_38_to_its_caller_passes(project: Project) -> None:
    project.test(PUBLISHING.replace("WAITS", "()"))

    project.run("-k", "test_publishing").assert_outcomes(passed=1)


def test_a_client_that_asks_before_it_changes_meets_no_38(project: Project) -> None:
    asking = """
        for _ in range(9):
            found = client.ask("collection.getCollection", collectionHash="fxh4k89")
            if (found or {}).get("collectionStatus") != "processing":
                break
            time.sleep(2)
        for wait_s in WAITS:"""
    project.test(
        PUBLISHING.replace("\n        for wait_s in WAITS:", asking).replace("WAITS", "(2, 2, 2)")
    )

    project.run("-k", "test_publishing").assert_outcomes(passed=1)
