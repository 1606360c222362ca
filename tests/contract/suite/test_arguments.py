"""What the caller gives arrives, also in calls for several flipbooks."""

from __future__ import annotations

import pytest

from tests.downstream import Project

SEVERAL = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("collection.getStats")
    def stats(self, client, flipsnack_hash):
        hashes = [flipsnack_hash, "zz9zz9z"]
        return [client.ask("collection.getStats", collectionHash=SENT) for hash in hashes]

    @call("collection.update")
    def rename(self, client, flipsnack_text):
        for title in (flipsnack_text, "Ours"):
            client.ask("collection.update", collectionHash="fxh4k89", title=TITLE)
"""
PERIOD = """
from pytest_flipsnack import ClientContract, call


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("collection.getStats")
    def stats(self, client):
        period = {"startDate": FIRST, "endDate": LAST}
        return client.ask("collection.getStats", collectionHash="fxh4k89", **period)
"""


def _several(project: Project, sent: str, title: str) -> pytest.RunResult:
    project.test(SEVERAL.replace("SENT", sent).replace("TITLE", title))
    return project.run("-k", "test_hash or test_text")


def test_a_call_for_several_flipbooks_sends_each_of_them(project: Project) -> None:
    assert _several(project, "hash", "title").ret == 0


@pytest.mark.parametrize(
    ("sent", "title", "text"),
    [
        (
            "hash.lower()",
            "title",
            "was given 'fXh4K89', and the client sent collectionHash='fxh4k89'",
        ),
        ("hashes[1]", "title", "was given 'fXh4K89', and the client sent collectionHash='zz9zz9z'"),
        (
            "hash",
            "title.encode('ascii', 'ignore').decode()",
            "was given 'Été à Łódź: 東京', and the client sent *",
        ),
    ],
    ids=["lower-case", "the-same-twice", "ascii"],
)
def test_a_call_for_several_flipbooks_that_loses_one_is_named(
    project: Project, sent: str, title: str, text: str
) -> None:
    result = _several(project, sent, title)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"E*AssertionError: *{text}"])


def test_a_request_of_two_for_one_flipbook_that_asks_for_another_is_named(project: Project) -> None:
    twice = SEVERAL.replace('"zz9zz9z"]', "flipsnack_hash]").replace(
        "for hash in hashes", "for hash in [hashes[0], 'fxh4k89']"
    )
    project.test(twice.replace("SENT", "hash").replace("TITLE", "title"))
    result = project.run("-k", "test_hash and digits")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["E*was given '1234567890', and the client sent collectionHash='fxh4k89'"]
    )


@pytest.mark.parametrize(
    ("first", "last", "outcome"),
    [
        ("2026-01-01", "2026-02-01", "passed"),
        ("2026-01-01", "2026-01-01", "passed"),
        ("2026-02-01", "2026-01-01", "failed"),
        ("2027-01-01", "2026-12-31", "failed"),
    ],
)
def test_a_period_that_ends_before_it_begins_is_named(
    project: Project, first: str, last: str, outcome: str
) -> None:
    project.test(PERIOD.replace("FIRST", repr(first)).replace("LAST", repr(last)))
    result = project.run("-k", "test_request")
    assert result.parseoutcomes()[outcome] == 1
    if outcome == "failed":
        result.stdout.fnmatch_lines(
            [
                f"E*AssertionError: collection.getStats was sent with startDate={first!r} after "
                f"endDate={last!r}",
                "E*    allowed: a period that begins before it ends",
            ]
        )
