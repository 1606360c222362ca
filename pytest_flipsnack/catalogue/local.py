"""A project's own additions to the catalogue: codes, actions, parameters and fields from a file.

They add to what Flipsnack documents and never overrule it.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import COMMON_PARAMETERS, Action, Param
from pytest_flipsnack.catalogue.actions import documented_actions, use_actions
from pytest_flipsnack.catalogue.codes import Code, Handling, local_code, use_codes
from pytest_flipsnack.catalogue.facts import LOCAL

_HANDLINGS = (Handling.ERROR, Handling.RETRY, Handling.POLL)
_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
_NO_LIST = "is not of type 'array'"
_TEXT = {"type": "string", "minLength": 1}
_LINE = {"type": "string", "pattern": r"^\S(.*\S)?$", "title": "a text on one line"}
_CODE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message"],
    "properties": {
        "message": _LINE,
        "meaning": _TEXT,
        "handling": {"enum": [handling.value for handling in _HANDLINGS]},
        "actions": {"type": "array", "items": _TEXT, "minItems": 1},
    },
}
_PARAMETER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "type": {"enum": ["string", "number", "boolean", "date", "json"]},
        "required": {"type": "boolean"},
        "values": {"type": "array", "items": _TEXT, "minItems": 1},
    },
}
_ACTION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "upload": {"type": "boolean"},
        "parameters": {"type": "object", "additionalProperties": _PARAMETER},
        # the name of a type, or a JSON Schema
        "fields": {
            "type": "object",
            "additionalProperties": {"if": {"type": "string"}, "then": {"enum": [*_TYPES]}, "else": {"type": "object"}},
        },
    },
}  # fmt: skip
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "additions to the catalogue of pytest-flipsnack",
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "codes": {
            "type": "object",
            "propertyNames": {"pattern": "^[1-9][0-9]{0,5}$", "title": "a number above 0"},
            "additionalProperties": _CODE,
        },
        "actions": {
            "type": "object",
            "propertyNames": {
                "pattern": r"^\w+\.\w+$",
                "title": 'a name with a dot, in quotes: actions."collection.duplicate"',
            },
            "additionalProperties": _ACTION,
        },
    },
}


@dataclass(frozen=True, slots=True)
class Local:
    """What a project adds: its codes, and each action that is new or has more than documented."""

    codes: tuple[Code, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)


_STACK = [Local()]


@contextmanager
def in_use(local: Local) -> Iterator[None]:
    """Know what the project adds, in this process, until the block ends."""
    _STACK.append(local)
    _know(local)
    try:
        yield
    finally:
        _STACK.remove(local)
        _know(_STACK[-1])


def _know(local: Local) -> None:
    use_codes(local.codes)
    use_actions(local.actions)


def read(path: Path) -> Local:
    """Return what a file in TOML or JSON adds.

    Raises `ValueError` with the place in the file, what was allowed and what to do.
    """
    document = _document(path)
    wrong = schemas.problems(schemas.validator(SCHEMA), document)
    if wrong:
        raise ValueError("; ".join(wrong).replace(_NO_LIST, f"{_NO_LIST}: write it in brackets"))
    code_rows: dict[str, Any] = document.get("codes", {})
    action_rows: dict[str, Any] = document.get("actions", {})
    codes = {int(number): _code(int(number), row) for number, row in code_rows.items()}
    actions = {name: _action(name, row) for name, row in action_rows.items()}
    every = {**documented_actions(), **actions}
    for number, row in code_rows.items():
        for name in row.get("actions", every):
            if name not in every:
                raise ValueError(
                    f"codes.{number}.actions: {name!r} is not an action"
                    f"{_meant(name, every)}; one of your own stands in actions.{name!r}"
                )
            answered = (*every[name].local_codes, codes[int(number)])
            every[name] = replace(every[name], local_codes=answered)
    return Local(tuple(codes.values()), every)


def _document(path: Path) -> Any:
    try:
        text = path.read_text(encoding="utf-8-sig")
        return json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ValueError(f"it cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        language = "JSON" if path.suffix == ".json" else "TOML"
        raise ValueError(f"it is no {language}: {error}") from None


def _code(number: int, row: Mapping[str, Any]) -> Code:
    known = next((code for code in Code if code == number), None)
    if known is not None:
        raise ValueError(
            f"codes.{number}: Flipsnack documents {known.label}, and a catalogue of your own only "
            f"adds codes; what your client does with {number}, declare in its contract: "
            f"retries = {{{number}: ...}}"
        )
    handling = Handling(row.get("handling", Handling.ERROR))
    return local_code(number, row["message"], row.get("meaning", row["message"]), handling)


def _action(name: str, row: Mapping[str, Any]) -> Action:
    known = documented_actions().get(name)
    alike = next((one for one in documented_actions() if one.lower() == name.lower()), name)
    if alike != name:
        raise ValueError(f"actions.{name!r} is documented as {alike}; write it so")
    if known is None and "upload" not in row:
        raise ValueError(
            f"actions.{name!r} is not documented{_meant(name, documented_actions())}; for one of "
            "your own say where it goes: upload = true (POST, with a file) or upload = false (GET)"
        )
    if known is not None and "upload" in row:
        raise ValueError(
            f"actions.{name!r}.upload: {name} is documented, so that only parameters and fields "
            "can be added to it; leave upload out"
        )
    action = known or _new(name, row)
    parameters = [_parameter(action, *one) for one in row.get("parameters", {}).items()]
    added = {param.name for param in parameters}
    kept = [param for param in action.params if param.name not in added]
    fields = {key: _field(action, key, value) for key, value in row.get("fields", {}).items()}
    returns = action.returns_data or bool(fields)
    return replace(action, params=(*kept, *parameters), fields=fields, returns_data=returns)


def _new(name: str, row: Mapping[str, Any]) -> Action:
    if not row["upload"]:
        return Action(name, returns_data=False, source=LOCAL)
    uploaded = documented_actions()["collection.create"]
    files = tuple(param for param in uploaded.params if param.name in uploaded.one_of)
    return Action(name, True, "POST", files, uploaded.one_of, returns_data=False, source=LOCAL)


def _parameter(action: Action, name: str, row: Mapping[str, Any]) -> Param:
    known = next((param for param in action.params if param.name == name), None)
    if name in COMMON_PARAMETERS or (known is not None and known.source.is_stated):
        raise ValueError(
            f"actions.{action.name!r}.parameters.{name}: Flipsnack documents this parameter; "
            "leave it out"
        )
    values = tuple(row.get("values", ()))
    return Param(name, row.get("type", "string"), row.get("required", False), values, LOCAL)


def _field(action: Action, name: str, schema: str | dict[str, Any]) -> dict[str, Any]:
    place = f"actions.{action.name!r}.fields.{name}"
    if name in schemas.data_schema(action).get("properties", ()):
        raise ValueError(f"{place}: Flipsnack documents this field; leave it out")
    if isinstance(schema, str):
        return {"type": schema}
    if wrong := schemas.schema_problem(schema):
        raise ValueError(f"{place} is no JSON Schema: {wrong}")
    if wrong := schemas.example_problem(schema):
        raise ValueError(
            f"{place}: the fake would answer {schemas.example(schema)!r}, and {wrong}; give it a "
            "value that fits: examples = [...]"
        )
    return schema


def _meant(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, [*known], 1, 0.8)
    return f"; did you mean {close[0]}?" if close else ""
