"""How runs go, and what the gate makes of each: the first rows of the table in test_scenarios.py.

Unless a row says otherwise, its project demands 31 in its configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OK = "def test_20(client): client.ask()\n"
LIMIT = """
def test_31(flipsnack, client):
    flipsnack.respond(31)
    assert client.try_to_ask() == 31
"""
GOOD = OK + LIMIT
ALL_GOOD = "passed", "2 of 19 codes exercised; missing: "
MISSING = "required but not exercised: 31 Requests per second limit exceeded; 1 of 19 codes"
NOTHING = "no passing test delivered a code; required but not exercised: 31 "
STOPPED = "the run stopped early ({}); "
LOST = " was lost, with what it had not sent; "
NO_VERDICT = "", ""


@dataclass(frozen=True)
class Scenario:
    """A run: its tests and flags, the exit status, and what all reports say.

    `verdict` is an outcome and a part of the line, empty where nothing may be said or written.
    `before` are the tests of a run that comes first, `files` further files. `apart` needs a process
    of its own. `with_workers` is what differs there, None where the row has no meaning there.
    """

    source: str
    status: int
    verdict: tuple[str, str]
    args: tuple[str, ...] = ()
    ini: tuple[str, ...] = ("flipsnack_require = 31",)
    hooks: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    apart: bool = False
    with_workers: tuple[int, str, str] | tuple[()] | None = ()


def marked(mark: str, source: str = LIMIT) -> str:
    """Return the test of 31 with a mark."""
    return source.replace("def test_31", f"@pytest.mark.{mark}\ndef test_31")


def _ending(line: str) -> str:
    return f"{OK}{LIMIT}    {line}\n"


_LATE = """
@pytest.fixture
def late(flipsnack):
    yield
    raise RuntimeError("teardown")
"""
_EARLY = """
@pytest.fixture
def early(flipsnack, client):
    flipsnack.respond(31)
    client.try_to_ask()
    raise RuntimeError("setup")

def test_31(early): pass
"""
_SHARED = """
@pytest.fixture(scope="{scope}")
def shared(flipsnack_context):
    with flipsnack_context() as flipsnack:
        flipsnack.respond(31)
        acme.Client(flipsnack.api_key, flipsnack.secret).try_to_ask()
        yield

@pytest.mark.usefixtures("shared")
class TestIt:
    def test_one(self): {one}
    def test_two(self): pass
"""
_SUBTESTS = """
def test_31(flipsnack, client, subtests):
    flipsnack.respond(31)
    with subtests.test("it"):
        assert client.try_to_ask() == 31
    with subtests.test("other"):
        {other}
"""
_FLAKY = """
TRIES = []

@pytest.mark.flaky(reruns={reruns})
def test_31(flipsnack, client):
    flipsnack.respond(31)
    client.try_to_ask()
    TRIES.append(1)
    assert len(TRIES) > {fails}
"""
_SIGTERM = "import os, signal\ndef test_last(): os.kill(os.getpid(), signal.SIGTERM)\n"
_FAILS = "def test_a(client): client.ask(); assert 0\n"


ENDINGS: dict[str, Scenario] = {
    # what a test must do to count
    "all pass": Scenario(GOOD, 0, ALL_GOOD),
    "31 is missing": Scenario(OK, 1, ("failed", MISSING)),
    "all skipped": Scenario(marked("skip"), 1, ("failed", NOTHING)),
    "skipped at its end": Scenario(_ending("pytest.skip('late')"), 1, ("failed", MISSING)),
    "all xfailed": Scenario(marked("xfail", LIMIT + "    assert 0\n"), 1, ("failed", NOTHING)),
    "xfailed by a call": Scenario(_ending("pytest.xfail('late')"), 1, ("failed", MISSING)),
    "xpassed": Scenario(OK + marked("xfail"), 1, ("failed", MISSING)),
    "xpassed where that is strict": Scenario(
        OK + marked("xfail(strict=True)"), 1, ("failed", MISSING)
    ),
    "a failed test delivered the only 31": Scenario(_ending("assert 0"), 1, ("failed", MISSING)),
    "a failed test beside the one of 31": Scenario(f"{_FAILS}{GOOD}", 1, ALL_GOOD),
    "an error in its teardown": Scenario(
        OK + _LATE + LIMIT.replace("flipsnack,", "flipsnack, late,"), 1, ("failed", MISSING)
    ),
    "an error in its setup": Scenario(OK + _EARLY, 1, ("failed", MISSING)),
    "a rerun that passes": Scenario(
        OK + _FLAKY.format(reruns=1, fails=1), 0, ALL_GOOD, ("-p", "rerunfailures")
    ),
    "reruns that all fail": Scenario(
        OK + _FLAKY.format(reruns=1, fails=2), 1, ("failed", MISSING), ("-p", "rerunfailures")
    ),
    "subtests passed": Scenario(OK + _SUBTESTS.format(other="pass"), 0, ALL_GOOD),
    "a subtest failed": Scenario(OK + _SUBTESTS.format(other="assert 0"), 1, ("failed", MISSING)),
    "a subtest was skipped": Scenario(
        OK + _SUBTESTS.format(other="pytest.skip('no')"), 0, ALL_GOOD
    ),
    "a fixture of the class": Scenario(
        OK + _SHARED.format(scope="class", one="pass"), 0, ALL_GOOD, ("--dist=loadscope",)
    ),
    "a fixture of the module": Scenario(
        OK + _SHARED.format(scope="module", one="pass"), 0, ALL_GOOD, ("--dist=loadscope",)
    ),
    "a fixture of the class whose first test failed": Scenario(
        OK + _SHARED.format(scope="class", one="assert 0"),
        1,
        ("failed", MISSING),
        ("--dist=loadscope",),
    ),
    # runs that end early
    "-x": Scenario(
        f"{_FAILS}{GOOD}",
        1,
        ("failed", NOTHING),
        ("-x",),
        with_workers=(2, "failed", STOPPED.format("Interrupted")),
    ),
    "--maxfail": Scenario(
        f"{_FAILS}{_FAILS.replace('_a', '_b')}{GOOD}",
        1,
        ("failed", NOTHING),
        ("--maxfail=2",),
        with_workers=(2, "failed", STOPPED.format("Interrupted")),
    ),
    "Ctrl-C": Scenario(
        f"{GOOD}def test_last(): raise KeyboardInterrupt\n",
        2,
        ("failed", STOPPED.format("KeyboardInterrupt")),
        with_workers=(2, "failed", LOST),
    ),
    "SIGTERM": Scenario(
        GOOD + _SIGTERM, -15, NO_VERDICT, apart=True, with_workers=(1, "failed", LOST)
    ),
    "a crash": Scenario(
        f"{GOOD}import os\ndef test_last(): os._exit(3)\n",
        3,
        NO_VERDICT,
        apart=True,
        with_workers=(1, "failed", LOST),
    ),
    "pytest.exit(0)": Scenario(
        f"{GOOD}def test_last(): pytest.exit('enough', returncode=0)\n",
        1,
        ("failed", STOPPED.format("Exit")),
        with_workers=(3, "failed", STOPPED.format("AssertionError")),
    ),
    "pytest.exit(7)": Scenario(
        f"{GOOD}def test_last(): pytest.exit('enough', returncode=7)\n",
        7,
        ("failed", STOPPED.format("Exit")),
        with_workers=(3, "failed", STOPPED.format("AssertionError")),
    ),
    "an internal error": Scenario(
        GOOD,
        3,
        ("failed", STOPPED.format("RuntimeError")),
        hooks="def pytest_runtest_logreport(): raise RuntimeError('broken')\n",
    ),
    "a file that cannot be imported": Scenario(
        GOOD,
        2,
        ("failed", STOPPED.format("Interrupted")),
        files={"test_b.py": "import nowhere"},
        with_workers=(1, *ALL_GOOD),
    ),
    "the same, and to go on": Scenario(
        GOOD, 1, ALL_GOOD, ("--continue-on-collection-errors",), files={"test_b.py": "assert 0"}
    ),
}
