"""A class that names a client's calls becomes its test suite."""

from __future__ import annotations

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import DEMANDED, Project, with_two_workers


def test_every_code_and_case_is_a_test_with_a_readable_id(project: Project) -> None:
    project.test(ADAPTER)
    result = project.run("--collect-only", "-q")
    lines = result.outlines
    assert "test_acme.py::TestAcme::test_code[user.getStats-31]" in lines
    assert "test_acme.py::TestAcme::test_request[user.getStats]" in lines
    assert "test_acme.py::TestAcme::test_wire[user.getStats-timeout]" in lines
    assert not [line for line in lines if "test_upload" in line or "test_processing" in line]


@with_two_workers
def test_a_client_that_keeps_the_contract_passes_and_is_counted(merging: Project) -> None:
    merging.test(ADAPTER)
    result = merging.run("--flipsnack-report=json")
    assert result.ret == 0
    result.assert_outcomes(
        passed=len(merging.report()["codes"]) and result.parseoutcomes()["passed"]
    )
    verdict = merging.report()["verdict"]
    assert verdict["exercised"] == DEMANDED


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
            "E*    allowed: an error (41 Invalid credentials), or returns = {41: ...}",
            "E*    seen:    t=0.0 s 41",
        ]
    )


def test_what_has_no_case_is_no_test_and_comes_back_with_a_call_that_has(project: Project) -> None:
    project.test(
        ADAPTER
        + """

class TestUploading(TestAcme):
    @call("collection.create")
    def create(self, client):
        return client.ask("collection.create")


class TestWithout(TestAcme):
    test_code = None


class TestStillWithout(TestWithout):
    @call("collection.create")
    def create(self, client):
        return client.ask("collection.create")
"""
    )
    lines = project.run("--collect-only", "-q").outlines

    def has(name: str, test: str) -> bool:
        return any(f"::{name}::{test}[" in line for line in lines)

    assert not has("TestAcme", "test_upload")
    assert has("TestUploading", "test_upload")
    assert not has("TestWithout", "test_code")
    assert not has("TestStillWithout", "test_code")
    assert has("TestStillWithout", "test_upload")
    project.run("-k", "TestAcme").stdout.fnmatch_lines(["*passed*"])


def test_as_many_tests_run_as_are_collected(project: Project) -> None:
    project.test(ADAPTER)
    result = project.run()
    count = result.parseoutcomes()["passed"]
    result.stdout.fnmatch_lines([f"collected {count} items"])


def test_a_file_that_a_fixture_opens_is_read_by_every_call(project: Project) -> None:
    project.test(
        """
import hashlib
import io

import requests
from pytest_flipsnack import ClientContract, call


@pytest.fixture
def document():
    file = io.BytesIO(b"front matter %PDF-1.4 small")
    file.seek(13)
    return file


class TestAcme(ClientContract):
    without = ["clean_errors", "codes"]

    @call("collection.create")
    def create(self, flipsnack, document):
        sent = {"action": "collection.create", "apiKey": flipsnack.api_key}
        text = flipsnack.secret + "".join(name + sent[name] for name in sorted(sent))
        sent["signature"] = hashlib.md5(text.encode()).hexdigest()
        url = "https://upload.flipsnack.com/v1/"
        answer = requests.post(url, data=sent, files={"file": document}, timeout=5).json()
        if answer["code"] != 20:
            raise acme.FlipsnackError(answer["code"])
        assert flipsnack.calls[-1].files["file"] == b"%PDF-1.4 small"
"""
    )
    project.run("-k", "test_next_call or test_upload").assert_outcomes(passed=7)
