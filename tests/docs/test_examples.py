"""The examples are repositories of their own; each is run as its README says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import ROOT
from tests.surroundings import of_a_terminal

EXAMPLES = ROOT / "examples"
WITH_PYTEST = ["httpx_client", "aiohttp_client"]


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environ = of_a_terminal(PYTHON=sys.executable, COLUMNS="200")
    environ.pop("PYTEST_DISABLE_PLUGIN_AUTOLOAD", None)
    return subprocess.run(
        command, cwd=folder, env=environ, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture
def copied(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy of the example, so that nothing is written into the repository."""
    copy = tmp_path / str(request.param)
    shutil.copytree(EXAMPLES / request.param, copy)
    return copy


def test_every_example_is_run_by_a_test() -> None:
    found = {path.name for path in EXAMPLES.iterdir() if path.is_dir()} - {"__pycache__"}
    assert found == {*WITH_PYTEST, "requests_client", "any_language"}


@pytest.mark.parametrize(
    "copied",
    [pytest.param("httpx_client", marks=pytest.mark.nightly), "aiohttp_client"],
    indirect=True,
)
def test_an_async_example_exercises_every_code(copied: Path) -> None:
    result = run(copied, sys.executable, "-m", "pytest", "--flipsnack-report=term")
    assert result.returncode == 0, result.stdout
    assert "19 of 19 codes exercised (100 %), " in result.stdout


@pytest.mark.parametrize("copied", ["requests_client"], indirect=True)
def test_the_badge_of_the_readme_is_that_of_the_example(copied: Path) -> None:
    result = run(copied, sys.executable, "-m", "pytest", "--flipsnack-report=badge:badge.svg")
    assert result.returncode == 0, result.stdout
    assert (copied / "badge.svg").read_bytes() == (ROOT / "docs" / "badge.svg").read_bytes()
    assert "](docs/badge.svg)" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.nightly  # `make demo` runs it each time
@pytest.mark.parametrize("copied", ["requests_client"], indirect=True)
def test_the_demo_is_green_and_then_red(copied: Path) -> None:
    result = run(copied, "sh", "demo.sh")
    assert result.returncode == 0, result.stdout + result.stderr
    last = result.stdout.splitlines()[-1]
    assert last == "As expected: green with all 19 codes, red (exit 1) without 22."


@pytest.mark.nightly
@pytest.mark.parametrize("copied", ["requests_client"], indirect=True)
def test_the_whole_contract_fits_twenty_lines(copied: Path) -> None:
    result = run(copied, sys.executable, "-m", "pytest", "-q", "contract")
    assert result.returncode == 0, result.stdout
    source = (copied / "contract" / "test_contract.py").read_text(encoding="utf-8")
    adapter = source[source.index("class TestAcme") :].strip().splitlines()
    assert len(adapter) <= 20


@pytest.mark.skipif(shutil.which("node") is None, reason="Node is not on this machine")
@pytest.mark.parametrize("copied", ["any_language"], indirect=True)
def test_a_suite_in_another_language_passes_the_same_gate(copied: Path) -> None:
    result = run(copied, "sh", "run.sh")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ok 31 is an error that tells the code" in result.stdout.splitlines()
    last = result.stderr.splitlines()[-1]
    assert last == "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required"
