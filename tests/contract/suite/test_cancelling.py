"""Async calls that are cancelled while they wait: they end, and send nothing more."""

from __future__ import annotations

import pytest

from tests.contract.suite.test_async import ASYNC, FIXTURES
from tests.downstream import Project

SYNC = FIXTURES["sync"][1]
RETRYING = """
    async def patient(self):
        for wait_s in (1, 2):
            try:
                return await self.ask()
            except acme.FlipsnackError as error:
                if error.code not in {22, 31, 32, 50}:
                    raise
            await asyncio.sleep(wait_s)
        return await self.ask()


class TestAcme(ClientContract):"""
CLIENT = ASYNC.replace("\n\nclass TestAcme(ClientContract):", RETRYING).replace(
    "await client.ask()", "await client.patient()"
)
SWALLOWING = CLIENT.replace(
    "            await asyncio.sleep(wait_s)",
    "            try:\n"
    "                await asyncio.sleep(wait_s)\n"
    "            except BaseException:\n"
    "                pass",
)


def test_a_call_that_lets_itself_be_cancelled_passes(project: Project) -> None:
    project.test(CLIENT + SYNC)

    project.run("-k", "test_cancel").assert_outcomes(passed=1)


def test_a_call_that_swallows_its_cancellation_is_named(project: Project) -> None:
    project.test(SWALLOWING + SYNC)

    result = project.run("-k", "test_cancel")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the call of user.getStats was cancelled while it waited, and the "
            "client went on: it *",
            "E*    allowed: asyncio.CancelledError passes: catch Exception, not BaseException",
            "E*    way out: fix the client, or turn the check off: without = ?'async'?",
        ]
    )


def test_it_is_sound_practice_and_can_be_turned_off(project: Project) -> None:
    without = SWALLOWING.replace('["clean_errors"]', '["clean_errors", "async"]')
    project.test(without + SYNC)

    project.run("-k", "test_cancel").assert_outcomes(passed=1)


def test_a_client_that_is_not_async_has_nothing_to_cancel(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call


        class TestAcme(ClientContract):
            @call("user.getStats")
            def stats(self, client):
                return client.ask("user.getStats")
        """
    )

    project.run("-k", "test_cancel").assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("made", "ending"),
    [
        ("return None", "it returned None"),
        ("raise acme.FlipsnackError(50)", "it raised FlipsnackError: Flipsnack answered 50"),
        ("return {'views': 0}", "it returned {'views': 0}"),
    ],
)
def test_a_call_that_makes_something_else_of_its_cancellation_is_named(
    project: Project, made: str, ending: str
) -> None:
    project.test(SWALLOWING.replace("                pass", f"                {made}") + SYNC)

    result = project.run("-k", "test_cancel")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the call of user.getStats was cancelled while it waited, and the "
            f"client did not pass that on: {ending}",
            "E*    allowed: asyncio.CancelledError passes: catch Exception, not BaseException",
            "E*    way out: fix the client, or turn the check off: without = ?'async'?",
        ]
    )


def test_a_call_that_has_ended_by_then_passes(project: Project) -> None:
    project.test(ASYNC + SYNC)

    project.run("-k", "test_cancel").assert_outcomes(passed=1)
