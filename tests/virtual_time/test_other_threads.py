"""Where a tool has replaced the threads of the standard library, one sentence says what to do."""

from __future__ import annotations

import pytest

from tests.downstream import Project

GEVENT = """
from gevent import monkey
monkey.patch_all()
"""


@pytest.mark.filterwarnings("ignore")
def test_under_gevent_stubs_work_and_virtual_time_says_that_it_does_not(project: Project) -> None:
    project.write("patched.py", GEVENT)
    project.test("""
        import time

        def test_stub(flipsnack, client):
            flipsnack.respond(41)
            with pytest.raises(acme.FlipsnackError):
                client.ask()

        def test_expect(flipsnack, client):
            with flipsnack.expect(41, raises=acme.FlipsnackError):
                client.ask()

        def test_clock(flipsnack_clock):
            pass

        def test_after():
            time.sleep(0)
    """)
    result = project.run_apart("-p", "patched", "-p", "pytest_flipsnack", "-W", "ignore")
    result.assert_outcomes(passed=2, failed=1, errors=1)
    said = (
        "*VirtualTimeError: time cannot be virtual here: gevent has replaced the threads and sleeps "
        "of the standard library; stub with flipsnack.respond(...) and test the waits with sleeps "
        "of your own"
    )
    result.stdout.fnmatch_lines([said, said])
