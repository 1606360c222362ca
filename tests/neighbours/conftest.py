"""A project next to other plugins: its tests are run, its hits read from the report."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp  # noqa: F401 - pytester forgets what an inner run imports first
import aioresponses  # noqa: F401 - likewise
import click.testing  # noqa: F401 - likewise
import httpx  # noqa: F401 - likewise
import pytest
import requests_cache  # noqa: F401 - likewise
import requests_mock  # noqa: F401 - likewise
import requests_toolbelt  # noqa: F401 - likewise
import respx  # noqa: F401 - likewise
import trio  # noqa: F401 - likewise

from tests.downstream import Project

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(project: Project) -> Run:
    """Run the project's tests with our plugin, those named and a report."""

    def run(*flags: str) -> pytest.RunResult:
        return project.run("--flipsnack-report=json", *flags)

    return run


@pytest.fixture
def delivered(project: Project) -> Callable[[], dict[int, int]]:
    """Read how often each code was delivered in passing tests."""

    def delivered() -> dict[int, int]:
        rows = project.report()["codes"].items()
        return {int(code): row["deliveries"] for code, row in rows if row["deliveries"]}

    return delivered
