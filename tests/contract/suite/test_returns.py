"""Error values, kept answers and unfit parameters."""

from __future__ import annotations

import pytest

from tests.downstream import Project

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
    for case in ("50", "success"):
        result = project.run("-k", f"test_next_call and {case}")
        result.assert_outcomes(passed=1)


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
            "E*AssertionError: collection.update was sent with a wrong parameter: "
            "collectionStatus: 'hidden' is not one of *'public', 'editable', 'unlisted'?"
        ]
    )
