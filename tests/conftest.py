"""Fixtures for the tests that run pytest inside pytest."""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import os
import pkgutil
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import _pytest._code.source
import httpx  # noqa: F401 - pytester forgets what an inner run imports first
import hypothesis  # noqa: F401 - it looks for what refers to it, which is not seen any more below
import jsonschema  # noqa: F401 - pytester forgets it
import pytest
import responses  # noqa: F401 - pytester forgets it

import pytest_flipsnack
from tests.downstream import TWO_WORKERS, Project
from tests.surroundings import PRINTS_OTHERWISE

for _module in pkgutil.walk_packages(pytest_flipsnack.__path__, "pytest_flipsnack."):
    if not _module.name.endswith("__main__"):
        importlib.import_module(_module.name)

# every traceback that an inner run shows would parse the files of its frames again
_pytest._code.source.ast = SimpleNamespace(  # type: ignore[assignment,attr-defined]
    **{**vars(ast), "parse": functools.lru_cache(maxsize=256)(ast.parse)}
)
gc.freeze()  # what is imported stays; no collection of an inner run need go through it

_UNMEASURED_FOLDERS = ("docs", "neighbours", "browser")
_UNMEASURED = Path(__file__).with_name("unmeasured.txt").read_text("utf-8").splitlines()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Under `make coverage`, leave out what runs only code that other tests run as well."""
    if "FLIPSNACK_COVERAGE" in os.environ:
        measured = [item for item in items if _is_measured(item)]
        config.hook.pytest_deselected(items=[item for item in items if not _is_measured(item)])
        items[:] = measured


def _is_measured(item: pytest.Item) -> bool:
    folder = item.path.relative_to(item.config.rootpath / "tests").parts[0]
    params: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    names = {item.nodeid.partition("::")[0], item.nodeid.partition("[")[0]}
    # two workers run what one process has run
    return not (
        folder in _UNMEASURED_FOLDERS or params.get("workers") or names.intersection(_UNMEASURED)
    )


@pytest.fixture(autouse=True)
def _surroundings(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give inner runs one width, no colour, and no plugin that the machine happens to have.

    No test may leave a fake running: those that come later would fail for it.
    """
    if "pytester" in request.fixturenames:
        monkeypatch: pytest.MonkeyPatch = request.getfixturevalue("monkeypatch")
        for name in PRINTS_OTHERWISE:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("COLUMNS", "400")
        monkeypatch.setenv("TERM", "dumb")
    yield
    assert socket.getaddrinfo.__module__ == "socket", "a fake was left running"


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
