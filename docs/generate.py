"""Writes the pages of the reference that the code knows best."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout, suppress
from pathlib import Path
from typing import Any

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS

_WIDTH = "92"
_ON_ACTIONS = (
    "Every request carries `action`, `apiKey` and `signature` besides the parameters below, and may "
    "be answered with any code; those that a page lists for the action are named here. "
    "The signature is the MD5 in hex of the secret, followed by the name and the value of each "
    "parameter but a file, `action` and `apiKey` included, in the order of the names."
)


def write(folder: Path) -> None:
    """Write every page into a folder, which is made where there is none."""
    folder.mkdir(exist_ok=True)
    pages = {
        "codes": _codes(),
        "actions": _actions(),
        "options": _options(),
        "commands": _commands(),
    }
    for name, text in pages.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def _codes() -> str:
    return (
        "# The codes\n\nA reply carries one of these in `code`, whatever its HTTP status. "
        "*accept* is the success, *retry* passes by itself, *poll* means that a flipbook is not "
        "ready, *error* stays until the request or the account changes. "
        "`pytest-flipsnack codes 31` explains one, with a test to copy.\n\n"
        + _printed("codes", "--format", "markdown")
    )


def _actions() -> str:
    return "\n".join(
        [
            "# The actions",
            "",
            _ON_ACTIONS,
            "",
            *(line for one in ACTIONS.values() for line in _action(one)),
        ]
    )


def _action(action: Action) -> Iterator[str]:
    codes = ", ".join(str(int(code)) for code in sorted(action.codes))
    sent = f"{action.verb or 'no page names the verb'}, host `{action.host}`"
    sent = sent if action.host else "no page documents the request"
    yield from (f"## `{action.name}`", "", f"{sent}; {action.state.value}. Codes: {codes}.", "")
    if action.params:
        yield from ("| parameter | type | required |", "| --- | --- | --- |")
        for one in action.params:
            kind = ", ".join(f"`{value}`" for value in one.enum) or one.type
            yield f"| `{one.name}` | {kind} | {'yes' if one.required else 'no'} |"
        yield ""
    fields = [*_fields(schemas.data_schema(action), "data")]
    if fields:
        yield from ("The documented fields of a success:", "", *fields, "")
    if action.one_of:
        yield from (
            f"One of {' and '.join(f'`{name}`' for name in action.one_of)} is required.",
            "",
        )


def _fields(schema: Mapping[str, Any], place: str) -> Iterator[str]:
    """Yield a line for each field that a schema describes, at its place."""
    for name, inner in schema.get("properties", {}).items():
        kind = ", ".join(f"`{one}`" for one in inner.get("enum", ())) or inner.get("type", "any")
        yield f"- `{place}.{name}`: {kind if isinstance(kind, str) else ' or '.join(kind)}"
        yield from _fields(inner, f"{place}.{name}")
        yield from _fields(inner.get("items", {}), f"{place}.{name}[]")


def _options() -> str:
    command = [sys.executable, "-m", "pytest", "-p", "pytest_flipsnack", "--help"]
    environment = {**os.environ, "COLUMNS": _WIDTH, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    text = subprocess.run(
        command,
        cwd=Path(__file__).parent,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    flags = re.search(r"^Flipsnack status codes:\n(.*?)^\S", text, re.MULTILINE | re.DOTALL)
    keys = re.findall(r"^  flipsnack_.*\n(?:   .*\n)*", text, re.MULTILINE)
    assert flags is not None
    assert keys
    return "\n".join([
        "# Options and settings", "",
        "## Flags of pytest", "", _block(flags[1]),
        "## Keys of the configuration", "",
        "In `[tool.pytest.ini_options]` of `pyproject.toml`, or in `pytest.ini`.", "",
        _block("".join(keys)),
    ])  # fmt: skip


def _commands() -> str:
    parts = ["# The command `pytest-flipsnack`", ""]
    for name in cli.COMMANDS:
        parts += [f"## `{name}`", "", _block(_printed(name, "--help"))]
    return "\n".join(parts)


def _printed(*args: str) -> str:
    os.environ["COLUMNS"] = _WIDTH
    with redirect_stdout(io.StringIO()) as out, suppress(SystemExit):  # as --help ends
        cli.main(args)
    return out.getvalue()


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"
