"""A project that has the plugin installed and does not use it notices nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.downstream import Project, no_others

HEAVY = ("requests", "responses", "jsonschema", "httpx", "pytest_flipsnack.flipsnack")
UNRELATED = """
def test_passes(): assert 1 + 1 == 2
@pytest.mark.parametrize("number", [1, 2])
def test_number(number): assert number
def test_skips(): pytest.skip("today")
def test_fails(): assert 0
"""


def files_below(path: Path) -> list[str]:
    names = (str(entry.relative_to(path)) for entry in path.rglob("*"))
    return sorted(name for name in names if not name.startswith("runpytest-"))


def steady(lines: list[str]) -> list[str]:
    """Return the lines without times, workers, order, and the list of plugins."""
    found = [re.sub(r"in \d+\.\d+s|\[gw\d\]", "", line) for line in lines]
    found = [re.sub(r"^[.sF]{5} ", "", line) for line in found]
    return sorted(line for line in found if not line.startswith("plugins: "))


@pytest.mark.parametrize("flags", [(), ("-n2",)], ids=["plain", "two-workers"])
def test_an_unrelated_project_sees_no_line_and_no_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    project = Project(pytester)
    project.write("conftest.py", "")
    project.write("test_unrelated.py", f"import pytest\n{UNRELATED}")
    if flags:
        flags = ("-p", "xdist", *flags)
    flags = ("-p", "no:cacheprovider", "-rA", *flags)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    without = project.run_apart(*flags, "-p", "no:pytest_flipsnack")
    files = files_below(project.path)
    loaded = project.run_apart("-p", "pytest_flipsnack", *flags)

    assert (without.ret, loaded.ret) == (1, 1)
    assert steady(loaded.outlines) == steady(without.outlines)
    assert loaded.errlines == without.errlines
    assert files_below(project.path) == files


def loaded_modules(project: Project, monkeypatch: pytest.MonkeyPatch, *flags: str) -> set[str]:
    """Run the project as installed and return what was imported in the end."""
    project.write(
        "conftest.py",
        """
        import pathlib, sys
        def pytest_unconfigure():
            pathlib.Path("modules.txt").write_text("\\n".join(sys.modules))
        """,
    )
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

    result = project.run_apart(*no_others(), *flags)

    assert result.ret == 0
    return set((project.path / "modules.txt").read_text().split())


@pytest.mark.parametrize(
    "flags", [(), ("--collect-only",), ("--markers",)], ids=["run", "collect", "markers"]
)
def test_an_unrelated_project_imports_nothing_heavy(
    project: Project, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    project.write("test_unrelated.py", "def test_passes(): pass")

    modules = loaded_modules(project, monkeypatch, *flags)

    assert "pytest_flipsnack.plugin" in modules
    assert modules.isdisjoint(HEAVY)
    rooms = {name.split(".")[1] for name in modules if name.startswith("pytest_flipsnack.")}
    assert rooms <= {"plugin", "integration"}


def test_with_a_gate_that_sees_nothing_nothing_heavy_is_imported_either(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("test_unrelated.py", "def test_passes(): pass")

    modules = loaded_modules(project, monkeypatch, "--flipsnack-report=json")

    assert "pytest_flipsnack.integration.gate" in modules
    assert modules.isdisjoint(HEAVY)


def test_no_fixture_of_the_plugin_applies_by_itself(project: Project) -> None:
    project.test("""
        def test_it(request):
            ours = [name for name in request.fixturenames if "flipsnack" in name]
            names = [name for name, _ in request.config.pluginmanager.list_name_plugin()]
            assert ours == []
            assert "flipsnack-gate" not in names
            assert "flipsnack-recorder" not in names
    """)

    project.run().assert_outcomes(passed=1)
