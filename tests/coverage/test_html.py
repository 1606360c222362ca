"""The page of HTML as text; tests/browser/ uses it in a browser."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from base64 import b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import html, read_target
from pytest_flipsnack.coverage.tally import Cell
from pytest_flipsnack.coverage.verdict import Run, decide
from tests.coverage.covered import DEMAND, LIST, SOME, STATS, Tests, cover, tally_of

EVIL = 'test_a["</script><img src=x onerror=alert(1)>&]'


def details(page: str) -> dict[str, Any]:
    """Return what the script of a page reads."""
    found = re.search(r'<script type="application/json" id="details">(.*?)</script>', page)
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


def labels(page: str) -> dict[str, str]:
    """Return what a screen reader says of each cell."""
    return dict(re.findall(r'data-cell="([^"]+)".*? aria-label="([^"]+)"', page))


def test_the_page_tells_the_verdict_and_the_shares() -> None:
    page = html.render(cover(DEMAND, SOME))

    assert "<title>Flipsnack codes: gate failed</title>" in page
    assert "<strong>Gate failed</strong>: 3 of 14 codes exercised, 100 % required" in page
    shares = re.findall(r"<dt>(codes .*|documented .*)</dt>\n<dd>(.*)", page)
    assert shares == [
        ("codes exercised", "3 of 14 (21.4 %)"),
        ("codes asserted", "1 of 14 (7.1 %)"),
        ("documented cells exercised", "3 of 150 (2 %)"),
    ]
    assert "<strong>codes: not met.</strong> 3 of 14 codes exercised" in page
    assert "<dd><code>with flipsnack.expect(22, raises=...): client.call()</code></dd>" in page


def test_each_cell_says_how_far_the_suite_went() -> None:
    required = Demand(required_cells=((LIST, 30),), excluded_cells={(LIST, 22): "no"})
    found = labels(html.render(cover(required, SOME)))

    assert found[f"{STATS}:31"] == (
        f"{STATS}, 31 Requests per second limit exceeded: asserted, 1 test"
    )
    assert found[f"{STATS}:20"] == f"{STATS}, 20 OK: exercised only, 2 tests"
    assert found[f"{LIST}:30"] == f"{LIST}, 30 Missing mandatory parameter: missing"
    assert found[f"{LIST}:22"] == f"{LIST}, 22 Maintenance mode: excluded"
    assert found[f"{STATS}:41"].endswith(": missing")  # no other action delivers it either
    assert found["collection.deleteCollection:37"].endswith(": excluded")
    assert f"{STATS}:34" not in found


def test_a_cell_that_nobody_demands_is_documented_or_open() -> None:
    every: Tests = {
        "test_all": ({(STATS, code.value): 1 for code in Code}, []),
        "test_old": ({("flipbook.add", 20): 1}, []),
    }
    found = labels(html.render(cover(Demand(Decimal(100)), every)))

    assert found[f"{LIST}:31"].endswith(": documented")
    assert found["flipbook.add:31"].endswith(": open")
    states = {text.rpartition(": ")[2] for text in found.values()}
    assert states == {"documented", "open", "excluded", "exercised only, 1 test"}


def test_a_cell_opens_to_its_tests_and_their_replies() -> None:
    coverage = cover(DEMAND, SOME)
    replies: tuple[Cell, ...] = ((STATS, 31), (STATS, 31), (STATS, 20))
    coverage.tally.replies["tests/test_a.py::test_limit"] = replies
    coverage.tally.replies["of an older run"] = replies

    found = details(html.render(coverage))

    assert found["tests"] == [*SOME]
    assert found["replies"] == {"0": [f"{STATS}:31", f"{STATS}:31", f"{STATS}:20"]}
    assert found["cells"][f"{STATS}:31"] == {
        "deliveries": 2,
        "source": "documented (status code table)",
        "try": "with flipsnack.expect(31, raises=...): client.call()",
        "exercised": [],
        "asserted": [0],
        "verified": [],
    }
    assert found["cells"][f"{STATS}:20"]["exercised"] == [0, 1]


def test_an_action_and_a_code_that_no_page_knows_are_shown_where_they_came() -> None:
    odd: Tests = {"test_a": ({("(unknown)", 42): 1, (STATS, 34): 1}, [])}
    found = details(html.render(cover(Demand(), odd)))["cells"]

    assert found["(unknown):42"]["source"] == "no page lists it"
    assert found[f"{STATS}:34"]["deliveries"] == 1
    assert "(unknown):41" not in found


def test_names_of_tests_and_reasons_are_text() -> None:
    run = Run(narrowed="-k <b>", ids=("a", "b"))
    reasons = Demand(Decimal(1), excluded={Code(44): "<i>never</i>"})
    page = html.render(cover(reasons, {EVIL: ({(STATS, 44): 1}, [])}, run))

    assert "<img" not in page
    assert "<i>never" not in page
    assert details(page)["tests"] == [EVIL]
    assert "the run was narrowed by -k &lt;b&gt;; the sum of 2 runs." in page
    assert "stale exclude: 44 Invalid signature was exercised; take it out (&lt;i&gt;never" in page


def test_nothing_comes_from_elsewhere_and_only_its_own_texts_run() -> None:
    page = html.render(cover(DEMAND, SOME))

    assert not re.search(r"(?:src|href|url)\s*[=(]|https?:|@import", page)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    assert policy is not None
    assert style is not None
    assert script is not None
    digests = [
        b64encode(hashlib.sha256(text[1].encode()).digest()).decode() for text in (style, script)
    ]
    assert policy[1].replace("&#39;", "'") == (
        f"default-src 'none'; style-src 'sha256-{digests[0]}'; script-src 'sha256-{digests[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )


def test_without_jinja_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with pytest.raises(ValueError, match="Jinja2") as caught:
        read_target("html")
    assert str(caught.value) == (
        "'html' is written with Jinja2, which is not installed; "
        "pip install 'pytest-flipsnack[html]', or ask for markdown"
    )


def test_a_verified_code_has_a_share_of_its_own() -> None:
    coverage = cover(Demand(), SOME)
    assert "<dt>codes verified</dt>" not in html.render(coverage)
    tally = tally_of(SOME)
    tally.verify("tests/test_a.py::test_limit", [(STATS, 31)])
    verified = replace(coverage, tally=tally, verdict=decide(tally, Demand(), Run()))
    page = html.render(verified)

    assert "<dt>codes verified</dt>\n<dd>1 of 19 (5.2 %)" in page
    assert labels(page)[f"{STATS}:31"].endswith(": verified, 1 test")
    assert details(page)["cells"][f"{STATS}:31"]["verified"] == [0]
