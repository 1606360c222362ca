"""Waits that help nobody, and those that are nobody's business."""

from __future__ import annotations

import pytest

from tests.downstream import Project

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
        "from pytest_flipsnack import ClientContract, Retry, call\n"
        + HASTY.format(waits="(0.25, 0.25, 0.25)", declared="")
    )

    result = project.run("-k", f"test_code and {code}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*AssertionError: user.getStats answered {code} and the client retried 3 times "
            "within 0.75 s",
            f"E*    allowed: waits that grow, or that last a second ({code} *)",
            f"E*    seen:    t=0.0 s {code}, t=0.25 s {code}, t=0.5 s {code}, t=0.75 s {code}",
            "E*    way out: fix the client, or turn the check off: without = ?'growing_waits'?",
        ]
    )


@pytest.mark.parametrize(
    ("waits", "code", "retries", "within"),
    [
        ("(0.1, 0.1)", 31, 2, "0.2"),
        ("(0.1,)", 22, 1, "0.1"),
        ("(0.1,)", 50, 1, "0.1"),
        ("(0.2, 0.3)", 32, 2, "0.5"),
    ],
)
def test_waits_that_cannot_work_are_named(
    project: Project, waits: str, code: int, retries: int, within: str
) -> None:
    project.test(
        "from pytest_flipsnack import ClientContract, call\n"
        + HASTY.format(waits=waits, declared="")
    )

    result = project.run("-k", f"test_code and {code}")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"E*answered {code} and the client gave up after {retries} retr* within {within}* s",
            f"E*allowed: waits in which it can pass ({code} *), or no retry",
            "E*way out: fix the client, or turn the check off: without = ?'lasting_waits'?",
        ]
    )


def test_a_single_quick_retry_after_31_may_hit_the_next_second(project: Project) -> None:
    project.test(
        "from pytest_flipsnack import ClientContract, call\n"
        + HASTY.format(waits="(0.3,)", declared="")
    )

    project.run("-k", "test_code and 31").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("waits", "declared"),
    [
        ("(1, 1, 1)", ""),
        ("(0.9, 0.9, 0.9)", ""),
        ("(0.5, 0.7, 1.4)", ""),
        ("(0.4, 0.4, 0.4)", "without = ['clean_errors', 'lasting_waits']"),
        ("(0.3, 0.3)", "without = ['clean_errors', 'lasting_waits']"),
        ("(0.1, 0.1, 0.1)", "retries = dict.fromkeys([22, 31, 32, 50], Retry(wait_s=0.1))"),
        ("(0.1, 0.1, 0.1)", "without = ['clean_errors', 'growing_waits', 'lasting_waits']"),
    ],
)
def test_other_waits_are_not_accused(project: Project, waits: str, declared: str) -> None:
    project.test(
        "from pytest_flipsnack import ClientContract, Retry, call\n"
        + HASTY.format(waits=waits, declared=declared)
    )

    result = project.run("-k", "test_code or test_recovery")

    result.assert_outcomes(passed=24)


POLLING = """
import time
from pytest_flipsnack import ClientContract, Retry, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]
    polls = ["collection.getCollection"]
    {declared}

    @call("collection.getCollection")
    def ready(self, client):
        for _ in range(99):
            found = client.ask("collection.getCollection", collectionHash="fxh4k89")
            if found["collectionStatus"] != "processing":
                return found
            time.sleep(0.1)
        raise acme.FlipsnackError(38)
"""


def test_polls_many_times_a_second_are_named(project: Project) -> None:
    project.test(POLLING.format(declared=""))

    result = project.run("-k", "test_processing and stays")

    result.assert_outcomes(failed=1, deselected=result.parseoutcomes()["deselected"])
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.getCollection answered 20 PROCESSING and the client "
            "polled 5 times within 0.5 s",
            "E*    allowed: a poll every few seconds (38 *)",
            "E*    way out: fix the client, or turn the check off: without = ?'growing_waits'?",
        ]
    )


def test_polls_are_judged_by_what_the_class_declares(project: Project) -> None:
    project.test(POLLING.format(declared="retries = {38: Retry(wait_s=0.1)}"))
    project.run("-k", "test_processing and stays").assert_outcomes(passed=1)
