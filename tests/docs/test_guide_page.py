"""Every block of docs/guide.md is executed, and what its tables promise is so."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields

import pytest
from sybil.example import SybilFailure

from pytest_flipsnack.catalogue.codes import GROUPS
from pytest_flipsnack.commands.init import ADAPTER
from pytest_flipsnack.contract.suite.declarations import Declarations
from pytest_flipsnack.coverage.reports import FILES, TERMINAL
from pytest_flipsnack.fake.faults import FAULTS
from pytest_flipsnack.fake.settings import Settings
from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "guide.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)


def named(name: str) -> Block:
    return next(block for block in BLOCKS if block.name == name)


@pytest.fixture
def downstream(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with the client of the example and every file of the page."""
    shutil.copytree(ROOT / "examples/requests_client/acme", pytester.path / "acme")
    for block in BLOCKS:
        if block.name.endswith(".py"):
            (pytester.path / block.name).write_text(block.text, encoding="utf-8")
    pytester.makeini("[pytest]\npythonpath = .")
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "pytest_flipsnack", *args)


def test_no_block_is_left_out() -> None:
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE))
    known = {"python", "console", "toml", "text"}
    assert {block.language for block in BLOCKS} == known
    files = [block.name for block in BLOCKS if block.language in {"python", "toml"}]
    assert all(name.endswith((".py", ".toml")) for name in files)
    assert len(set(files)) == len(files)


@pytest.mark.parametrize("name", [block.name for block in BLOCKS if block.name.startswith("test_")])
def test_the_tests_of_the_page_pass(downstream: pytest.Pytester, name: str) -> None:
    def passes(block: Block) -> str | None:
        result = run(downstream, block.name)
        good = result.ret == 0 and result.parseoutcomes()["passed"] > 0
        return None if good else result.stdout.str()

    named(name).run(passes)


def test_a_block_that_is_wrong_is_a_failure() -> None:
    with pytest.raises(SybilFailure, match="it printed nothing"):
        BLOCKS[0].run(lambda block: "it printed nothing")


def test_the_command_of_the_page_is_green_and_writes_its_report(
    downstream: pytest.Pytester,
) -> None:
    typed = next(b.text for b in BLOCKS if b.language == "console" and "pytest --" in b.text)
    result = run(downstream, *typed.removeprefix("$ pytest ").split())
    assert result.ret == 0
    assert (downstream.path / "flipsnack.json").exists()
    result.stdout.fnmatch_lines(["Flipsnack gate passed: 19 of 19 codes exercised, 100 % required"])


def test_the_configuration_of_the_page_is_enforced(downstream: pytest.Pytester) -> None:
    (downstream.path / "tox.ini").unlink()
    config = named("pyproject.toml").text + 'pythonpath = ["."]\n'
    (downstream.path / "pyproject.toml").write_text(config, encoding="utf-8")
    result = run(downstream)
    assert result.ret == 0
    result.stdout.fnmatch_lines(["Flipsnack gate passed: 18 of 18 codes exercised, 100 % required"])
    narrowed = run(downstream, "test_expect.py")
    assert narrowed.ret == 0
    narrowed.stdout.fnmatch_lines(["Flipsnack gate not enforced: *narrowed by test_expect.py*"])


def test_the_hasty_client_gets_the_text_of_the_page(downstream: pytest.Pytester) -> None:
    client = downstream.path / "acme" / "client.py"
    source = client.read_text(encoding="utf-8")
    hasty, changed = re.subn(r"time\.sleep\([^)]*\)", "time.sleep(0)", source)
    assert changed
    client.write_text(hasty, encoding="utf-8")
    result = downstream.runpytest_subprocess(
        "-p", "pytest_flipsnack", "test_expect.py", "-k", "rate_limit"
    )
    expected = next(b.text for b in BLOCKS if b.language == "text" and "client retried" in b.text)
    first, allowed, seen = expected.splitlines()
    result.stdout.fnmatch_lines([f"*{first}", f"*{allowed}", f"*{seen.partition(', t=')[0]}*"])


def test_the_refusal_of_the_page_is_word_for_word(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import requests

        def test_typo(flipsnack):
            flipsnack.respond(50)
            url = "https://api.flipsnack.com/v1/"
            requests.get(f"{url}?apiKey={flipsnack.api_key}&signature=x&action=collection.getlist")
        """
    )
    result = run(pytester)
    assert result.ret == 1
    expected = next(b.text for b in BLOCKS if b.language == "text" and "refused" in b.text)
    result.stdout.fnmatch_lines(expected.splitlines())


def rows(heading: str) -> list[str]:
    """Return the first cells of the table whose header begins like this."""
    table = TEXT[TEXT.index(f"| {heading} |") :].split("\n\n")[0]
    return [line.split("|")[1].strip().strip("`") for line in table.splitlines()[2:]]


def test_the_table_of_settings_is_complete() -> None:
    assert rows("setting") == [row.name for row in fields(Settings)]
    for row in fields(Settings):
        shown = str(row.default).lower() if isinstance(row.default, bool) else str(row.default)
        assert f"| `{row.name}` | `{shown[:24]}" in TEXT


def test_the_table_of_declarations_is_complete() -> None:
    named = re.findall(r"\w+", " ".join(rows("declare")).replace("(outcome)", ""))
    assert sorted(named) == sorted([*Declarations.__annotations__, "failed", "code_of"])


def test_the_lists_of_names_are_complete() -> None:
    assert all(f"`{name}`" in TEXT for name in FAULTS)
    assert "Groups: " + ", ".join(f"`{name}`" for name in GROUPS) + "." in TEXT
    assert all(f"`{name}" in TEXT for name in [*TERMINAL, *FILES])


def test_init_prints_an_adapter_that_runs(downstream: pytest.Pytester) -> None:
    (downstream.path / "test_init.py").write_text(ADAPTER, encoding="utf-8")
    result = run(downstream, "test_init.py")
    assert result.ret == 0, result.stdout.str()
