"""What a reader does with the page of a report."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.select import Select

from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import html
from tests.browser import page
from tests.browser.conftest import TOOLS
from tests.coverage.covered import LIST, STATS

_GUIDELINES = "wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice"
_CHECK = """
const done = arguments[1];
axe.run({runOnly: arguments[0].split(" ")}).then((found) => done(
  found.violations.map((one) => `${one.id}: ${one.nodes[0].html}`)));
"""


def cell(report: Chrome, name: str) -> WebElement:
    return report.find_element(By.CSS_SELECTOR, f'button[data-cell="{name}"]')


def detail(report: Chrome) -> str:
    return report.find_element(By.ID, "detail").text


def focused(report: Chrome) -> str | None:
    return report.switch_to.active_element.get_attribute("data-cell")


def shown_rows(report: Chrome) -> list[str]:
    rows = report.find_elements(By.CSS_SELECTOR, "#cells tbody tr:not([hidden]) th")
    return [row.text for row in rows]


def press(report: Chrome, *keys: str) -> None:
    ActionChains(report).send_keys(*keys).perform()


def test_a_cell_opens_to_its_tests_and_the_replies_of_each(report: Chrome) -> None:
    cell(report, f"{STATS}:31").click()

    assert detail(report).splitlines() == [
        f"{STATS}:31 Requests per second limit exceeded",
        "Delivered 2 times in passing tests. Source: documented (status code table).",
        "Asserted by",
        page.EVIL,
        f"replies: 31, {LIST}:20, 31, 20",
        "Close",
    ]
    report.find_element(By.CSS_SELECTOR, "dialog button").click()
    assert detail(report) == ""


def test_a_cell_that_no_test_asserts_says_what_to_write(report: Chrome) -> None:
    cell(report, f"{LIST}:50").click()
    assert detail(report).splitlines()[1:-1] == [
        "Delivered once in passing tests. Source: documented (status code table).",
        "Exercised only by",
        "test_b.py::test_list",
        "What to write",
        "with flipsnack.expect(50, raises=...): client.call()",
    ]
    press(report, Keys.ESCAPE)
    cell(report, "collection.getStats:46").click()
    assert "No passing test delivered it." in detail(report)


def test_a_name_of_a_test_does_no_harm(report: Chrome) -> None:
    cell(report, f"{STATS}:31").click()

    assert report.title == "Flipsnack codes: gate failed"
    assert report.find_elements(By.TAG_NAME, "img") == []


def test_the_keyboard_reaches_every_cell_with_one_stop_for_tab(report: Chrome) -> None:
    stops = report.find_elements(By.CSS_SELECTOR, '#cells button[tabindex="0"]')
    assert [stop.get_attribute("data-cell") for stop in stops] == ["collection.create:20"]
    report.find_element(By.ID, "show").send_keys(Keys.TAB, "")
    press(report, Keys.TAB)
    assert focused(report) == "collection.create:20"

    press(report, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert focused(report) == "collection.getCollection:22"
    press(report, Keys.ARROW_UP, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_UP)
    assert focused(report) == "collection.create:20"
    press(report, Keys.ENTER)
    assert detail(report).startswith("collection.create:20 OK")
    press(report, Keys.ESCAPE)
    assert focused(report) == "collection.create:20"


def test_find_and_show_leave_what_fits(report: Chrome) -> None:
    every = len(shown_rows(report))
    find = report.find_element(By.ID, "find")
    found = report.find_element(By.ID, "found")

    find.send_keys("FORBIDDEN getstats")
    assert shown_rows(report) == ["collection.getStats"]
    assert found.text == "1 cell"
    find.clear()
    find.send_keys("test_b.py")
    assert shown_rows(report) == ["collection.getStats", LIST]
    Select(report.find_element(By.ID, "show")).select_by_visible_text("asserted")
    assert (shown_rows(report), found.text) == ([], "0 cells")
    find.clear()
    find.send_keys(Keys.SPACE)
    assert (shown_rows(report), found.text) == ([STATS], "1 cell")
    Select(report.find_element(By.ID, "show")).select_by_visible_text("every cell")
    assert (len(shown_rows(report)), found.text) == (every, "")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_are_drawn_and_accessible(report: Chrome, theme: str) -> None:
    Select(report.find_element(By.ID, "theme")).select_by_visible_text(theme)
    ground = report.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
    assert ground == {"light": "rgba(255, 255, 255, 1)", "dark": "rgba(20, 23, 26, 1)"}[theme]

    report.execute_script((TOOLS / "axe-core" / "axe.min.js").read_text("utf-8"))
    assert report.execute_async_script(_CHECK, _GUIDELINES) == []
    cell(report, f"{STATS}:31").click()
    assert report.execute_async_script(_CHECK, _GUIDELINES) == []


def test_the_system_chooses_the_theme(report: Chrome) -> None:
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    report.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    body = report.find_element(By.TAG_NAME, "body")
    assert body.value_of_css_property("background-color") == "rgba(20, 23, 26, 1)"
    report.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert body.value_of_css_property("background-color") == "rgba(255, 255, 255, 1)"


def test_on_a_phone_only_the_tables_are_scrolled(report: Chrome) -> None:
    phone = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    report.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", phone)
    try:
        report.refresh()
        assert report.execute_script("return document.documentElement.scrollWidth") == 390
        assert report.execute_script(
            "const wide = document.querySelector('.wide'); return wide.scrollWidth > wide.offsetWidth"
        )
    finally:
        report.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_print_has_the_tables_and_no_controls(report: Chrome) -> None:
    Select(report.find_element(By.ID, "theme")).select_by_visible_text("dark")
    report.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not report.find_element(By.ID, "find").is_displayed()
        assert cell(report, f"{STATS}:31").is_displayed()
        ground = report.find_element(By.TAG_NAME, "body").value_of_css_property("background-color")
        assert ground == "rgba(255, 255, 255, 1)"
    finally:
        report.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("demand", [Demand(), Demand(page.ALL)], ids=["not asked", "failed"])
def test_the_page_is_valid_html(tmp_path: Path, demand: Demand) -> None:
    path = tmp_path / "report.html"
    path.write_text(html.render(page.coverage(demand)), encoding="utf-8")

    command = ["node", str(TOOLS / "html-validate" / "bin" / "html-validate.mjs"), str(path)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stdout) == (0, "")
