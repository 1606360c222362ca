"""docs/serve.md names every flag and every control request, and its figures are the code's."""

from __future__ import annotations

import argparse
import re

from pytest_flipsnack.commands import serve as serve_command
from pytest_flipsnack.transports.server import control, serve
from tests.docs.blocks import ROOT

TEXT = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/serve.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_flag_has_a_row_with_its_default() -> None:
    parser = argparse.ArgumentParser(add_help=False)
    serve_command.add_arguments(parser)
    rows = {
        flag: row.split("|")[2].strip()
        for row in TEXT.splitlines()
        if row.startswith("| `--")
        for flag in re.findall(r"`(--[a-z-]+)`", row.split("|")[1])
    }
    assert set(rows) == {action.option_strings[0] for action in parser._actions}
    for action in parser._actions:
        flag = action.option_strings[0]
        if flag not in {"--api-key", "--secret"}:
            words = {"None": "none", "[]": "none", "False": "off"}
            assert rows[flag] == words.get(str(action.default), f"`{action.default}`"), flag


def test_every_control_request_has_a_row() -> None:
    rows = set(re.findall(r"^\| `(?:POST|GET) (\w+)", TEXT, re.MULTILINE))
    assert rows == {*control._COMMANDS, "calls", control.HEALTH}


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert "every two seconds" in TEXT
    assert serve._SAVE_S == 2.0
