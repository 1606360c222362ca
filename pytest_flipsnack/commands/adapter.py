"""Reads the source of a client, without running it, and writes the adapter of its contract."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pytest_flipsnack.catalogue.actions import ACTIONS

_WORDS: tuple[tuple[str, tuple[set[str], ...]], ...] = (
    ("user.getStats", ({"user", "account"}, {"stats", "statistics"})),
    ("collection.getStats", ({"stats", "statistics"},)),
    ("collection.getEmbed", ({"embed"},)),
    ("collection.downloadHTML", ({"download", "html"},)),
    ("collection.deleteCollection", ({"delete", "remove"},)),
    ("collection.update", ({"update", "edit", "rename"},)),
    ("collection.create", ({"create", "upload", "publish"},)),
    ("collection.getList", ({"list", "collections", "flipbooks"},)),
    ("collection.getCollection", ({"collection", "flipbook"},)),
)
"""The words that the name of a method must have, one of each set; the first row that fits counts."""
_DOCUMENT = {"file", "pdf", "document", "path", "content", "data", "source", "stream"}
_TEXT = {"title", "description", "text"}
_OPEN = "..."
_NO_CALL = {"property", "cached_property", "setter", "staticmethod", "classmethod", "overload"}
"""Decorators after which a method is none that a caller awaits or calls on an object."""


class NoClientError(ValueError):
    """A file in which nothing looks like a client; the text says what would."""


@dataclass(slots=True)
class _Client:
    """A class that looks like a client, with the method of each action."""

    module: str
    name: str
    init: list[ast.arg]
    error: str
    calls: dict[str, ast.FunctionDef | ast.AsyncFunctionDef]
    others: list[str] = field(default_factory=list)


def adapter(path: Path) -> str:
    """Return a test module for the client in a file; raise `NoClientError` where there is none."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        reason = getattr(error, "strerror", None) or error
        raise NoClientError(f"{path} cannot be read: {reason}") from None
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    found = [_client(path, tree, one) for one in classes]
    best = max(found, key=lambda one: len(one.calls), default=None)
    if best is None or not best.calls:
        raise NoClientError(
            f"{path} has no class whose methods look like calls, as list_collections, create or "
            "delete, or have the name of an action in them; without a file, init prints an adapter "
            "to fill in"
        )
    return "\n".join(_lines(best)) + "\n"


def _client(path: Path, tree: ast.Module, node: ast.ClassDef) -> _Client:
    calls: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    others, init = [], []
    for method in node.body:
        if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if method.name == "__init__":
            init = _required(method)
        if method.name.startswith("_") or _NO_CALL & set(map(_last_name, method.decorator_list)):
            continue
        action = _action_of(method)
        if action and action not in calls:
            calls[action] = method
        else:
            others.append(method.name)
    module = _module(path)
    return _Client(module, node.name, init, _error(tree, module), calls, others)


def _last_name(decorator: ast.expr) -> str:
    """Return `setter` of `books.setter`, `retry` of `tenacity.retry(...)`."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(named).rpartition(".")[2]


def _module(path: Path) -> str:
    """Return the name by which a file is imported, its packages included."""
    path = path.resolve()
    parts = [] if path.stem == "__init__" else [path.stem]
    folder = path.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    return ".".join(parts)


def _error(tree: ast.Module, module: str) -> str:
    """Return the first class of errors that the file defines, or imports from its own package."""
    package = module.partition(".")[0]
    for node in tree.body:
        names = [node.name] if isinstance(node, ast.ClassDef) else []
        if isinstance(node, ast.ImportFrom) and _is_own(node, package):
            names = [one.asname or one.name for one in node.names]
        for name in names:
            if re.search(r"(Error|Exception)$", name):
                return name
    return ""


def _is_own(node: ast.ImportFrom, package: str) -> bool:
    return node.level > 0 or str(node.module).partition(".")[0] == package


def _action_of(method: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the action that a method seems to call, by its text first, then by its name."""
    texts = [node.value for node in ast.walk(method) if isinstance(node, ast.Constant)]
    named = [text for text in texts if isinstance(text, str) and text in ACTIONS]
    words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", method.name)}
    fitting = (action for action, sets in _WORDS if all(words & one for one in sets))
    by_name = next((action for action in fitting if not named or action in named), "")
    return by_name or (named[0] if named else "")


def _required(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    """Return the arguments of a method that have no default, the object itself left out."""
    positional = [*method.args.posonlyargs, *method.args.args]
    required = positional[1 : len(positional) - len(method.args.defaults)]
    defaults = zip(method.args.kwonlyargs, method.args.kw_defaults, strict=True)
    return [*required, *(one for one, default in defaults if default is None)]


def _lines(client: _Client) -> Iterator[str]:
    yield '"""The contract between this client and the Flipsnack API: one method per call."""'
    yield from ("", f"import {client.module}", "import pytest", "")
    yield from ("from pytest_flipsnack import ClientContract, call", "", "")
    yield from ("@pytest.fixture", "def client(flipsnack):")
    values = {one.arg: _of_fake(one.arg) for one in client.init}
    given = ", ".join(f"{name}={value}" for name, value in values.items())
    yield from _to_fill_in("    ", [name for name, value in values.items() if value == _OPEN])
    yield f"    return {client.module}.{client.name}({given})"
    yield from ("", "", f"class Test{client.name}(ClientContract):")
    if client.error:
        yield f"    error = {client.module}.{client.error}  # base of every error the client raises"
    else:
        yield "    error = Exception  # name the base of every error the client raises"
    for action in ACTIONS:
        if action in client.calls:
            yield from ("", *_method(action, client.calls[action]))
    if client.others:
        yield from ("", f"    # not taken for calls: {', '.join(client.others)}")


def _of_fake(name: str) -> str:
    """Return what a client is made with."""
    words = set(re.findall(r"[a-z]+", name.lower()))
    if "url" in words or "base" in words or "host" in words:
        return "flipsnack.upload_url" if "upload" in words else "flipsnack.url"
    if "secret" in words:
        return "flipsnack.secret"
    return "flipsnack.api_key" if "key" in name.lower() else _OPEN


def _method(action: str, method: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    is_async = isinstance(method, ast.AsyncFunctionDef)
    fixtures: dict[str, None] = {}
    passed, unknown = [], []
    keyword_only = {one.arg for one in method.args.kwonlyargs}
    optional = [one for one in _optional(method) if one.arg == "title"]
    required = _required(method)
    for one in [*required, *optional]:
        fixture, text = _argument(action, one, first=[one] == required[:1])
        if fixture:
            fixtures[fixture] = None
        if text == _OPEN:
            unknown.append(one.arg)
        by_name = one.arg in keyword_only or one in optional
        passed.append(f"{one.arg}={text}" if by_name else text)
    made = f"client.{method.name}({', '.join(passed)})"
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(method)):
        made = f"[one async for one in {made}]" if is_async else f"list({made})"
    elif is_async:
        made = f"await {made}"
    start = "async " if is_async else ""
    yield f'    @call("{action}")'
    yield f"    {start}def {method.name}({', '.join(['self', 'client', *fixtures])}):"
    yield from _to_fill_in("        ", unknown)
    yield f"        return {made}"


def _optional(method: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    required = _required(method)
    every = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs]
    return [one for one in every if one not in required and one.arg != "self"]


def _argument(action: str, one: ast.arg, *, first: bool) -> tuple[str, str]:
    """Return the fixture for an argument, and how it is passed on."""
    words = set(re.findall(r"[a-z]+", one.arg.lower()))
    if words & _DOCUMENT and action == "collection.create":
        kind = ast.unparse(one.annotation) if one.annotation is not None else "bytes"
        read = ".read_bytes()" if "bytes" in kind else ""
        return "flipsnack_document", f"flipsnack_document{read}"
    if words & _TEXT:
        return "flipsnack_text", "flipsnack_text"
    if first and ACTIONS[action].takes_hash:
        return "flipsnack_hash", "flipsnack_hash"
    return "", _OPEN


def _to_fill_in(indent: str, names: list[str]) -> Iterator[str]:
    if names:
        yield f"{indent}# fill in: {', '.join(names)}"
