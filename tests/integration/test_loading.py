"""Every way to load the plugin: installed, by name, by module, together and twice."""

from __future__ import annotations

from typing import get_args

import pytest

from tests.downstream import Project, gate_line, no_others

LINE = "Flipsnack gate passed: 1 of 19 codes exercised, 5 % required; missing: "
ASKS = "@pytest.mark.flipsnack(31)\ndef test_it(client): assert client.try_to_ask() == 31"
PACKAGE, MODULE = ("-p", "pytest_flipsnack"), ("-p", "pytest_flipsnack.plugin")
GATE = ("--flipsnack-fail-under=5", "-p", "no:cacheprovider", "-W", "error")


@pytest.fixture
def asking(project: Project) -> Project:
    project.test(ASKS)
    return project


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param(PACKAGE, id="package"),
        pytest.param(MODULE, id="module"),
        pytest.param(PACKAGE + MODULE, id="package-module"),
        pytest.param(MODULE + PACKAGE, id="module-package", marks=pytest.mark.nightly),
        pytest.param(PACKAGE + PACKAGE, id="package-twice", marks=pytest.mark.nightly),
        pytest.param(MODULE + MODULE, id="module-twice", marks=pytest.mark.nightly),
    ],
)
@pytest.mark.parametrize("autoload", [True, False], ids=["autoload", "no-autoload"])
def test_every_spelling_loads_the_plugin_once(
    asking: Project, monkeypatch: pytest.MonkeyPatch, spelling: tuple[str, ...], autoload: bool
) -> None:
    if autoload:
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

    result = asking.run_apart(*spelling, *GATE, *(no_others() if autoload else ()))

    assert result.ret == 0
    result.assert_outcomes(passed=1)
    assert gate_line(result).startswith(LINE)
    assert result.errlines == []


def test_installed_is_enough(asking: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

    result = asking.run_apart(*GATE, *no_others())

    assert result.ret == 0
    assert gate_line(result).startswith(LINE)


@pytest.mark.parametrize(
    "spelling",
    [
        pytest.param((), id="autoload"),
        pytest.param(PACKAGE + MODULE, id="package-module-no-autoload", marks=pytest.mark.nightly),
    ],
)
def test_two_workers_load_it_as_well(
    asking: Project, monkeypatch: pytest.MonkeyPatch, spelling: tuple[str, ...]
) -> None:
    if not spelling:
        monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
        spelling = no_others("xdist")
    else:
        spelling = (*spelling, "-p", "xdist")

    result = asking.run_apart(*spelling, *GATE, "-n2")

    assert result.ret == 0
    assert gate_line(result).startswith(LINE)


@pytest.mark.parametrize("name", ["pytest_flipsnack", "pytest_flipsnack.plugin"])
def test_a_conftest_may_load_it(project: Project, name: str) -> None:
    project.hooks(f"pytest_plugins = [{name!r}]")
    project.test(ASKS)

    result = project.run_apart(*GATE)

    assert result.ret == 0
    assert gate_line(result).startswith(LINE)


def test_it_can_be_turned_off(asking: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

    result = asking.run_apart("-p", "no:pytest_flipsnack", "--fixtures", *no_others())

    assert result.ret == 0
    assert not any(line.startswith("flipsnack") for line in result.outlines)


def test_turned_off_its_flags_are_unknown(asking: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")

    result = asking.run_apart("-p", "no:pytest_flipsnack", "--flipsnack-fail-under=5", *no_others())

    assert result.ret == 4
    assert any(
        "unrecognized arguments: --flipsnack-fail-under=5" in line for line in result.errlines
    )


@pytest.mark.parametrize("mode", ["append", "importlib"])
def test_every_import_mode_works(project: Project, mode: str) -> None:
    project.test(ASKS, "tests/deep/test_acme.py")

    result = project.run(f"--import-mode={mode}", "--flipsnack-fail-under=5")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert gate_line(result).startswith(LINE)


def test_two_workers_work_in_import_mode_importlib(pytester: pytest.Pytester) -> None:
    project = Project(pytester, ("-p", "xdist", "-n2"))
    project.test(ASKS, "tests/deep/test_acme.py")
    project.ini("pythonpath = .", "addopts = --import-mode=importlib")

    result = project.run("--flipsnack-fail-under=5")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
    assert gate_line(result).startswith(LINE)


def test_the_package_offers_its_public_names_and_no_others() -> None:
    import pytest_flipsnack

    aliases = {"ActionName", "FaultName", "PracticeName", "RetryRule"}
    for name in pytest_flipsnack.__all__:
        offered = getattr(pytest_flipsnack, name)
        assert get_args(offered) if name in aliases else offered.__name__ == name
    with pytest.raises(AttributeError) as caught:
        _ = pytest_flipsnack.Codes
    assert str(caught.value) == "module 'pytest_flipsnack' has no attribute 'Codes'"
