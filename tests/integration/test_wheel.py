"""What is in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    for needed in ("build", "hatchling"):
        pytest.importorskip(needed)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*command, str(ROOT)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.iterdir()
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(
    wheel: zipfile.ZipFile,
) -> None:
    package = ROOT / "pytest_flipsnack"
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert packed == ours
    assert "pytest_flipsnack/py.typed" in packed
    rooms = ("catalogue", "fake", "transports", "contract", "coverage", "integration")
    assert {f"pytest_flipsnack/{room}/__init__.py" for room in rooms} <= packed


def test_the_wheel_names_its_entry_point_as_the_module(wheel: zipfile.ZipFile) -> None:
    """Any other name makes `-p pytest_flipsnack` die as already registered."""
    (name,) = [name for name in wheel.namelist() if name.endswith("entry_points.txt")]

    lines = wheel.read(name).decode().split("\n")

    assert lines[lines.index("[pytest11]") + 1] == "pytest_flipsnack = pytest_flipsnack"


def test_the_wheel_asks_for_three_packages_and_has_its_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = [name for name in wheel.namelist() if name.endswith("METADATA")]

    lines = wheel.read(name).decode().splitlines()

    needed = [line.split(": ")[1] for line in lines if line.startswith("Requires-Dist: ")]
    always = [line for line in needed if "extra ==" not in line]
    assert [line.split(">=")[0] for line in sorted(always)] == ["jsonschema", "pytest", "responses"]
    assert all("<" not in line for line in always), "no upper caps"
    assert "License-Expression: MIT" in lines
    assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
