"""A browser with the page of a report; the tests need Chromium, its driver and two npm tools.

They are skipped where one of these is missing, unless FLIPSNACK_BROWSER is set, as `.ci/run` does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import html
from tests.browser import page

TOOLS = Path(__file__).with_name("node_modules")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1200,1600",
)  # fmt: skip


def _missing() -> list[str]:
    found = [name for name in ("chromium", "chromedriver", "node") if shutil.which(name) is None]
    return found + [name for name in ("axe-core", "html-validate") if not (TOOLS / name).exists()]


@pytest.fixture(scope="session", autouse=True)
def _needed() -> None:
    """Skip the folder where a tool is missing; fail where CI promised them all."""
    missing = _missing()
    if missing:
        text = f"not on this machine: {', '.join(missing)}; see CONTRIBUTING.md"
        (pytest.fail if os.environ.get("FLIPSNACK_BROWSER") else pytest.skip)(text)


@pytest.fixture(scope="session")
def browser(_needed: None) -> Iterator[webdriver.Chrome]:
    """Chromium without a screen."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    driver = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    yield driver
    driver.quit()


@pytest.fixture
def report(browser: webdriver.Chrome, tmp_path: Path) -> Iterator[webdriver.Chrome]:
    """The browser at the page of a suite; the page logs no error and asks for nothing."""
    path = tmp_path / "report.html"
    path.write_text(html.render(page.coverage(Demand(page.ALL))), encoding="utf-8")
    browser.get(path.as_uri())
    yield browser
    assert browser.get_log("browser") == []  # type: ignore[no-untyped-call]
