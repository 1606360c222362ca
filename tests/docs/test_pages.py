"""Pages that stand alone are followed literally, each from an empty folder."""

from __future__ import annotations

import re

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.fake.settings import setting_names
from tests.docs.blocks import ROOT
from tests.docs.followed import count, follow, steps

FOLDER = ROOT / "docs"
HOW_TO = sorted(f"howto/{path.name}" for path in (FOLDER / "howto").glob("*.md"))
PAGES = [*HOW_TO, "blind.md", "gate.md"]
PLUGINS = {"howto/async.md": ["-p", "pytest_asyncio.plugin"]}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_does_what_it_says(
    pytester: pytest.Pytester,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for credential in ("FLIPSNACK_API_KEY", "FLIPSNACK_SECRET"):
        monkeypatch.delenv(credential, raising=False)
    pytester.makepyprojecttoml("[tool.pytest.ini_options]\n")
    pytester.syspathinsert()

    def run(typed: list[str]) -> tuple[int, str]:
        program, *args = typed
        if program == "pytest":
            flags = ["-p", "pytest_flipsnack", *PLUGINS.get(name, ()), *args]
            result = pytester.runpytest_inprocess(*flags)
            return int(result.ret), result.stdout.str() + result.stderr.str()
        capsys.readouterr()
        status = cli.main(args)
        return status, "".join(capsys.readouterr())

    follow(FOLDER / name, pytester.path, run)


@pytest.mark.parametrize("name", PAGES)
def test_every_block_is_followed(name: str) -> None:
    assert len(steps(FOLDER / name)) == count(FOLDER / name) > 1


def test_the_index_lists_every_page() -> None:
    index = (ROOT / "docs/index.md").read_text("utf-8")
    listed = [name.removesuffix(".md") for name in PAGES]
    assert all(f"\n{name}\n" in index and f"({name}.md)" in index for name in listed)


def test_every_choice_of_the_fake_is_named() -> None:
    text = (FOLDER / "open-questions.md").read_text("utf-8")
    named = {*re.findall(r"`(\w+)`", text)}
    assert {*setting_names()} - named == {"check_signature"}  # which is no choice
    bases = re.findall(r"\*(\w+)\*", text)
    assert bases == [basis.value for basis in Basis]
