"""Writes the pages of the reference that the code knows best."""

from __future__ import annotations

import inspect
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout, suppress
from enum import Enum
from pathlib import Path
from typing import Any, get_args, is_typeddict

import pytest_flipsnack
from pytest_flipsnack import ClientContract, cli
from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.coverage.reports.json import schema
from pytest_flipsnack.messages import messages

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
        "messages": _messages(),
        "fixtures": _fixtures(),
        "classes": _classes(),
        "schema": _schema(),
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
    parts.append(_exit_statuses())
    return "\n".join(parts)


_STATUSES = {
    "pytest": "0: all passed, and so did the gate. 1: tests failed, or the gate did, or a live test "
    "found drift. 2: interrupted. 3: an internal error. 4: wrong usage, as a key with a wrong value. "
    "5: no tests. The gate turns a 0 into a 1, and leaves any other status.",
    "`report`": "0: the gate passed, or nothing was demanded. 1: it failed, or a file cannot be read. "
    "2: wrong usage.",
    "`drift`": "0: nothing differs. 1: something does. 2: a file that cannot be taken.",
    "`diff`": "0: no cell is lost. 1: one is. 2: wrong usage, or data that cannot be read.",
    "`why`": "0: tests are listed. 1: there is none, or data cannot be read. 2: wrong usage.",
    "others": "0: done. 1: data that cannot be read. 2: wrong usage.",
}


def _exit_statuses() -> str:
    rows = [f"| {name} | {text} |" for name, text in _STATUSES.items()]
    return "\n".join(["## Exit statuses", "", "| program | status |", "| --- | --- |", *rows, ""])


def _messages() -> str:
    parts = [
        "# Messages",
        "",
        "What a test can fail with, by name. The last line of a failure has the name, and "
        "`pytest-flipsnack explain NAME` prints what stands here. `...` stands for any text.",
        "",
    ]
    for one in messages():
        parts += [
            f"## {one.name}",
            "",
            _block(one.says),
            one.means,
            "",
            f"**What to do:** {one.do}",
        ]
        parts += ["", f"More: [{_title(one.page.partition('#')[0])}](../{one.page})", ""]
    return "\n".join(parts)


def _title(page: str) -> str:
    """Return the heading of a page."""
    return (Path(__file__).parent / page).read_text("utf-8").partition("\n")[0].removeprefix("# ")


def _fixtures() -> str:
    environment = {**os.environ, "COLUMNS": _WIDTH, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    def printed(flag: str, pattern: str) -> list[tuple[str, str]]:
        command = [sys.executable, "-m", "pytest", "-p", "pytest_flipsnack", flag, "-v"]
        text = subprocess.run(
            command, cwd=Path(__file__).parent, env=environment, capture_output=True, text=True,
            check=False,
        ).stdout  # fmt: skip
        found = re.findall(pattern, text, re.MULTILINE)
        assert found, text
        return found

    fixtures = printed("--fixtures", r"^(flipsnack\w*)(?: \[(\w+) scope\])?.*\n((?:    .*\n)+)")
    marks = printed("--markers", r"^@pytest\.mark\.(flipsnack[^:]*): (.*)")
    lines = ["# Fixtures and marks", "", "| fixture | scope | what it is |", "| --- | --- | --- |"]
    for name, scope, text in sorted(fixtures):
        lines.append(f"| `{name}` | {scope or 'function'} | {' '.join(text.split())} |")
    lines += ["", "| mark | what it does |", "| --- | --- |"]
    lines += [f"| `{name}` | {text} |" for name, text in marks]
    return "\n".join([*lines, ""])


_INTERNAL = {"declare", "start", "stop", "keep", "release", "awaiting_answer", "not_entered"}
"""Methods that other packages of ours call."""


def _classes() -> str:
    lines = ["# Classes and functions", "", "`from pytest_flipsnack import ...`", ""]
    for name in pytest_flipsnack.__all__:
        value = getattr(pytest_flipsnack, name)
        if not isinstance(value, type) and not inspect.isfunction(value):
            values = ", ".join(f"`{one}`" for one in get_args(value) if isinstance(one, str))
            lines += [
                f"## `{name}`",
                "",
                f"A type, for annotations{f': {values}' if values else ''}.",
            ]
            lines.append("")
            continue
        shown = _signature(name, value)
        block = [_block(_wrapped(shown))] if shown != name else []
        lines += [f"## `{name}`", "", *block, _doc(value), ""]
        for part, inner in vars(value).items() if isinstance(value, type) else ():
            function = inner.fget if isinstance(inner, property) else inner
            hidden = part.startswith("_") or part in _INTERNAL
            if hidden or not inspect.isfunction(function) or not function.__doc__:
                continue
            shown = (
                f"`{part}`" if isinstance(inner, property) else f"`{_signature(part, function)}`"
            )
            lines += [f"- {shown}: {' '.join(_doc(function).split())}"]
        if isinstance(value, type) and issubclass(value, Enum) and name != "Code":
            lines.append(f"Its values: {', '.join(f'`{one.value}`' for one in value)}.")
        lines.append("")
    return "\n".join(lines)


def _signature(name: str, value: Any) -> str:
    plain = isinstance(value, type) and issubclass(value, Enum | Warning | ClientContract)
    if plain or is_typeddict(value):
        return name
    parameters = inspect.signature(value).parameters
    if "flipsnack_case" in parameters:  # a test, which pytest calls
        return name
    text = str(inspect.signature(value)).partition(" -> ")[0]
    text = text.replace("(self, ", "(").replace("(self)", "()")
    text = re.sub(r"<object object at 0x\w+>", "...", text)
    return name + re.sub(r"(?:[A-Za-z_]\w*\.)+(\w+)", r"\1", text).replace("'", "")


def _wrapped(signature: str) -> str:
    """Return a long signature with a line for each parameter."""
    if len(signature) <= int(_WIDTH):
        return signature
    name, _, parameters = signature.removesuffix(")").partition("(")
    return "\n".join(
        [f"{name}(", *(f"    {one}," for one in re.split(r", (?![^\[]*\])", parameters)), ")"]
    )


def _doc(value: Any) -> str:
    return inspect.cleandoc(value.__doc__ or "")


def _schema() -> str:
    text = json.dumps(schema(), indent=2)
    return (
        "# The schema of reports\n\n`--flipsnack-report=json` and `--flipsnack-data` write files of "
        f"this JSON Schema, and `pytest-flipsnack` reads them.\n\n```json\n{text}\n```\n"
    )


def _printed(*args: str) -> str:
    os.environ["COLUMNS"] = _WIDTH
    with redirect_stdout(io.StringIO()) as out, suppress(SystemExit):  # as --help ends
        cli.main(args)
    return out.getvalue()


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"
