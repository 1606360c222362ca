"""A wait that cannot be made virtual is a warning at its line, and a line of every finding."""

from __future__ import annotations

import re

import pytest

from tests.downstream import Project, with_two_workers

WAITING = """
import threading
import acme


class Client(acme.Client):
    \"\"\"Right, but waits at a lock, so that a test really waits.\"\"\"

    def fetch(self, tries=2):
        for last in range(tries):
            if (code := self.try_to_ask()) == 20:
                return
            if last < tries - 1:
                self.pause()
        raise acme.FlipsnackError(code)

    def pause(self):
        lock = threading.Lock()
        lock.acquire()
        lock.acquire(timeout=0.8)
"""
WHERE = r"0\.[5-9] s at waiting\.py:20: lock\.acquire\(timeout=0\.8\)"
SHOWN = ("-W", "default")  # the tests of this repository make every warning an error
EXPECTS = """
import waiting

def test_it(flipsnack):
    client = waiting.Client(flipsnack.api_key, flipsnack.secret)
    with flipsnack.expect(31, raises={error}):
        client.fetch()
"""


@pytest.fixture
def waiting(merging: Project) -> Project:
    merging.write("waiting.py", WAITING)
    return merging


@with_two_workers
def test_a_right_client_passes_and_the_line_is_named(waiting: Project) -> None:
    waiting.test(EXPECTS.format(error="acme.FlipsnackError"))

    result = waiting.run(*SHOWN)

    result.assert_outcomes(passed=1, warnings=1)
    assert result.ret == 0
    text = "\n".join(result.outlines)
    assert re.search(rf"RealWaitWarning: the test really waited {WHERE}\n", text)
    assert "    virtual: time.sleep, asyncio.sleep, trio.sleep, select.select without a" in text
    assert "let the client wait with one of these, or ignore pytest_flipsnack.RealWa" in text


def test_a_project_may_ignore_it(waiting: Project) -> None:
    waiting.ini("filterwarnings = error", "    ignore::pytest_flipsnack.RealWaitWarning")
    waiting.test(EXPECTS.format(error="acme.FlipsnackError"))

    result = waiting.run()

    result.assert_outcomes(passed=1)


def test_a_finding_shows_where_its_time_went(waiting: Project) -> None:
    waiting.test(EXPECTS.format(error="ValueError"))

    result = waiting.run(*SHOWN)

    result.assert_outcomes(failed=1, warnings=1)
    lines = [line.removeprefix("E").strip() for line in result.outlines]
    at = lines.index(
        "AssertionError: the client raised FlipsnackError after 31 Requests per second limit exceeded"
    )
    assert lines[at + 1] == "allowed: it raises ValueError"
    assert re.fullmatch(r"seen:    t=0\.0 s 31, t=0\.[89]\d* s 31", lines[at + 2])
    assert re.fullmatch(f"real:    {WHERE}", lines[at + 3])


def test_a_block_with_a_fake_of_its_own_names_it_as_well(waiting: Project) -> None:
    waiting.test("""
        import waiting

        def test_it(flipsnack_context):
            with flipsnack_context() as flipsnack:
                client = waiting.Client(flipsnack.api_key, flipsnack.secret)
                with flipsnack.expect(50, raises=acme.FlipsnackError):
                    client.fetch()
    """)

    result = waiting.run(*SHOWN)

    result.assert_outcomes(passed=1, warnings=1)


def test_a_contract_shows_where_the_time_went(waiting: Project) -> None:
    waiting.test("""
        import waiting
        from pytest_flipsnack import ClientContract, Retry, call

        class TestAcme(ClientContract):
            error = acme.FlipsnackError
            retries = {31: Retry(at_most=0)}

            @pytest.fixture
            def client(self, flipsnack):
                return waiting.Client(flipsnack.api_key, flipsnack.secret)

            @call("user.getStats")
            def stats(self, client):
                return client.fetch()
    """)

    result = waiting.run(*SHOWN, "-k", "test_code and 31")

    result.assert_outcomes(failed=1, warnings=1)
    found = [line for line in result.outlines if re.search(f"real:    {WHERE}", line)]
    assert len(found) == 1
