"""How the failure of a generated test reads: at the user's method, short, with the client's error."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import cast

import pytest

from pytest_flipsnack.integration import failures
from tests.downstream import Project, with_two_workers

CONTRACT = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["timeout"]

    @pytest.fixture
    def client(self, flipsnack):
        return acme.Client(flipsnack.api_key, flipsnack.secret)

    @call("user.getStats")
    def stats(self, client):
        {body}
"""
HASTY = CONTRACT.replace(
    "{body}",
    """for attempt in range(3):
            try:
                return client.ask()
            except acme.FlipsnackError:
                pass
        return client.ask()""",
)
PLAIN = CONTRACT.replace("{body}", "return client.ask()")
LINE = 1 + next(n for n, line in enumerate(("x\nx\n" + PLAIN).splitlines()) if "@call" in line)


def test_a_finding_is_shown_at_the_method_with_the_clients_traceback(merging: Project) -> None:
    merging.test(PLAIN)
    result = merging.run("-k", "test_body and html", "-p", "no:cacheprovider")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes().get("deselected", 0))
    text = result.stdout.str()
    result.stdout.fnmatch_lines(
        [
            "*in ask",
            "E*JSONDecodeError: *",
            "The above exception was the direct cause of the following exception:",
            "E       AssertionError: user.getStats answered with a maintenance page in HTML, and *",
            "E           allowed: FlipsnackError, as in error = FlipsnackError",
            f"test_acme.py:{LINE}: AssertionError",
            "FAILED test_acme.py::TestAcme::test_body?user.getStats-html? - user.getStats answered "
            "with a maintenance page in HTML, and the client raised JSONDecodeError: *",
        ]
    )
    for ours in ("flipsnack_workbench", "flipsnack_case", "client_contract.py", "attempt.py"):
        assert ours not in text
    assert "test-api-key" not in text


@pytest.mark.parametrize("case", ["test_body and html", "test_wire and reset"])
def test_of_libraries_the_message_alone_is_shown(project: Project, case: str) -> None:
    project.test(PLAIN)
    result = project.run("-k", case)
    text = result.stdout.str()
    assert "site-packages" not in text
    assert text.count("exception was the direct cause") == 1
    assert re.search(r"^acme\.py:\d+: in ask$", text, re.MULTILINE)
    assert re.search(r"^E +requests\.exceptions\.\w+Error: ", text, re.MULTILINE)
    assert len(result.outlines) < 40


@pytest.mark.parametrize("flag", ["--tb=long", "--full-trace"])
def test_the_whole_traceback_is_there_where_it_is_asked_for(project: Project, flag: str) -> None:
    project.test(PLAIN)
    text = project.run("-k", "test_wire and reset", flag).stdout.str()
    assert re.search(r"requests.sessions\.py:\d+: ", text)


def test_a_client_that_is_a_library_itself_keeps_its_traceback(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failures, "_LIBRARIES", {*failures._LIBRARIES, project.path})
    project.test(PLAIN)
    text = project.run("-k", "test_body and html").stdout.str()
    assert re.search(r"^acme\.py:\d+: in ask$", text, re.MULTILINE)


@pytest.mark.parametrize("style", ["short", "line", "native", "no"])
def test_every_style_of_traceback_names_the_finding(project: Project, style: str) -> None:
    project.test(PLAIN)
    result = project.run("-k", "test_body and html", f"--tb={style}")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        ["FAILED *html? - *user.getStats answered with a maintenance page*"]
    )


@with_two_workers
def test_one_cause_of_many_failures_is_counted_once(merging: Project) -> None:
    merging.test(HASTY)
    result = merging.run("-k", "test_code", "-p", "no:cacheprovider")
    found = [line for line in result.outlines if re.match(r"\d+ finding", line)]
    assert len(found) == 1
    assert re.fullmatch(
        r"1 finding in \d+ tests: user\.getStats answered \d\d and the client retried after "
        r"0\.0 s",
        found[0],
    )
    assert result.ret == 1


def test_findings_that_differ_are_not_counted(project: Project) -> None:
    project.test(PLAIN)
    result = project.run("-k", "test_body and (html or json_array)")
    assert result.parseoutcomes()["failed"] == 2
    assert not [line for line in result.outlines if re.match(r"\d+ finding", line)]


def test_a_test_is_located_at_the_method_of_its_call(project: Project) -> None:
    project.write("base.py", "import pytest, acme\n" + PLAIN)
    project.test("""
        from base import TestAcme as Base

        class TestMine(Base):
            def test_of_my_own(self, client):
                assert client.try_to_ask() == 20
    """)
    project.hooks(
        """
        @pytest.hookimpl(trylast=True)
        def pytest_collection_finish(session):
            for item in session.items:
                print("AT", item.location[:2])
        """
    )
    result = project.run("--collect-only", "-q", "-k", "TestMine and (test_request or my_own)")
    result.stdout.fnmatch_lines([f"AT ('base.py', {LINE - 2})", "AT ('test_acme.py', 6)"])


OBJECT = """
class Stats:
    flipsnack_action = "user.getStats"

    def __call__(self, client):
        return client.ask()


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    stats = Stats()
"""


def test_a_call_that_is_no_function_is_tested_as_well(project: Project) -> None:
    fixture = "\n    @pytest.fixture\n    def client(self, flipsnack):\n"
    made = "        return acme.Client(flipsnack.api_key, flipsnack.secret)\n"
    project.test("from pytest_flipsnack import ClientContract\n" + OBJECT + fixture + made)
    result = project.run("-k", "test_code and 41")
    result.assert_outcomes(passed=1, deselected=result.parseoutcomes()["deselected"])


def test_a_client_in_a_folder_of_the_same_name_keeps_its_traceback(project: Project) -> None:
    project.test(PLAIN, "pytest_flipsnack/test_acme.py")
    result = project.run("-k", "test_body and html", "--import-mode=importlib")
    result.stdout.fnmatch_lines(["*pytest_flipsnack/test_acme.py:*: *", "E*JSONDecodeError: *"])


def test_an_error_that_shows_a_secret_is_left_out(project: Project) -> None:
    project.test(PLAIN.replace("return client.ask()", "raise OSError('key ' + client.secret)"))
    result = project.run("-k", "test_request")
    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    assert "direct cause" not in result.stdout.str()
    result.stdout.no_fnmatch_line("*test-secret*")


def test_a_failure_without_a_place_is_explained_as_well() -> None:
    sections: list[tuple[str, str]] = []
    shown = SimpleNamespace(addsection=lambda *given: sections.append(given), reprcrash=None)
    report = cast("pytest.TestReport", SimpleNamespace(longrepr=shown))
    assert failures.explain(report, ["refused", "not delivered"])
    assert sections == [("Flipsnack", "refused\nnot delivered")]
    assert not failures.explain(report, [])


def test_findings_of_blocks_marks_and_refusals_are_counted_as_well(merging: Project) -> None:
    merging.test(
        """
        def retry_at_once(client):
            for _ in range(3):
                try:
                    return client.ask()
                except acme.FlipsnackError:
                    pass

        @pytest.mark.parametrize("code", [31, 32])
        def test_block(flipsnack, client, code):
            with flipsnack.expect(code):
                retry_at_once(client)

        @pytest.mark.flipsnack(50, raises=acme.FlipsnackError)
        def test_mark(client):
            retry_at_once(client)

        @pytest.mark.parametrize("swallowed", [True, False])
        def test_refusal(client, swallowed):
            client.secret = "another"
            try:
                client.ask()
            except acme.FlipsnackError:
                if not swallowed:
                    raise
        """
    )
    result = merging.run("-p", "no:cacheprovider")
    found = [line for line in result.outlines if re.match(r"\d+ finding", line)]
    assert len(found) == 2
    assert re.match(
        r"1 finding in 3 tests: user\.getStats answered \d\d and the client retried", found[0]
    )
    assert re.match(r"1 finding in 2 tests: user\.getStats was refused with 4\d", found[1])


def test_a_block_that_fails_beside_a_refusal_is_counted_by_its_own_finding(
    project: Project,
) -> None:
    project.test(
        """
        @pytest.mark.parametrize("code", [41, 43])
        def test_both(flipsnack, client, code):
            client.secret = "another"
            with pytest.raises(acme.FlipsnackError):
                client.ask()
            client.secret = flipsnack.secret
            with flipsnack.expect(code, raises=ValueError):
                client.ask()
        """
    )
    result = project.run("-p", "no:cacheprovider")
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["1 finding in 2 tests: the client raised FlipsnackError after *"])
