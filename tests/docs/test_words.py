"""One word for each thing: names, messages and documentation keep to the table in CONTRIBUTING."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import pytest_flipsnack
from pytest_flipsnack import ClientContract, Flipsnack

ROOT = Path(__file__).parents[2]
PACKAGE = Path(pytest_flipsnack.__file__).parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
REPLACED = {
    r"\b(ask|asks|asked|asking) again\b": "retry",
    r"\b(come|comes|came) through\b": "recover",
    r"\bfor ever\b": "without end",
    r"\b(tell|tells|told) the code\b": "carry the code",
    r"\bheld against\b|\baccus": "checked",
    r"\brelent|\bwhat nobody brings\b|\bforgives\b": "plain English",
}
NAMES = {"Again", "refusals", "most_requests"}


def sentences(path: Path) -> list[str]:
    """Return the messages and docstrings of a module, or the lines of a page."""
    if path.suffix == ".md":
        return path.read_text("utf-8").splitlines()
    tree = ast.parse(path.read_text("utf-8"))
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return [value for value in found if isinstance(value, str)]


@pytest.mark.parametrize("word", REPLACED, ids=REPLACED.values())
def test_nothing_says_it_otherwise(word: str) -> None:
    said = [
        f"{path.name}: {sentence}"
        for path in [*PACKAGE.rglob("*.py"), *PAGES]
        for sentence in sentences(path)
        if re.search(word, sentence, re.IGNORECASE)
    ]
    assert said == []


def test_no_public_name_is_one_of_the_replaced() -> None:
    public = {*pytest_flipsnack.__all__, *dir(Flipsnack), *dir(ClientContract)}
    assert not public & NAMES
    assert {"RetryMode", "findings", "max_requests"} <= public


def test_every_word_of_the_table_is_explained() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Words")[2]
    rows = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")]
    assert rows[1:] == [
        "reply", "refusal", "finding", "retry", "recover", "handling rule", "verdict",
        "trial", "attempt", "observer", "carry", "without end",
    ]  # fmt: skip


def test_every_place_where_something_is_added_exists() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("| to add |")[2]
    table = table.partition("\n\n")[0]
    files = re.findall(
        r"`([a-z_/]+\.py)`(?:: a (?:row|member|field|name) (?:of|in) `(\w+)`)?", table
    )
    assert len(files) >= 10
    for file, name in files:
        assert re.search(rf"\b{name}\b", (PACKAGE / file).read_text("utf-8")), (file, name)
