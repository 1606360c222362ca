"""Every block of the README is executed, against the client of the tutorial's first step."""

from __future__ import annotations

import re

import pytest

from tests.docs.blocks import ROOT, Block, blocks

README = ROOT / "README.md"
TEXT = README.read_text(encoding="utf-8")
BLOCKS = blocks(README)
CLIENT = next(one for one in blocks(ROOT / "docs" / "tutorial.md") if one.name == "acme.py")
WITH_HTTPX = "test_with_pytest_httpx.py"


@pytest.fixture
def downstream(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with a client that checks the HTTP status alone, and every file of the README."""
    client = f"{CLIENT.text}\n\nclass FlipsnackError(Exception):\n    code = None\n"
    (pytester.path / "acme.py").write_text(client, encoding="utf-8")
    for block in BLOCKS:
        if block.name:
            (pytester.path / block.name).write_text(block.text, encoding="utf-8")
    pytester.makeini("[pytest]\npythonpath = .")
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "pytest_flipsnack", *args)


def text(beginning: str) -> list[str]:
    """Return the lines of the block that begins like this."""
    return next(b.text for b in BLOCKS if b.text.startswith(beginning)).splitlines()


def test_it_is_short_and_no_block_is_left_out() -> None:
    assert len(TEXT.splitlines()) <= 120
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE)) == 8


def test_one_code_fails_as_it_says(downstream: pytest.Pytester) -> None:
    result = run(downstream, "test_acme.py")
    assert result.ret == 1
    lines = iter(result.outlines)
    assert [line for line in text("E ") if line not in lines] == []


def test_the_contract_fails_as_it_says(downstream: pytest.Pytester) -> None:
    result = run(downstream, "test_contract.py")
    counts = result.parseoutcomes()
    failed, whole = re.findall(r"fails (\d+) of these (\d+)", TEXT)[0]
    assert (counts["failed"], sum(counts.values())) == (int(failed), int(whole))
    summary, finding = text("FAILED ")
    assert finding in result.outlines
    assert any(line.startswith(summary.removesuffix("collect...")) for line in result.outlines)


def test_the_gate_fails_as_it_says(downstream: pytest.Pytester) -> None:
    typed, printed = text("$ pytest test_acme")
    right = (downstream.path / "acme.py").read_text(encoding="utf-8")
    right = right.replace(
        'return response.json().get("data")',
        "reply = response.json()\n        error = FlipsnackError()\n"
        "        error.code = reply['code']\n        raise error",
    )
    (downstream.path / "acme.py").write_text(right, encoding="utf-8")
    result = run(downstream, *typed.split()[2:])
    assert result.ret == 1
    assert printed in [line.strip("! ") for line in result.outlines]


@pytest.mark.parametrize(
    ("name", "plugins"),
    [("test_with_responses.py", []), (WITH_HTTPX, ["-p", "pytest_httpx"])],
)
def test_the_other_tools_pass_against_that_client(
    downstream: pytest.Pytester, name: str, plugins: list[str]
) -> None:
    def passes(block: Block) -> str | None:
        result = run(downstream, *plugins, block.name)
        return None if result.parseoutcomes() == {"passed": 1} else result.stdout.str()

    next(block for block in BLOCKS if block.name == name).run(passes)
