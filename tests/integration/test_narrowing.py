"""A threshold from the file holds on whole runs, one from the command line on every run."""

from __future__ import annotations

import pytest

from tests.downstream import BUT_50, MISSING_50, TESTS, Project, gate_line, with_two_workers

NOT_ENFORCED = "Flipsnack gate not enforced: the run was narrowed by "
IN_FILE = "flipsnack_fail_under = 100"
SLOW = "markers = slow"

narrowings = pytest.mark.parametrize(
    ("args", "named"),
    [
        (("-k", "31"), "-k"),
        (("-k31",), "-k"),
        (("-m", "not slow"), "-m"),
        (("--deselect=test_acme.py::test_code[50]",), "--deselect"),
        (("--ignore=test_other.py",), "--ignore"),
        (("--ignore-glob=*other.py",), "--ignore-glob"),
        (("--lf",), "--lf"),
        (("--last-failed",), "--lf"),
        (("--stepwise",), "--stepwise"),
        (("--sw",), "--stepwise"),
        (("test_acme.py",), "test_acme.py"),
        (("test_acme.py::test_code[31]",), "test_acme.py::test_code[31]"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)


@pytest.fixture
def narrow(project: Project) -> Project:
    project.write("test_acme.py", BUT_50)
    project.test("@pytest.mark.slow\ndef test_slow(client): client.ask()", "test_other.py")
    return project


@narrowings
def test_a_narrowed_run_does_not_enforce_the_threshold_of_the_file(
    narrow: Project, args: tuple[str, ...], named: str
) -> None:
    narrow.ini(IN_FILE, SLOW)

    result = narrow.run(*args)

    assert result.ret == 0
    assert gate_line(result).startswith(f"{NOT_ENFORCED}{named}; ")
    assert " of 19 codes exercised, 100 % required; missing: " in gate_line(result)


@narrowings
def test_a_narrowed_run_enforces_the_threshold_of_the_command_line(
    narrow: Project, args: tuple[str, ...], named: str
) -> None:
    narrow.ini(IN_FILE, SLOW)

    result = narrow.run(*args, "--flipsnack-fail-under=100")

    assert result.ret == 1
    assert "codes exercised, 100 % required; missing: " in gate_line(result)
    assert gate_line(result).startswith("Flipsnack gate failed: ")


@with_two_workers
def test_two_workers_say_not_enforced_as_well(merging: Project) -> None:
    merging.write("test_acme.py", BUT_50)
    merging.ini(IN_FILE)

    result = merging.run("-k", "test_code and not 47")

    assert result.ret == 0
    assert gate_line(result) == (
        f"{NOT_ENFORCED}-k; 17 of 19 codes exercised, 100 % required; "
        "missing: 47 Invalid flipbook hash, 50 Operation failed"
    )


def test_the_variable_for_added_options_counts_as_typed(
    narrow: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow.ini(SLOW)
    monkeypatch.setenv("PYTEST_ADDOPTS", "--flipsnack-fail-under=100")

    result = narrow.run("-m", "not slow")

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


def test_a_threshold_in_addopts_of_the_file_is_one_from_the_file(narrow: Project) -> None:
    narrow.ini("addopts = --flipsnack-fail-under=100", SLOW)

    whole, narrowed = narrow.run(), narrow.run("-m", "not slow")

    assert (whole.ret, narrowed.ret) == (1, 0)
    assert gate_line(narrowed) == f"{NOT_ENFORCED}-m; {MISSING_50}"


def test_a_typed_threshold_always_holds_though_the_file_has_one_too(narrow: Project) -> None:
    narrow.ini("addopts = --flipsnack-fail-under=100", SLOW)

    result = narrow.run("--flipsnack-fail-under=100", "-m", "not slow")

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


@pytest.mark.parametrize(
    "addopts",
    ["-m 'not slow'", "-m='not slow'", "-k 'not nothing'", "--ignore=test_other.py"],
)
def test_what_addopts_of_the_file_leave_out_is_no_narrowing(narrow: Project, addopts: str) -> None:
    narrow.ini(f"addopts = {addopts}", IN_FILE, SLOW)

    result = narrow.run()

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


def test_another_expression_than_that_of_the_file_is_narrowing(narrow: Project) -> None:
    """`not slow` ends with `slow`, and is something else."""
    narrow.ini("addopts = -m 'not slow'", IN_FILE, SLOW)

    result = narrow.run("-m", "slow")

    assert result.ret == 0
    assert gate_line(result).startswith(f"{NOT_ENFORCED}-m; 1 of 19 codes exercised")


@pytest.mark.parametrize(
    "args", [(), (".",), ("--maxfail=5",), ("-p", "no:cacheprovider")], ids=str
)
def test_a_whole_run_enforces_the_threshold_of_the_file(
    narrow: Project, args: tuple[str, ...]
) -> None:
    narrow.ini(IN_FILE, SLOW)

    result = narrow.run(*args)

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


@pytest.mark.parametrize(
    ("args", "whole"),
    [
        ((), True),
        (("tests",), True),
        (("tests/",), True),
        ((".",), True),
        (("tests", "tests/unit/test_acme.py"), True),
        (("tests/unit", "tests/api"), False),
        (("tests/unit",), False),
        (("tests/unit/test_acme.py",), False),
    ],
    ids=str,
)
def test_with_testpaths_a_run_of_less_than_all_of_them_is_narrowed(
    project: Project, args: tuple[str, ...], whole: bool
) -> None:
    project.write("tests/unit/test_acme.py", BUT_50)
    project.test("def test_ask(client): client.ask()", "tests/api/test_api.py")
    project.ini("testpaths = tests", IN_FILE)

    result = project.run(*args)

    assert result.ret == (1 if whole else 0)
    expected = "Flipsnack gate failed: " if whole else f"{NOT_ENFORCED}{' '.join(args)}; "
    assert gate_line(result).startswith(f"{expected}18 of 19 codes exercised")


def test_a_run_from_a_directory_below_is_narrowed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("unit/test_acme.py", BUT_50)
    project.ini(IN_FILE)
    monkeypatch.chdir(project.path / "unit")

    result = project.run()

    assert result.ret == 0
    assert gate_line(result) == f"{NOT_ENFORCED}the directory unit; {MISSING_50}"


@pytest.mark.parametrize("args", [("--rootdir=.",), ()], ids=["with-rootdir", "without"])
def test_a_configuration_file_elsewhere_does_not_make_a_run_narrow(
    project: Project, args: tuple[str, ...]
) -> None:
    project.write("test_acme.py", BUT_50)
    project.write("ci/pytest.ini", f"[pytest]\n{IN_FILE}\n")

    result = project.run("-c", "ci/pytest.ini", "--confcutdir=.", *args)

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


@pytest.mark.parametrize(
    ("addopts", "typed", "named"),
    [
        ("--ignore test_other.py", (), ""),
        ("--ignore test_other.py", ("--ignore=nothing.py",), "--ignore"),
        ("--last-failed", (), ""),
        ("-m 'not slow'", ("-m", "not slow"), ""),
        ("-k code", ("-k", "test_code"), "-k"),
        ("test_acme.py", (), ""),
    ],
)
def test_only_what_the_file_does_not_say_as_well_is_narrowing(
    narrow: Project, addopts: str, typed: tuple[str, ...], named: str
) -> None:
    narrow.ini(f"addopts = {addopts}", IN_FILE, SLOW)

    result = narrow.run(*typed)

    assert result.ret == (0 if named else 1)
    expected = f"{NOT_ENFORCED}{named}; " if named else "Flipsnack gate failed: "
    assert gate_line(result) == f"{expected}{MISSING_50}"


DESELECTING = """
def pytest_collection_modifyitems(config, items):
    others = [item for item in items if "[50]" in item.nodeid]
    items[:] = [item for item in items if item not in others]
    config.hook.pytest_deselected(items=others)
"""
TELLING_NOBODY = """
def pytest_collection_modifyitems(items):
    del items[-1]
"""
NEVER_TELLS_AND_DROPS_TWO = """
import pytest

class Shard:
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        del items[-2:]

def pytest_configure(config):
    config.pluginmanager.register(Shard())
"""


@pytest.mark.parametrize(
    ("hooks", "left_out"),
    [(DESELECTING, "1 test"), (TELLING_NOBODY, "1 test"), (NEVER_TELLS_AND_DROPS_TWO, "2 tests")],
    ids=["deselects", "tells-nobody", "a-plugin"],
)
def test_a_run_in_which_a_plugin_or_conftest_left_tests_out_is_narrowed(
    merging: Project, hooks: str, left_out: str
) -> None:
    merging.write("test_acme.py", TESTS)
    merging.hooks(hooks)
    merging.ini(IN_FILE)

    result = merging.run()

    assert result.ret == 0
    assert gate_line(result).startswith(
        f"{NOT_ENFORCED}a plugin or a conftest.py ({left_out} left out); 1"
    )


def test_what_a_conftest_left_out_is_demanded_all_the_same_by_the_command_line(
    merging: Project,
) -> None:
    merging.write("test_acme.py", TESTS)
    merging.hooks(DESELECTING)

    result = merging.run("--flipsnack-fail-under=100")

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


@pytest.mark.parametrize(
    "hooks",
    [
        "def pytest_collection_modifyitems(items): items.reverse()",
        "def pytest_collection_modifyitems(items): items.append(items[0])",
    ],
    ids=["another-order", "one-more"],
)
def test_a_run_in_which_all_tests_stay_is_whole(project: Project, hooks: str) -> None:
    project.write("test_acme.py", BUT_50)
    project.hooks(hooks)
    project.ini(IN_FILE)

    result = project.run()

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"


def test_a_group_of_xdist_leaves_nothing_out(pytester: pytest.Pytester) -> None:
    """It gives the tests other names after they were collected."""
    project = Project(pytester, ("-p", "xdist", "-n2", "--dist=loadgroup"))
    project.write(
        "test_acme.py", "import pytest\npytestmark = pytest.mark.xdist_group('a')" + BUT_50
    )
    project.ini(IN_FILE)

    result = project.run()

    assert result.ret == 1
    assert gate_line(result) == f"Flipsnack gate failed: {MISSING_50}"
