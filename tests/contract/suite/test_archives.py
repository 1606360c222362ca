"""A client that fetches the archive: one that is not there, and one that was there before."""

from __future__ import annotations

import pytest

from tests.downstream import Project

FETCHING = """
import time
from pytest_flipsnack import ClientContract, call

URLS = {}


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]
    polls = ["collection.downloadHTML"]

    @pytest.fixture(autouse=True)
    def none_yet(self):
        URLS.clear()

    @call("collection.downloadHTML")
    def download(self, client):
        for _ in range(9):
            data = client.ask("collection.downloadHTML", collectionHash="fxh4k89")
            if data["status"] != "PROCESSING":
                break
            time.sleep(5)
        if data["status"] != "COMPLETE":
            raise acme.FlipsnackError(data["status"])
        url = URL
        response = acme.requests.get(url, timeout=5)
        CHECK
        return response.content
"""
CHECK = "if not response.ok:\n            raise acme.FlipsnackError(response.status_code)"
KINDS = ("-k", "test_archive or test_expiry")


def _run(project: Project, url: str, check: str) -> pytest.RunResult:
    project.test(FETCHING.replace("URL\n", f"{url}\n").replace("CHECK", check))
    return project.run(*KINDS)


def test_a_client_that_looks_at_the_status_of_the_archive_passes(project: Project) -> None:
    result = _run(project, 'data["resourceUrl"]', CHECK)
    result.assert_outcomes(passed=2, deselected=result.parseoutcomes()["deselected"])


@pytest.mark.parametrize("check", ["", "print(response.status_code)", "response.json"])
def test_a_page_that_says_404_is_no_archive(project: Project, check: str) -> None:
    result = _run(project, 'data["resourceUrl"]', check)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the archive of collection.downloadHTML was answered with HTTP 404, and "
            "the client took it for a success: returned b'This resourceUrl expired *",
            "E*    allowed: an error, as in response.raise_for_status()",
        ]
    )


@pytest.mark.parametrize(
    "kept",
    [
        'URLS.setdefault("fxh4k89", data["resourceUrl"])',
        'URLS.get("last") or URLS.setdefault("last", data["resourceUrl"])',
        'URLS.setdefault(client.api_key, data["resourceUrl"])',
    ],
)
def test_the_first_url_leads_nowhere_two_minutes_later(project: Project, kept: str) -> None:
    result = _run(project, kept, CHECK)
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: collection.downloadHTML answered 20 to a second call, 120 s after the "
            "first, and the client raised FlipsnackError: Flipsnack answered 404",
            "E*    allowed: a success",
        ]
    )


def test_a_download_that_fails_is_judged_elsewhere(project: Project) -> None:
    project.test(FETCHING.replace("url = URL", "raise acme.FlipsnackError(33)"))
    result = project.run(*KINDS)
    result.assert_outcomes(passed=2, deselected=result.parseoutcomes()["deselected"])


ALREADY = """if "content" in URLS:
            return URLS["content"]
        response = acme.requests.get(url, timeout=5)
        URLS["content"] = response.content"""


def test_a_client_that_has_the_archive_already_needs_no_other(project: Project) -> None:
    kept = FETCHING.replace("response = acme.requests.get(url, timeout=5)", ALREADY)
    project.test(kept.replace("URL\n", 'data["resourceUrl"]\n').replace("CHECK", CHECK))
    assert project.run(*KINDS).ret == 0
