"""A fault that fails every test of a call is shown once; the other tests say where in one line."""

from __future__ import annotations

import pytest

from tests.contract.suite.referring import (
    CLIENT,
    CONTRACT,
    QUIET,
    REFUSED,
    TWO_CALLS,
    WRONG_KEY,
    WRONG_SECRET,
    fails,
    is_told_once,
)
from tests.downstream import Project, with_two_workers


@with_two_workers
def test_a_refused_request_is_shown_once(merging: Project, workers: tuple[str, ...]) -> None:
    merging.test(CONTRACT + WRONG_SECRET)
    count, text, referred = fails(merging, "TestAcme")
    assert is_told_once(count, text, referred, "^E +rule: +signature is the MD5", workers)
    assert workers or set(referred) == {REFUSED}
    assert all(line.startswith(REFUSED.partition(" see ")[0]) for line in referred)
    assert f"1 finding in {count} tests: user.getStats was refused with 44 Invalid signat" in text


@pytest.mark.nightly
def test_no_test_passes_or_is_skipped_for_having_been_told_before(project: Project) -> None:
    project.test(CONTRACT + WRONG_SECRET)
    told, untold = project.run(*QUIET), project.run(*QUIET, "-p", "no:flipsnack-repeats")
    assert told.ret == untold.ret == 1
    assert told.parseoutcomes() == untold.parseoutcomes()
    assert untold.stdout.str().count("E           rule:") == told.parseoutcomes()["failed"] > 40


def test_a_test_that_is_referred_says_so_in_the_summary_and_shows_nothing_else(
    project: Project,
) -> None:
    body = "print('made'); return acme.Client(flipsnack.api_key, 'another')"
    project.test(CONTRACT + CLIENT.format(body=body))
    result = project.run(*QUIET, "-k", "test_request or (test_code and 31)", "-rA")
    lines = result.outlines
    assert f"FAILED test_acme.py::TestAcme::test_code[user.getStats-31] - {REFUSED}" in lines
    assert lines.count("made") == 1


@pytest.mark.parametrize("style", ["long", "short", "line", "native"])
def test_every_style_of_traceback_has_the_line(project: Project, style: str) -> None:
    project.test(CONTRACT + WRONG_SECRET)
    result = project.run(*QUIET, "-k", "test_request or (test_code and 31)", f"--tb={style}")
    result.stdout.fnmatch_lines([f"*{REFUSED.replace('[', '?').replace(']', '?')}"])


@pytest.mark.parametrize("chosen", ["test_code", "test_code or test_wire"])
def test_without_the_request_test_the_first_that_fails_shows_all(
    merging: Project, workers: tuple[str, ...], chosen: str
) -> None:
    merging.test(CONTRACT + WRONG_SECRET)
    count, text, referred = fails(merging, chosen)
    assert is_told_once(count, text, referred, "^E +rule: +signature is the MD5", workers)
    first = "see test_code[user.getStats-22]"
    assert workers or {line.partition(", ")[2] for line in referred} == {first}


def test_wrong_credentials_are_one_fault_of_all_calls(
    merging: Project, workers: tuple[str, ...]
) -> None:
    merging.test(TWO_CALLS + WRONG_KEY)
    count, text, referred = fails(merging)
    assert is_told_once(count, text, referred, "^E +rule: +apiKey must be the key", workers)
    where = "collection.getEmbed: its request was refused (41), see test_request[user.getStats]"
    assert workers or where in referred


def test_another_secret_is_one_fault_of_all_calls(project: Project) -> None:
    project.test(TWO_CALLS + WRONG_SECRET)
    count, text, referred = fails(project)
    assert is_told_once(count, text, referred, "^E +rule: +signature is the MD5", ())
    assert "collection.getEmbed: its request was refused (44), see test_request[user.getStats]" in (
        referred
    )


def test_a_call_that_makes_no_request_says_so_once(
    merging: Project, workers: tuple[str, ...]
) -> None:
    merging.test(CONTRACT.replace("client.ask()", "client.sak()"))
    count, text, referred = fails(merging)
    sign = "^E +AssertionError: stats did not call user.getStats"
    assert is_told_once(count, text, referred, sign, workers)


def test_a_secret_that_the_client_shows_at_rest_is_shown_once(project: Project) -> None:
    project.test(
        CONTRACT
        + "\nclass Client(acme.Client):\n    def __repr__(self):\n        return self.secret\n"
        + CLIENT.format(body="return Client(flipsnack.api_key, flipsnack.secret)")
    )
    count, text, referred = fails(project)
    assert is_told_once(count, text, referred, "^E +AssertionError: .*secret", ())
    assert count > 5


def test_the_request_is_tested_first_whatever_the_order(project: Project) -> None:
    project.test(
        TWO_CALLS
        + """
@pytest.fixture(params=["one", "two"], scope="module")
def kind(request):
    return request.param

@pytest.fixture
def client(flipsnack, kind):
    return acme.Client(flipsnack.api_key, flipsnack.secret)

def test_of_my_own():
    pass
"""
    )
    project.hooks(
        """
        def pytest_collection_modifyitems(items):
            items.reverse()
        """
    )
    lines = [line for line in project.run("--collect-only", "-q").outlines if "::" in line]
    assert lines[0] == "test_acme.py::test_of_my_own"
    for action in ("user.getStats", "collection.getEmbed"):
        for kind in ("one", "two"):
            mine = [line for line in lines if f"[{kind}-{action}" in line]
            assert f"test_request[{kind}-{action}]" in mine[0]
            assert len(mine) > 40


def test_a_test_that_runs_again_shows_its_finding_again(project: Project) -> None:
    project.test(CONTRACT + WRONG_SECRET)
    result = project.run(*QUIET, "-p", "rerunfailures", "--reruns=1", "-k", "test_request")
    assert result.ret == 1
    assert result.parseoutcomes()["rerun"] == 1
    assert "E           rule:" in result.stdout.str()


def test_a_test_of_the_users_own_is_left_alone(project: Project) -> None:
    own = "    def test_{name}(self, clint):\n        pass\n\n"
    project.test(CONTRACT + "\n" + own.format(name="one") + own.format(name="two"))
    result = project.run(*QUIET)
    result.assert_outcomes(passed=result.parseoutcomes()["passed"], errors=2)
    assert result.stdout.str().count("fixture 'clint' not found") == 2


def test_a_test_that_replaces_a_generated_one_keeps_its_own_failure(project: Project) -> None:
    own = (
        "    def test_code(self, flipsnack_case, flipsnack_workbench):\n        assert not 'mine'\n"
    )
    project.test(CONTRACT + "\n" + own + WRONG_SECRET)
    result = project.run(*QUIET, "-k", "(test_code and 31) or test_request")
    result.assert_outcomes(failed=2, deselected=result.parseoutcomes()["deselected"])
    assert "AssertionError: assert not 'mine'" in result.stdout.str()
