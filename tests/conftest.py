"""Fixtures for the tests that run pytest inside pytest."""

from __future__ import annotations

import importlib
import pkgutil

import httpx  # noqa: F401 - pytester forgets what an inner run imports first
import jsonschema  # noqa: F401 - likewise
import pytest
import responses  # noqa: F401 - likewise

import pytest_flipsnack
from tests.downstream import Project

for _module in pkgutil.walk_packages(pytest_flipsnack.__path__, "pytest_flipsnack."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)


_COLOURS = ("CI", "BUILD_NUMBER", "FORCE_COLOR", "PY_COLORS")


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest) -> None:
    """Give inner runs one width, no colour, and no plugin that the machine happens to have."""
    if "pytester" in request.fixturenames:
        monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        for name in ("PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", *_COLOURS):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.setenv("TERM", "dumb")


@pytest.fixture
def project(pytester: pytest.Pytester) -> Project:
    """A project whose runs use one process."""
    return Project(pytester)


@pytest.fixture(params=[(), ("-p", "xdist", "-n2")], ids=["plain", "two-workers"])
def workers(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The flags for a run in one process, and for one whose results merge."""
    flags: tuple[str, ...] = request.param
    return flags


@pytest.fixture
def merging(pytester: pytest.Pytester, workers: tuple[str, ...]) -> Project:
    """A project whose runs use one process, and then two workers."""
    return Project(pytester, workers)
