"""Fixtures for the tests that run pytest inside pytest."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import httpx  # noqa: F401 - pytester forgets what an inner run imports first
import hypothesis  # noqa: F401 - it looks for what refers to it, which is not seen any more below
import jsonschema  # noqa: F401 - likewise
import pytest
import responses  # noqa: F401 - likewise

import pytest_flipsnack
from tests.downstream import TWO_WORKERS, Project

for _module in pkgutil.walk_packages(pytest_flipsnack.__path__, "pytest_flipsnack."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)

gc.freeze()  # what is imported stays; no collection of an inner run need go through it

_PROCESSES = "COVERAGE_PROCESS_CONFIG"
"""Has coverage.py measure in new processes as well."""
_UNMEASURED_FOLDERS = ("docs", "neighbours")
_UNMEASURED = Path(__file__).with_name("unmeasured.txt").read_text("utf-8").splitlines()
_IS_UNMEASURED = pytest.StashKey[bool]()
"""What runs what other tests run already: measuring its coverage again would double its time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Choose what need not be measured; the same test over again with two workers never is."""
    listed = {*_UNMEASURED}
    for item in items:
        folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
        params: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
        names = {item.nodeid.partition("::")[0], item.nodeid.partition("[")[0]}
        item.stash[_IS_UNMEASURED] = (
            folder in _UNMEASURED_FOLDERS or bool(params.get("workers")) or bool(names & listed)
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Halt the measuring of coverage, here and in new processes; it would take twice as long."""
    if not item.stash[_IS_UNMEASURED]:
        return (yield)
    ours, of_threads = sys.gettrace(), threading.gettrace()
    processes = os.environ.pop(_PROCESSES, None)
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        threading.settrace(of_threads)
        sys.settrace(ours)
        if processes is not None:
            os.environ[_PROCESSES] = processes


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


@pytest.fixture(
    params=[
        pytest.param((), id="plain"),
        pytest.param(TWO_WORKERS, id="two-workers", marks=pytest.mark.nightly),
    ]
)
def workers(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The flags for a run in one process, and by night for one whose results merge.

    Each commit runs the scenarios of the gate with two workers, and what is `with_two_workers`.
    """
    flags: tuple[str, ...] = request.param
    return flags


@pytest.fixture
def merging(pytester: pytest.Pytester, workers: tuple[str, ...]) -> Project:
    """A project whose runs use one process, and then two workers."""
    return Project(pytester, workers)
