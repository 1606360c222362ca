"""docs/neighbours.md: a row for each tool, with tests that there are and that use it."""

from __future__ import annotations

import ast
import re
import shutil
import tomllib

import pytest

from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs" / "neighbours.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
TOOLS = [
    "responses",
    "requests-mock",
    "respx",
    "pytest-httpx",
    "pytest-httpserver",
    "vcrpy",
    "pytest-recording",
    "aioresponses",
    "pytest-socket",
    "requests-cache",
    "requests-toolbelt",
    "pyfakefs",
    "freezegun",
    "time-machine",
    "Starlette's TestClient",
    "click's CliRunner",
    "pytest-asyncio",
    "anyio",
    "uvloop",
    "gevent",
    "Hypothesis",
    "pytest-xdist",
    "pytest-split",
    "pytest-randomly",
    "pytest-rerunfailures",
    "pytest-timeout",
    "pytest-cov",
]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> dict[str, list[str]]:
    """Return the other cells of each row by its first."""
    table = TEXT[TEXT.index("| tool |") :].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]]
    return {first: rest for first, *rest in cells}


def package(tool: str) -> str:
    return tool.partition("'")[0].lower()


def test_the_readme_points_to_the_page() -> None:
    pointer = f"(docs/neighbours.md) lists {len(TOOLS)} tools"
    assert pointer in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_tool_has_a_row() -> None:
    assert list(rows()) == TOOLS
    assert all(len(rest) == 2 and all(rest) for rest in rows().values())


def test_every_package_that_the_tests_install_for_this_has_a_row() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    installed = {re.split("[>=;]", requirement)[0] for requirement in groups["neighbours"]}
    assert installed <= {package(tool) for tool in TOOLS}


@pytest.mark.parametrize("tool", TOOLS)
def test_each_test_of_a_row_exists_in_a_file_that_uses_the_tool(tool: str) -> None:
    named = NAMED.findall(rows()[tool][1])
    assert rows()[tool][1] == ", ".join(f"`{file}::{name}`" for file, name in named) != ""
    assert all(name in functions_of(file) for file, name in named)
    word = re.sub("^pytest-|py$", "", package(tool)).replace("-", "_")
    used = [word in (ROOT / file).read_text("utf-8").lower() for file, _ in named]
    assert any(used)


def test_each_test_that_the_page_names_elsewhere_exists() -> None:
    assert all(name in functions_of(file) for file, name in NAMED.findall(TEXT))


def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_block_runs(pytester: pytest.Pytester) -> None:
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE)) > 0
    shutil.copytree(ROOT / "examples/requests_client/acme", pytester.path / "acme")
    pytester.makeini("[pytest]\npythonpath = .")
    [fixture] = [
        block for block in blocks(ROOT / "docs" / "guide.md") if block.name == "conftest.py"
    ]
    (pytester.path / "conftest.py").write_text(fixture.text, encoding="utf-8")

    def passes(block: Block) -> str | None:
        (pytester.path / block.name).write_text(block.text, encoding="utf-8")
        result = pytester.runpytest_inprocess("-p", "pytest_flipsnack", block.name)
        return None if result.parseoutcomes() == {"passed": 1} else result.stdout.str()

    for block in BLOCKS:
        block.run(passes)
