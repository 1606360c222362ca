"""`--flipsnack-flip` names the tests that pass whatever code comes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from pytest_flipsnack import cli
from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import TWO_WORKERS, Project, gate_line, with_two_workers

HOLLOW = """
def test_no_assertion(flipsnack, client):
    flipsnack.respond(43)
    client.try_to_ask()

def test_assert_true(flipsnack, client):
    flipsnack.respond(43)
    client.try_to_ask()
    assert True

def test_any_exception(flipsnack, client):
    flipsnack.respond(43)
    with pytest.raises(Exception): client.ask()

def test_call_count(flipsnack, client):
    flipsnack.respond(43)
    client.try_to_ask()
    assert len(flipsnack.calls) == 1

def test_text_only(flipsnack, client):
    flipsnack.respond(43)
    with pytest.raises(acme.FlipsnackError, match="Flipsnack answered"): client.ask()

def test_catches_all(flipsnack, client):
    flipsnack.respond(43)
    try: client.ask()
    except Exception: pass

def test_asserts_on_the_stub(flipsnack, client):
    flipsnack.respond(43)
    client.try_to_ask()
    assert flipsnack.calls[-1].code == 43

def test_assertion_that_is_not_reached(flipsnack, client):
    flipsnack.respond(43)
    code = client.try_to_ask()
    if not flipsnack.calls:
        assert code == 43
"""
ADVICE = {
    "no_assertion": (20, "assert what the client raises"),
    "assert_true": (20, "assert what the client raises"),
    "any_exception": (50, "assert the code of what the client raises"),
    "call_count": (20, "assert what the client raises"),
    "text_only": (50, "assert the code of what the client raises"),
    "catches_all": (20, "assert what the client raises"),
    "asserts_on_the_stub": (20, "assert what the client raises"),
    "assertion_that_is_not_reached": (20, "assert what the client raises"),
}
GOOD = """
def test_code(flipsnack, client):
    flipsnack.respond(43)
    assert client.try_to_ask() == 43

def test_error(flipsnack, client):
    flipsnack.respond(46)
    with pytest.raises(acme.FlipsnackError) as caught: client.ask()
    assert caught.value.code == 46

def test_expect(flipsnack, client):
    with flipsnack.expect(41, raises=acme.FlipsnackError): client.ask()

@pytest.mark.flipsnack(44, raises=acme.FlipsnackError)
def test_mark(client): client.ask()

def test_success(flipsnack, client):
    assert client.ask("collection.getList") is not None
"""


def said(result: pytest.RunResult) -> list[str]:
    """Return what the run said of flips."""
    lines = result.outlines
    first = next(at for at, line in enumerate(lines) if line.startswith("Flipsnack flip: "))
    told = (" passes when ", " is undecided: ")
    return [lines[first], *(line for line in lines[first + 1 :] if any(t in line for t in told))]


@with_two_workers
def test_each_hollow_test_is_named_and_no_good_one(merging: Project) -> None:
    merging.test(HOLLOW, "test_hollow.py")
    merging.test(GOOD, "test_good.py")

    result = merging.run("--flipsnack-flip", "--flipsnack-report=json")

    assert result.ret == 0
    result.assert_outcomes(passed=13)
    first, *named = said(result)
    assert first == "Flipsnack flip: 13 tests, 20 flips, 12 noticed, 8 survived"
    assert named == sorted(
        f"test_hollow.py::test_{name} passes when 43 of user.getStats becomes {to}: {advice}"
        for name, (to, advice) in ADVICE.items()
    )
    report = merging.report()
    assert report["verdict"]["verified"] == [20, 41, 43, 44, 46]
    (cell,) = [one for one in report["cells"] if (one["action"], one["code"])[1] == 43]
    names = [report["tests"][index] for index in cell["verified_by"]]
    assert (names, cell["level"]) == (["test_good.py::test_code"], "verified")
    assert len(cell["exercised_by"]) == 8


def test_what_workers_found_is_summed_up(project: Project) -> None:
    project.test(HOLLOW + GOOD)
    result = project.run(*TWO_WORKERS, "--flipsnack-flip", "--flipsnack-report=json")
    assert said(result)[0] == "Flipsnack flip: 13 tests, 20 flips, 12 noticed, 8 survived"
    assert project.report()["verdict"]["verified"] == [20, 41, 43, 44, 46]


def test_a_lost_worker_fails_the_gate_and_the_others_flips_are_told(project: Project) -> None:
    project.test("import os\ndef test_it(): os._exit(3)", "test_crash.py")
    project.test(GOOD, "test_good.py")
    result = project.run(*TWO_WORKERS, "--flipsnack-flip", "--flipsnack-fail-under=1")
    assert result.ret == 1
    assert "was lost" in gate_line(result)
    assert re.fullmatch(r"Flipsnack flip: \d tests?, \d+ flips?, .*", said(result)[0])


def test_a_success_that_nobody_looks_at_survives(project: Project) -> None:
    project.test("def test_it(flipsnack, client): client.try_to_ask()")
    assert said(project.run("--flipsnack-flip"))[1:] == [
        "test_acme.py::test_it passes when 20 of user.getStats becomes 41: assert what the client "
        "returns"
    ]


def test_answers_that_a_flip_leaves_over_hide_no_hollow_test(project: Project) -> None:
    project.test("""
        def test_it(flipsnack, client):
            flipsnack.respond(50, 50, 50)
            for _ in range(3):
                if client.try_to_ask() not in (50, 31): break
    """)
    assert said(project.run("--flipsnack-flip"))[1:] == [
        "test_acme.py::test_it passes when 50 of user.getStats becomes 20: assert what the client "
        "raises"
    ]


def test_an_action_that_only_a_flip_leads_to_tells_no_other_story(project: Project) -> None:
    project.test("""
        def create_and_wait(client):
            client.ask("collection.getCollection", collectionHash="fxh4k89")
            return client.ask("collection.getStats", collectionHash="fxh4k89")
        def test_it(flipsnack, client):
            with flipsnack.expect(43, raises=acme.FlipsnackError): create_and_wait(client)
    """)
    first, *named = said(project.run("--flipsnack-flip"))
    assert (first, named) == ("Flipsnack flip: 1 test, 2 flips, 2 noticed, 0 survived", [])


def test_a_contract_is_flipped_where_it_looks_at_codes(project: Project) -> None:
    project.test(ADAPTER)
    result = project.run("--flipsnack-flip", "--flipsnack-report=json")
    counts = [int(count) for count in re.findall(r"\d+", said(result)[0])]
    assert said(result)[1:] == []
    assert 20 < counts[0] < result.parseoutcomes()["passed"]
    assert counts[1] == counts[2] > 30
    assert {30, 31, 41, 43, 50} < {*project.report()["verdict"]["verified"]}


def test_a_fault_is_never_flipped(project: Project) -> None:
    project.test("""
        def test_it(flipsnack, client):
            flipsnack.fail("reset")
            with pytest.raises(acme.requests.ConnectionError): client.ask()
            assert client.try_to_ask() == 20
    """)
    result = project.run("--flipsnack-flip")
    assert said(result) == ["Flipsnack flip: 1 test, 2 flips, 2 noticed, 0 survived"]


def test_without_the_flag_nothing_runs_again(project: Project) -> None:
    project.test("RUNS = []\ndef test_it(flipsnack, client):\n    RUNS.append(client.ask())")
    project.hooks(
        "def pytest_unconfigure():\n    import test_acme; print(len(test_acme.RUNS), 'runs')"
    )
    result = project.run("-s")
    assert "1 runs" in result.outlines
    assert not [line for line in result.outlines if line.startswith("Flipsnack")]


@pytest.mark.parametrize(("mode", "survives"), [("handling", ""), ("all", "41"), ("changed", "")])
def test_all_flips_to_every_code(project: Project, mode: str, survives: str) -> None:
    project.test("""
        class Other(acme.FlipsnackError): ...
        def fetch(client):
            try: client.ask()
            except acme.FlipsnackError as error:
                if error.code == 50: raise Other(50) from error
                raise
        def test_it(flipsnack, client):
            flipsnack.respond(43)
            with pytest.raises(acme.FlipsnackError) as caught: fetch(client)
            assert type(caught.value) is acme.FlipsnackError
    """)
    result = project.run(f"--flipsnack-flip={mode}")
    named = said(result)[1:]
    assert [line.partition(" becomes ")[2].partition(":")[0] for line in named] == (
        [survives] if survives else []
    )


def test_codes_that_a_client_handles_alike_are_never_flipped_to_each_other(
    project: Project,
) -> None:
    project.test("""
        def test_it(flipsnack, client):
            flipsnack.respond(46)
            assert client.try_to_ask() in (46, 47)
        def test_retry(flipsnack, client):
            flipsnack.respond(31)
            assert client.try_to_ask() in (22, 31, 32, 50)
    """)
    result = project.run("--flipsnack-flip=all")
    assert said(result)[1:] == []


def test_wider_fixtures_live_on_and_end_once(project: Project) -> None:
    project.hooks("""
        import pytest
        LOG = []
        def made(scope):
            @pytest.fixture(scope=scope, autouse=True, name=f"of_{scope}")
            def fixture():
                LOG.append(f"+{scope}")
                yield
                LOG.append(f"-{scope}")
            return fixture
        of_session, of_module, of_class = map(made, ("session", "module", "class"))
        def pytest_unconfigure(): print(*LOG)
    """)
    source = """
        class TestIt:
            def test_one(self, flipsnack, client): client.ask()
            def test_two(self, flipsnack, client): client.ask()
        class TestMore:
            def test_three(self, client, flipsnack): client.ask()
    """
    project.test(source, "test_a.py")
    project.test(
        "class TestIt:\n    def test_four(self, client, flipsnack): client.ask()", "test_b.py"
    )

    result = project.run("-s", "--flipsnack-flip")

    result.assert_outcomes(passed=4)
    assert (
        "+session +module +class -class +class -class -module +module +class -class -module -session"
        in result.outlines
    )


def test_an_error_of_a_wider_fixture_is_an_error_as_ever(project: Project) -> None:
    project.test("""
        @pytest.fixture(scope="module")
        def broken():
            yield
            raise ValueError("at the end")
        def test_it(broken, client, flipsnack): client.ask()
    """)
    result = project.run("--flipsnack-flip")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["E*ValueError: at the end"])


def test_the_reports_of_the_first_run_are_those_that_are_logged(project: Project) -> None:
    project.test("""
        import warnings
        def test_it(flipsnack, client, capsys):
            print("printed")
            warnings.warn("told")
            flipsnack.respond(43)
            assert client.try_to_ask() == 43
    """)
    result = project.run("--flipsnack-flip", "-rP", "-W", "default")
    result.assert_outcomes(passed=1, warnings=1)
    assert result.outlines.count("printed") == 1


def test_what_a_flipped_test_leaves_open_is_not_heard_of(project: Project) -> None:
    project.test("""
        class Session:
            open = True
            def __init__(self): self.itself = self
            def __del__(self):
                if self.open: raise ResourceWarning("left open")
        def test_it(flipsnack, client):
            session = Session()
            flipsnack.respond(43)
            assert client.try_to_ask() == 43
            session.open = False
    """)
    result = project.run("--flipsnack-flip", "--flipsnack-report=json", "-W", "error")
    assert result.ret == 0
    assert said(result) == ["Flipsnack flip: 1 test, 2 flips, 2 noticed, 0 survived"]
    assert project.report()["verdict"]["verified"] == [43]


UNSTABLE = """
RUNS = []
def test_it(flipsnack, client):
    RUNS.append(1)
    flipsnack.respond(43)
    assert client.try_to_ask() == 43 and len(RUNS) == 1
"""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            UNSTABLE,
            "it is unstable: run again unflipped, it fails; a client that outlives the test may "
            "remember the flips",
        ),
        (
            "@pytest.fixture(scope='module')\ndef cached(): return {}\n"
            "def test_it(cached, flipsnack, client):\n"
            "    if not cached: cached['code'] = client.try_to_ask()\n"
            "    assert cached['code'] == 20",
            "no other code reached its client, or its setup, its teardown or a skip ended each try",
        ),
        (
            "def test_it(flipsnack, client):\n"
            "    if client.try_to_ask() != 20: pytest.skip('no server')",
            "no other code reached its client, or its setup, its teardown or a skip ended each try",
        ),
        pytest.param(
            "def test_it(subtests, flipsnack, client):\n"
            "    with subtests.test('a'): assert client.try_to_ask() == 20",
            "it has subtests, whose reports would be counted again",
            marks=pytest.mark.skipif(not hasattr(pytest, "Subtests"), reason="new in pytest 9.0"),
        ),
        (
            "from hypothesis import given, strategies\n"
            "@given(strategies.integers())\n"
            "def test_it(flipsnack_context, number):\n"
            "    with flipsnack_context() as flipsnack: acme.Client(flipsnack.api_key, "
            "flipsnack.secret).ask()",
            "it has examples of Hypothesis, which keeps those that fail",
        ),
    ],
    ids=["unstable", "cached", "skipped", "subtests", "hypothesis"],
)
def test_what_nobody_can_tell_of_is_said_to_be_so(
    project: Project, source: str, reason: str
) -> None:
    project.test(source)
    result = project.run("--flipsnack-flip", "--flipsnack-report=json")
    assert said(result)[1:] == [f"test_acme.py::test_it is undecided: {reason}"]
    assert project.report()["verdict"]["verified"] == []


def test_errors_of_setup_and_teardown_are_neither(project: Project) -> None:
    project.test("""
        @pytest.fixture
        def made(flipsnack, client):
            client.ask("collection.getList")
            yield
            client.ask("collection.getEmbed", collectionHash="fxh4k89")
        def test_it(made, client, flipsnack):
            flipsnack.respond(43)
            assert client.try_to_ask() == 43
    """)
    result = project.run("--flipsnack-flip", "--flipsnack-report=json")
    assert said(result) == ["Flipsnack flip: 1 test, 2 flips, 2 noticed, 0 survived"]
    assert project.report()["verdict"]["verified"] == [43]


def test_a_client_that_retries_without_end_is_stopped(project: Project) -> None:
    project.test("""
        import time
        def test_it(flipsnack, client):
            while (code := client.try_to_ask()) in (31, 50): time.sleep(3600)
            assert code == 20
    """)
    result = project.run("--flipsnack-flip")
    assert said(result)[0] == "Flipsnack flip: 1 test, 1 flip, 1 noticed, 0 survived"


@pytest.mark.parametrize(
    "source",
    [
        "import unittest\nclass TestIt(unittest.TestCase):\n"
        "    @pytest.fixture(autouse=True)\n"
        "    def _made(self, flipsnack, client): self.flipsnack, self.client = flipsnack, client\n"
        "    def test_it(self):\n"
        "        self.flipsnack.respond(43)\n"
        "        self.assertEqual(self.client.try_to_ask(), 43)",
        "@pytest.mark.parametrize('code', [43])\n"
        "def test_it(flipsnack, client, code):\n"
        "    flipsnack.respond(code)\n    assert client.try_to_ask() == code",
        "@pytest.mark.flipsnack_codes(43)\n"
        "def test_it(flipsnack, client, flipsnack_code):\n"
        "    flipsnack.respond(flipsnack_code)\n    assert client.try_to_ask() == flipsnack_code",
        "@pytest.fixture(params=[43])\ndef code(request): return request.param\n"
        "def test_it(flipsnack, client, code):\n"
        "    flipsnack.respond(code)\n    assert client.try_to_ask() == code",
        "def test_it(flipsnack_context):\n"
        "    with flipsnack_context() as flipsnack:\n"
        "        flipsnack.respond(43)\n"
        "        client = acme.Client(flipsnack.api_key, flipsnack.secret)\n"
        "        assert client.try_to_ask() == 43",
    ],
    ids=["unittest", "parametrised", "codes", "fixture", "context"],
)
def test_every_kind_of_test_is_flipped(project: Project, source: str) -> None:
    project.test(source)
    result = project.run("--flipsnack-flip", "--flipsnack-report=json")
    assert said(result) == ["Flipsnack flip: 1 test, 2 flips, 2 noticed, 0 survived"]
    assert project.report()["verdict"]["verified"] == [43]


def test_what_did_not_pass_is_not_flipped(project: Project) -> None:
    project.test("""
        def test_failed(client, flipsnack): assert client.ask() == 1
        @pytest.mark.xfail
        def test_expected(client, flipsnack): assert client.ask() == 1
        def test_skipped(client, flipsnack):
            client.ask()
            pytest.skip("no")
        def test_alone(): pass
    """)
    result = project.run("--flipsnack-flip")
    assert said(result) == ["Flipsnack flip: 0 tests, 0 flips, 0 noticed, 0 survived"]


def test_a_rerun_counts_as_the_last_attempt(project: Project) -> None:
    project.test("""
        RUNS = []
        def test_it(flipsnack, client):
            RUNS.append(1)
            flipsnack.respond(43)
            assert client.try_to_ask() == 43
            assert len(RUNS) > 1
    """)
    args = ("-p", "pytest_rerunfailures", "--reruns=2")
    result = project.run(*args, "--flipsnack-flip", "--flipsnack-report=json")
    assert result.parseoutcomes() == {"passed": 1, "rerun": 1}
    assert project.report()["verdict"]["verified"] == [43]


ASYNC = """
async def ask(client): return client.try_to_ask()

MARK
async def test_good(flipsnack, client):
    flipsnack.respond(43)
    assert await ask(client) == 43

MARK
async def test_hollow(flipsnack, client):
    flipsnack.respond(43)
    await ask(client)
"""


@pytest.mark.parametrize("plugin", ["asyncio", "anyio"])
@with_two_workers
def test_async_tests_are_flipped(merging: Project, plugin: str) -> None:
    module = {"asyncio": "pytest_asyncio.plugin", "anyio": "anyio.pytest_plugin"}[plugin]
    merging.ini(*(["asyncio_default_fixture_loop_scope = function"] if plugin == "asyncio" else []))
    backend = (
        "@pytest.fixture\ndef anyio_backend(): return 'asyncio'\n" if plugin == "anyio" else ""
    )
    merging.test(backend + ASYNC.replace("MARK", f"@pytest.mark.{plugin}"), "test_async.py")
    result = merging.run("-p", module, "--flipsnack-flip")
    result.assert_outcomes(passed=2)
    assert said(result) == [
        "Flipsnack flip: 2 tests, 3 flips, 2 noticed, 1 survived",
        "test_async.py::test_hollow passes when 43 of user.getStats becomes 20: "
        "assert what the client raises",
    ]


@with_two_workers
def test_the_order_of_tests_changes_nothing(merging: Project) -> None:
    merging.test(HOLLOW, "test_hollow.py")
    merging.test(GOOD, "test_good.py")
    seen = []
    for seed in (1, 2):
        result = merging.run("-p", "pytest_randomly", f"--randomly-seed={seed}", "--flipsnack-flip")
        result.assert_outcomes(passed=13)
        seen.append(said(result))
    assert seen[0] == seen[1]
    assert len(seen[0]) == 1 + len(ADVICE)


class TestGate:
    """`verified` is a level as the other two."""

    INI = ("flipsnack_level = verified", "flipsnack_require = 43")

    def test_passes_where_a_test_looks(self, project: Project) -> None:
        project.test(GOOD)
        project.ini(*self.INI)
        result = project.run("--flipsnack-flip")
        assert gate_line(result) == (
            "Flipsnack gate passed: 5 of 19 codes verified; missing: 22, 30, 31, 32, 33, 34, 35, "
            "36, 38, 40, 42, 45, 47, 50"
        )

    def test_fails_where_none_looks(self, project: Project) -> None:
        project.test(HOLLOW)
        project.ini(*self.INI)
        result = project.run("--flipsnack-flip")
        assert result.ret == 1
        assert gate_line(result).startswith(
            "Flipsnack gate failed: required but not verified: 43 Forbidden; 0 of 19 codes verified"
        )

    def test_fails_where_nothing_was_flipped(self, project: Project) -> None:
        project.test(GOOD)
        project.ini(*self.INI)
        result = project.run()
        assert result.ret == 1
        assert gate_line(result).startswith(
            "Flipsnack gate failed: verified is reached with --flipsnack-flip only; "
        )


SURVIVOR = (
    "test_hollow.py::test_it passes when 43 of user.getStats becomes 20: "
    "assert what the client raises"
)
UNSTABLE = "SEEN = []\ndef test_it(flipsnack, client):\n    SEEN.append(1)\n    flipsnack.respond(43)\n    assert client.try_to_ask() == 43 and len(SEEN) < 3"


class TestReports:
    """Every report names the tests that do not look; a run without flips says nothing of them."""

    SHOWN = ("term", "github", "json", "html", "markdown", "junit")
    FILES = (
        "flipsnack-coverage.json",
        "flipsnack-coverage.html",
        "flipsnack-coverage.md",
        "flipsnack-junit.xml",
    )

    def run(self, project: Project, *args: str) -> pytest.RunResult:
        project.test(
            "def test_it(flipsnack, client):\n    flipsnack.respond(43)\n    client.try_to_ask()",
            "test_hollow.py",
        )
        project.test(UNSTABLE, "test_unstable.py")
        return project.run(*args, *(f"--flipsnack-report={name}" for name in self.SHOWN))

    @with_two_workers
    def test_name_them(self, merging: Project) -> None:
        result = self.run(merging, "--flipsnack-flip")

        assert said(result)[1:] == [
            SURVIVOR,
            "test_unstable.py::test_it is undecided: it is unstable: run again unflipped, it "
            "fails; a client that outlives the test may remember the flips",
        ]
        assert (
            "::warning file=test_hollow.py,line=1,title=Flipsnack flip survived::" + SURVIVOR
        ) in result.outlines
        flips = merging.report()["flips"]
        (undecided,) = flips.pop("undecided").items()
        assert undecided[0] == "test_unstable.py::test_it"
        assert flips == {
            "modes": ["handling"],
            "tests": 2,
            "recalled": 0,
            "flips": 3,
            "noticed": 2,
            "survivors": [
                {
                    "test": "test_hollow.py::test_it",
                    "action": "user.getStats",
                    "code": 43,
                    "to": 20,
                    "advice": "assert what the client raises",
                }
            ],
        }
        _, page, text, junit = ((merging.path / name).read_text("utf-8") for name in self.FILES)
        assert f'<li><strong class="lacking">survived:</strong> {SURVIVOR}</li>' in page
        assert "<li>test_unstable.py::test_it is undecided: " in page
        assert "### Flips: 2 tests, 3 flips, 2 noticed, 1 survived\n" in text
        assert f"* {SURVIVOR}\n" in text
        assert f"<system-out>{SURVIVOR}</system-out>" in junit

    def test_say_nothing_of_flips_without_them(self, project: Project) -> None:
        result = self.run(project)
        assert "flips" not in project.report()
        assert not result.stdout.str().count("survived")
        for name in self.FILES:
            text = (project.path / name).read_text("utf-8")
            assert "survived" not in text
            assert "Flips:" not in text
            assert ">Flips<" not in text

    def test_of_shards_add_up(self, project: Project, capsys: pytest.CaptureFixture[str]) -> None:
        self.run(project, "--flipsnack-flip=all")
        data = project.path / "flipsnack-coverage.json"
        data.rename(project.path / "one.json")
        project.test(GOOD, "test_good.py")
        project.run("--flipsnack-flip=handling", "test_good.py", "--flipsnack-data=two.json")
        capsys.readouterr()
        paths = [str(project.path / name) for name in ("one.json", "two.json")]
        assert cli.main(["report", *paths]) == 0
        printed = capsys.readouterr()
        assert printed.err == ""
        lines = printed.out.splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("Flipsnack flip: "))
        assert re.fullmatch(
            r"Flipsnack flip: 7 tests, \d+ flips \(all, handling\), \d+ noticed, 1 survived",
            lines[at],
        )
        assert lines[at + 1] == SURVIVOR
        assert lines[at + 2].startswith("test_unstable.py::test_it is undecided: ")

    def test_of_one_run_twice_name_a_survivor_once(self, project: Project) -> None:
        for _ in range(2):
            self.run(project, "--flipsnack-flip", "--flipsnack-data=all.json", "--flipsnack-append")
        assert len(project.report("all.json")["flips"]["survivors"]) == 1


class TestChanged:
    """`changed` flips what has changed since the last run."""

    ARGS = ("-p", "cacheprovider", "--flipsnack-flip=changed", "--flipsnack-report=json")

    def run(self, project: Project) -> tuple[str, Any]:
        result = project.run(*self.ARGS)
        return said(result)[0], project.report()["verdict"]["verified"]

    @with_two_workers
    def test_what_has_not_changed_is_known(self, merging: Project) -> None:
        merging.test(GOOD, "test_good.py")
        merging.test(HOLLOW, "test_hollow.py")
        first, verified = self.run(merging)
        assert first == "Flipsnack flip: 13 tests, 20 flips (changed), 12 noticed, 8 survived"

        text, verified_again = self.run(merging)
        assert text == (
            "Flipsnack flip: 13 tests, 0 flips (changed), 0 noticed, 8 survived, "
            "13 tests unchanged and not flipped again"
        )
        assert verified_again == verified

        merging.test(GOOD + "\n# changed", "test_good.py")
        text, verified_now = self.run(merging)
        assert text == (
            "Flipsnack flip: 13 tests, 10 flips (changed), 10 noticed, 8 survived, "
            "8 tests unchanged and not flipped again"
        )
        assert verified_now == verified

    def test_a_client_that_has_changed_is_tried_again(self, project: Project) -> None:
        project.test(GOOD)
        assert self.run(project)[0].startswith("Flipsnack flip: 5 tests, 10 flips (changed)")
        acme = project.path / "acme.py"
        acme.write_text(acme.read_text() + "\n# changed")
        assert self.run(project)[0].startswith("Flipsnack flip: 5 tests, 10 flips (changed)")

    def test_without_a_cache_all_are_flipped(self, project: Project) -> None:
        project.test(GOOD)
        for _ in range(2):
            result = project.run("-p", "no:cacheprovider", *self.ARGS[2:])
            assert said(result)[0].startswith("Flipsnack flip: 5 tests, 10 flips")

    def test_a_cache_that_is_no_table_is_no_cache(self, project: Project) -> None:
        project.test(GOOD)
        path = project.path / ".pytest_cache" / "v" / "flipsnack" / "flips"
        path.parent.mkdir(parents=True)
        path.write_text("[1]")
        assert self.run(project)[0].startswith("Flipsnack flip: 5 tests, 10 flips (changed)")


def test_a_mode_that_is_none_is_named(project: Project) -> None:
    project.test(GOOD)
    result = project.run("--flipsnack-flip", "test_acme.py")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        [
            "*--flipsnack-flip: 'test_acme.py' is not a way to flip; allowed: handling, all, changed; "
            "paths come before the flag, or after --flipsnack-flip=handling"
        ]
    )


def test_pdb_does_not_go_with_it(project: Project) -> None:
    project.test(GOOD)
    result = project.run("--flipsnack-flip", "--pdb")
    assert result.ret == 4
    result.stderr.fnmatch_lines(
        [
            "ERROR: --flipsnack-flip makes tests fail on purpose, and --pdb would stop at each; leave one of them out"
        ]
    )


@pytest.mark.parametrize("name", ["runtestprotocol", "SetupState"])
def test_a_pytest_without_what_it_needs_is_named(
    project: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from _pytest import runner

    from pytest_flipsnack.integration import reruns

    monkeypatch.setattr(reruns, "runner", type("Older", (), {**vars(runner), name: None}))
    project.test(GOOD)
    result = project.run("--flipsnack-flip")
    assert result.ret == 4
    result.stderr.fnmatch_lines(["ERROR: flip is not available on pytest *, which has no *; run *"])
