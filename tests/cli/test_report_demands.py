"""`pytest-flipsnack report` without a demand on its command line applies those that there are."""

from __future__ import annotations

from decimal import Decimal
from fnmatch import fnmatch

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand, joined
from tests.downstream import BUT_50, MISSING_50, Project

HUNDRED = "--flipsnack-fail-under=100"


@pytest.fixture
def shown(project: Project) -> Project:
    """A project whose suite leaves 50 out."""
    project.write("test_acme.py", BUT_50)
    return project


def report(
    capsys: pytest.CaptureFixture[str], *args: str, path: str = "codes.json"
) -> tuple[int, str]:
    capsys.readouterr()
    status = cli.main(["report", path, *args])
    return status, capsys.readouterr().err.strip().rpartition("\n")[2]


def test_a_file_whose_verdict_is_failed_fails(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.run(HUNDRED, "--flipsnack-report=json:codes.json")

    assert report(capsys) == (1, f"Flipsnack gate failed: {MISSING_50}")


def test_a_file_whose_verdict_is_failed_fails_a_lower_demand_too(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.run(HUNDRED, "--flipsnack-report=json:codes.json")

    assert report(capsys, "--fail-under=50") == (
        1,
        f"Flipsnack gate failed: the run failed its own gate: {MISSING_50}; "
        "18 of 19 codes exercised, 50 % required; missing: 50 Operation failed",
    )


def test_a_file_is_held_to_the_demand_of_its_run(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.ini("flipsnack_fail_under = 90", "flipsnack_require = 31", "flipsnack_exclude = 50: no")
    shown.run("--flipsnack-report=json:codes.json")
    shown.ini("")

    assert report(capsys) == (
        0,
        "Flipsnack gate passed: 18 of 18 codes exercised, 90 % required",
    )


def test_a_narrowed_run_stays_one_in_its_file(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.ini("flipsnack_fail_under = 100")
    shown.run("--flipsnack-report=json:codes.json", "-k", "not 47")

    assert report(capsys) == (
        0,
        "Flipsnack gate not enforced: the run was narrowed by -k; 17 of 19 codes exercised, "
        "100 % required; missing: 47 Invalid flipbook hash, 50 Operation failed",
    )
    assert report(capsys, "--fail-under=100")[0] == 1


CONFIGURED = {
    "pytest.ini": "[pytest]\nflipsnack_fail_under = 100\n",
    "tox.ini": "[pytest]\nflipsnack_fail_under = 100\n",
    "setup.cfg": "[tool:pytest]\nflipsnack_fail_under = 100\n",
    "pyproject.toml": "[tool.pytest.ini_options]\nflipsnack_fail_under = 100\n",
    ".pytest.toml": "[pytest]\nflipsnack_fail_under = 100\n",
}


@pytest.mark.parametrize("name", CONFIGURED)
@pytest.mark.parametrize("below", [False, True], ids=["here", "below"])
def test_the_demand_of_the_project_is_applied(
    shown: Project,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    below: bool,
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.write(name, CONFIGURED[name])
    shown.write("sub/.keep", "")
    shown.write("setup.cfg" if name != "setup.cfg" else "tox.ini", "[other]\na = 1\n")
    monkeypatch.chdir(shown.path / "sub" if below else shown.path)

    path = str(shown.path / "codes.json")

    assert report(capsys, path=path) == (1, f"Flipsnack gate failed: {MISSING_50}")
    assert report(capsys, "--fail-under=90", path=path)[0] == 0


def test_required_and_excluded_codes_of_a_project_may_be_lists(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.write(
        "pyproject.toml",
        "[tool.pytest]\nflipsnack_require = ['50']\nflipsnack_exclude = ['33: no uploads']\n",
    )

    assert report(capsys) == (
        1,
        "Flipsnack gate failed: required but not exercised: 50 Operation failed; "
        "17 of 18 codes exercised; missing: 50 Operation failed",
    )


def test_required_and_excluded_codes_of_a_project_may_be_text(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.ini(
        "flipsnack_require = 'rate limit' 31", "flipsnack_exclude =", "    50: no", "    22: no"
    )

    assert report(capsys) == (0, "Flipsnack gate passed: 17 of 17 codes exercised")


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("pytest.ini", "[pytest]\nflipsnack_fail_under = 0.9\n", ": '0.9' is less than 1 %;"),
        ("pytest.ini", "flipsnack_fail_under = 90\n", " cannot be read: "),
        ("pyproject.toml", "[tool\n", " cannot be read: "),
    ],
)
def test_a_configuration_that_cannot_be_read_is_wrong_usage(
    shown: Project, capsys: pytest.CaptureFixture[str], name: str, text: str, why: str
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.write(name, text)

    status, said = report(capsys)

    assert status == 2
    assert said.startswith(f"pytest-flipsnack: {name}{why}")


def test_a_project_without_a_demand_leaves_the_file_alone(
    shown: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.write("pyproject.toml", "[project]\nname = 'acme'\n")

    assert report(capsys) == (0, "")


def test_two_demands_are_joined_to_the_stricter_one() -> None:
    one = Demand(Decimal(90), required=(Code.OPERATION_FAILED,), excluded={Code.PROCESSING: "no"})
    other = Demand(Decimal(50), always=True, excluded={Code.OPERATION_FAILED: "no"})

    assert joined(one, other) == Demand(
        Decimal(90), required=(Code.OPERATION_FAILED,), excluded={Code.PROCESSING: "no"}
    )


@pytest.mark.parametrize(
    ("typed", "status", "line"),
    [
        (["--require=47"], 1, "failed: 18 of 19 codes exercised, 100 % required; missing: 50 *"),
        (["--exclude=47: no"], 1, "failed: 17 of 18 codes exercised, 100 % required; *"),
        (["--level=asserted"], 1, "failed: 0 of 19 codes asserted, 100 % required; *"),
        (["--cells-fail-under=0"], 1, "failed: 18 of 19 codes exercised, 100 % required; *"),
        (["--exclude=50: no"], 0, "passed: 18 of 18 codes exercised, 100 % required"),
        (["--fail-under=90", "--require=31"], 0, "passed: 18 of 19 codes exercised, 90 % *"),
    ],
)
def test_only_a_percentage_that_is_typed_replaces_that_of_the_project(
    shown: Project, capsys: pytest.CaptureFixture[str], typed: list[str], status: int, line: str
) -> None:
    shown.run("--flipsnack-report=json:codes.json")
    shown.ini("flipsnack_fail_under = 100")

    found, said = report(capsys, *typed)

    assert found == status
    assert fnmatch(said, f"Flipsnack gate {line}")


@pytest.mark.parametrize("typed", ["--require=47", "--exclude=47: no", "--exclude=50: no"])
def test_a_run_that_failed_its_percentage_fails_whatever_codes_are_typed(
    shown: Project, capsys: pytest.CaptureFixture[str], typed: str
) -> None:
    shown.run(HUNDRED, "--flipsnack-report=json:codes.json")
    assert report(capsys, typed)[0] == 1
