"""A type checker knows every name that a suite may write, and finds the misspelt ones."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import pytest_flipsnack
from pytest_flipsnack.catalogue.actions import ACTIONS, ActionName
from pytest_flipsnack.contract.retries import RetryMode, RetryRule
from pytest_flipsnack.contract.suite.declarations import Declarations
from pytest_flipsnack.fake.faults import ALIASES, FAULTS, FaultName
from pytest_flipsnack.fake.settings import Settings, SettingValues
from tests.surroundings import of_a_terminal

TYPES = Path(__file__).parent / "types"
RIGHT = (TYPES / "right.py").read_text("utf-8")
WRONG = (TYPES / "wrong.py").read_text("utf-8").splitlines()
PYRIGHT = Path(__file__).parents[1] / "browser" / "node_modules" / ".bin" / "pyright"
ERROR = re.compile(r"wrong[.]py:(\d+): error: (.*)  \[([a-z-]+)\]")


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=of_a_terminal(), capture_output=True, text=True, check=False
    )


def test_mypy_finds_every_misspelt_name_and_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    for path in TYPES.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "right.py", "wrong.py"]
    result = _run(command, tmp_path)
    lines = [line for line in result.stdout.splitlines() if ": note: " not in line]
    found = [match.groups() for line in lines[:-1] if (match := ERROR.fullmatch(line))]
    assert len(found) == len(lines) - 1, result.stdout + result.stderr
    wanted = {
        str(number): line.partition("  # ")[2]
        for number, line in enumerate(WRONG, start=1)
        if "  # " in line
    }
    assert [(number, kind) for number, _, kind in found] == [
        (number, text.split()[0]) for number, text in wanted.items()
    ]
    for number, message, _ in found:
        assert all(word in message for word in wanted[number].split()[1:]), message


def test_pyright_finds_the_same_lines(tmp_path: Path) -> None:
    """It wants an annotated override to have the very type of the class; the page says so."""
    if not PYRIGHT.exists():
        missing = pytest.fail if os.environ.get("FLIPSNACK_BROWSER") else pytest.skip
        missing("pyright is not on this machine; see CONTRIBUTING.md")
    for path in TYPES.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")
    command = [str(PYRIGHT), "--pythonpath", sys.executable, "--outputjson", "right.py", "wrong.py"]
    result = _run(command, tmp_path)
    found: dict[str, dict[int, str]] = {"right.py": {}, "wrong.py": {}}
    for one in json.loads(result.stdout)["generalDiagnostics"]:
        line = one["range"]["start"]["line"] + 1
        found[Path(one["file"]).name][line] = one["rule"]
    wrong = [number for number, line in enumerate(WRONG, start=1) if "  # " in line]
    assert sorted(found["wrong.py"]) == wrong
    assert set(found["right.py"].values()) == {"reportIncompatibleVariableOverride"}
    lines = RIGHT.splitlines()
    assert all(re.match(r"    \w+: ", lines[number - 1]) for number in found["right.py"])


def test_the_checked_file_has_every_public_name_and_declaration() -> None:
    public = [*pytest_flipsnack.__all__, *Declarations.__annotations__, "failed", "code_of"]
    assert [name for name in public if not re.search(rf"\b{name}\b", RIGHT)] == []


def test_the_types_and_the_tables_have_the_same_names() -> None:
    assert get_args(ActionName) == tuple(ACTIONS)
    assert get_args(FaultName) == (*FAULTS, *ALIASES)
    modes = [get_args(part) for part in get_args(RetryRule) if get_args(part)]
    assert modes == [tuple(mode.value for mode in RetryMode)]
    assert get_type_hints(SettingValues) == get_type_hints(Settings)
