"""The packages import one another as CONTRIBUTING.md says, and in no circle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "pytest_flipsnack"
ROW = re.compile(r"^\| `(\w+)/` \| [^|]* \| ([^|]*) \|$", re.MULTILINE)
_NOTHING = "nothing of ours"


def _table() -> dict[str, set[str]]:
    """Return what each package may import."""
    rows = ROW.findall((ROOT / "CONTRIBUTING.md").read_text("utf-8"))
    return {
        name: {*text.strip().split(", ")} - {_NOTHING}
        for name, text in rows
        if text.strip() != "all"
    }


def _imports(path: Path) -> Iterator[str]:
    """Yield the modules of ours that a file imports when it runs, at its head or later."""
    nodes: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("pytest_flipsnack"):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        nodes += ast.iter_child_nodes(node)


def _package(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 2 else ""


def test_each_package_imports_what_the_table_says() -> None:
    table = _table()
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == {
        *table,
        "commands",
        "integration",
    }
    found = {
        (package, other): path.name
        for package in table
        for path in (PACKAGE / package).rglob("*.py")
        for name in _imports(path)
        if (other := _package(name)) not in {package, "", *_all_of(package, table)}
    }
    assert found == {}


def _all_of(package: str, table: dict[str, set[str]]) -> set[str]:
    """Return what a package may import, and what that may."""
    direct = table[package]
    return direct.union(*(_all_of(other, table) for other in direct))


def test_no_module_imports_itself_in_a_circle() -> None:
    modules = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        tree = ast.parse(path.read_text("utf-8"))
        heads = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
        named = {f"{node.module}.{alias.name}" for node in heads for alias in node.names}
        known = {one if one in modules else one.rpartition(".")[0] for one in named}
        graph[name] = known & modules.keys()
    assert len(list(TopologicalSorter(graph).static_order())) == len(modules)
