"""The list of tests that are not measured names tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_each_line_is_a_file_or_a_function_of_the_suite() -> None:
    lines = Path(__file__).with_name("unmeasured.txt").read_text("utf-8").splitlines()
    named = [line for line in lines if not line.startswith("#")]
    assert named == sorted({*named})
    for name in named:
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text("utf-8"))
        known = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not function or function.rpartition("::")[2] in known, name
