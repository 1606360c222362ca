"""The path of a report holds no verdict of an older run once a new one has begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.downstream import TESTS, Project, gate_line

REPORT = "--flipsnack-report=json"
PATH = "flipsnack-coverage.json"


@pytest.fixture(params=["in-place", pytest.param("through-a-link", marks=pytest.mark.nightly)])
def passed(request: pytest.FixtureRequest, project: Project) -> Project:
    """A project whose last run has passed its gate."""
    project.write("test_acme.py", TESTS)
    if request.param == "through-a-link":
        Path(project.path, PATH).symlink_to(Path(project.path, "kept.json"))
    assert project.run(REPORT, "--flipsnack-fail-under=100").ret == 0
    assert project.report()["verdict"]["outcome"] == "passed"
    return project


def apart(project: Project, *args: str) -> pytest.RunResult:
    return project.run_apart("-p", "pytest_flipsnack", REPORT, *args)


@pytest.mark.parametrize("how", ["os._exit(0)", "os.kill(os.getpid(), 9)"], ids=["exit", "kill"])
def test_a_run_that_dies_leaves_no_older_verdict(passed: Project, how: str) -> None:
    passed.write("test_acme.py", f"import os\ndef test_it(): {how}\n")

    apart(passed)

    assert not Path(passed.path, PATH).exists()


def test_a_run_with_workers_that_dies_leaves_no_older_verdict(passed: Project) -> None:
    passed.hooks("""
        import os
        def pytest_runtest_logreport(): os._exit(0)
    """)

    apart(passed, "-p", "xdist", "-n1")

    assert not Path(passed.path, PATH).exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("conftest.py", "raise RuntimeError('broken')"),
        ("conftest.py", "def pytest_sessionstart(): raise RuntimeError('broken')"),
        ("conftest.py", "def pytest_collection(): raise KeyboardInterrupt"),
        ("pytest.ini", "[pytest]\nflipsnack_require = nonsense\n"),
    ],
    ids=["conftest", "crash", "interrupt", "configuration"],
)
def test_a_run_that_never_begins_leaves_no_older_verdict(
    passed: Project, name: str, text: str
) -> None:
    passed.write(name, text)

    result = passed.run(REPORT)

    assert result.ret != 0
    assert not Path(passed.path, PATH).exists()


@pytest.mark.parametrize("wrong", ["--no-such-flag", "no_such_file.py"])
def test_a_usage_error_leaves_no_older_verdict(passed: Project, wrong: str) -> None:
    result = passed.run(REPORT, wrong)

    assert result.ret == 4
    assert not Path(passed.path, PATH).exists()


@pytest.mark.parametrize("flag", ["--collect-only", "--help", "--version", "--setup-plan"])
def test_a_run_without_tests_keeps_the_last_report(passed: Project, flag: str) -> None:
    result = passed.run(REPORT, flag)

    assert result.ret == 0
    assert passed.report()["verdict"]["outcome"] == "passed"


def test_a_link_at_the_path_stays_one(passed: Project) -> None:
    was_link = Path(passed.path, PATH).is_symlink()

    assert passed.run(REPORT).ret == 0

    assert Path(passed.path, PATH).is_symlink() == was_link
    assert passed.report()["verdict"]["outcome"] == "not asked"


def test_a_worker_takes_no_report_away(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a worker begins, another run may have written its report meanwhile."""
    project.write("test_acme.py", TESTS)
    project.write("conftest.py", "raise RuntimeError('broken')")
    project.write(PATH, "of another run")
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")

    project.run(REPORT)

    assert Path(project.path, PATH).read_text("utf-8") == "of another run"


def test_a_report_that_cannot_be_taken_away_is_a_usage_error(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("test_acme.py", TESTS)
    Path(project.path, "old.json").touch()

    def refuse(path: Path, *, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)

    result = project.run("--flipsnack-report=json:old.json", "--flipsnack-report=term")

    assert result.ret == 4
    assert result.errlines[0] == (
        "ERROR: --flipsnack-report: old.json cannot be written: Permission denied"
    )
    assert gate_line(result) == ""


@pytest.mark.parametrize("flags", [(), ("--flipsnack-append",)], ids=["anew", "append"])
def test_data_of_an_older_run_stays_only_to_be_added_to(
    project: Project, flags: tuple[str, ...]
) -> None:
    data = "--flipsnack-data=codes.json"
    project.write("test_acme.py", TESTS)
    project.run(data)
    project.hooks("raise RuntimeError('broken')")

    project.run(data, *flags)

    assert Path(project.path, "codes.json").exists() == bool(flags)


def test_a_run_that_adds_and_dies_leaves_no_data_of_less(project: Project) -> None:
    data = "--flipsnack-data=codes.json"
    project.write("test_acme.py", TESTS)
    project.run(data)
    project.write("test_acme.py", "import os\ndef test_it(): os._exit(0)\n")

    project.run_apart("-p", "pytest_flipsnack", data, "--flipsnack-append")

    assert not Path(project.path, "codes.json").exists()


def test_data_without_a_path_is_a_usage_error(project: Project) -> None:
    result = project.run("--flipsnack-data=")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --flipsnack-data: . is a directory; give the path of a file"]
    )
