"""The catalogue as an OpenAPI document, for tools that read one.

The API has one path, and the parameter `action` names the method: so the document has one
operation for each host and verb, and the parameters and data of each action are schemas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pytest_flipsnack.catalogue.action import BASE_PATH, COMMON_PARAMETERS, Action, Param, State
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import known_codes
from pytest_flipsnack.catalogue.schemas import ENVELOPE, data_schema, parameter_schema

_VERBS = ("GET", "POST")


def document() -> dict[str, Any]:
    """Return an OpenAPI 3.1 document of the actions that are current, with every code."""
    current = [action for action in ACTIONS.values() if action.state is State.CURRENT]
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Flipsnack API",
            "version": "1",
            "description": "Every answer has HTTP status 200, and tells its outcome in `code`.",
        },
        "paths": {
            f"{BASE_PATH}/": {
                verb.lower(): _operation(verb, [one for one in current if one.verb == verb])
                for verb in _VERBS
            }
        },
        "components": {"schemas": _schemas(current)},
    }


def _operation(verb: str, actions: list[Action]) -> dict[str, Any]:
    hosts = dict.fromkeys(action.host for action in actions)
    names = [action.name for action in actions]
    common = [_parameter(Param(name, required=True), ()) for name in COMMON_PARAMETERS[:2]]
    chosen = _parameter(Param("action", required=True, enum=tuple(names)), ())
    found: dict[str, Any] = {
        "operationId": f"{verb.lower()}Action",
        "summary": f"The actions that are called with {verb}",
        "servers": [{"url": f"https://{host}"} for host in hosts],
        "parameters": [*common, chosen, *_own_parameters(actions)],
        "responses": {
            "200": {
                "description": "Success and every error; `code` tells which",
                "content": {"application/json": {"schema": _answers(actions)}},
            }
        },
    }
    files = [param.name for action in actions for param in action.params if param.type == "file"]
    if files:
        parts = {name: {"type": "string", "contentMediaType": "application/pdf"} for name in files}
        schema = {"type": "object", "properties": parts}
        found["requestBody"] = {"content": {"multipart/form-data": {"schema": schema}}}
    return found


def _own_parameters(actions: Iterable[Action]) -> list[dict[str, Any]]:
    """Return the parameters of all actions; which of them an action needs, its schema says."""
    users: dict[str, list[str]] = {}
    first: dict[str, Param] = {}
    for action in actions:
        for param in action.params:
            if param.type != "file":
                users.setdefault(param.name, []).append(action.name)
                first.setdefault(param.name, param)
    return [
        _parameter(Param(name, param.type, enum=param.enum), users[name])
        for name, param in first.items()
    ]


def _parameter(param: Param, users: Iterable[str]) -> dict[str, Any]:
    used = ", ".join(users)
    schema = {"type": "string"} | ({"enum": list(param.enum)} if param.enum else {})
    found = {"name": param.name, "in": "query", "required": param.required, "schema": schema}
    return found | ({"description": f"{param.type}, for {used}"} if used else {})


def _answers(actions: Iterable[Action]) -> dict[str, Any]:
    data = [{"$ref": f"#/components/schemas/{_name(action, 'Data')}"} for action in actions]
    envelope = {"$ref": "#/components/schemas/Envelope"}
    return {"allOf": [envelope], "properties": {"data": {"anyOf": data}}}


def _schemas(actions: Iterable[Action]) -> dict[str, Any]:
    codes = {
        "type": "integer",
        "oneOf": [
            {"const": code.value, "title": code.message, "description": code.meaning}
            | ({"deprecated": True} if code.deprecated else {})
            for code in known_codes()
        ],
    }
    code = {"code": {"$ref": "#/components/schemas/Code"}}
    envelope = _bare(ENVELOPE)
    found = {"Code": codes, "Envelope": {**envelope, "properties": envelope["properties"] | code}}
    for action in actions:
        found[_name(action, "Parameters")] = _bare(parameter_schema(action))
        found[_name(action, "Data")] = _bare(data_schema(action))
    return found


def _name(action: Action, kind: str) -> str:
    return f"{action.name}.{kind}"


def _bare(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without its dialect, which the document has for all of them."""
    return {key: value for key, value in schema.items() if key != "$schema"}
