"""JSON Schemas for the envelope and for each action's parameters and data.

Loose wherever the documentation is silent: unknown keys are allowed, and a value is held to a
type only where a page states one. Validators are built once, on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_flipsnack.catalogue.action import COMMON_PARAMETERS, Action
from pytest_flipsnack.catalogue.actions import ACTIONS

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_NUMBER: dict[str, Any] = {"type": "number"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"

ENVELOPE: dict[str, Any] = {
    "$schema": _DIALECT,
    "title": "Flipsnack envelope",
    "type": "object",
    "required": ["code", "status"],
    "properties": {
        "code": {"type": "integer"},
        "status": {"type": "string"},
        "data": {"type": "object"},
    },
}
"""Keys and types: H1, R0, HELP; `data` is absent on errors and where nothing is returned."""

_COLLECTION: dict[str, Any] = {
    "type": "object",
    "properties": {
        "collectionHash": {"type": "string"},
        "collectionTitle": {"type": "string"},
        "collectionDescription": {"type": "string"},
        # R0-list stops after three values and SEED adds "processing": the rest is unknown.
        "collectionStatus": {"type": "string"},
    },
}
_COUNTS = ("impressions", "views", "time_spent", "downloads", "shares")
_STATS: dict[str, Any] = {
    "type": "object",
    "properties": {
        **dict.fromkeys((*_COUNTS, "likes"), _NUMBER),
        "pages": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": dict.fromkeys(("page", "time_spent", "clicks", "views"), _NUMBER),
            },
        },
    },
}
_ANYTHING: dict[str, Any] = {"type": "object"}
_DATA: Mapping[str, dict[str, Any]] = {
    "collection.create": _COLLECTION,
    "collection.getCollection": _COLLECTION,
    "collection.update": _COLLECTION,
    "collection.getEmbed": {"type": "object", "properties": {"embedCode": {"type": "string"}}},
    "collection.getStats": _STATS,
    "collection.getList": {
        "type": "object",
        "properties": {
            "collectionCount": _NUMBER,
            "collections": {"type": "array", "items": _COLLECTION},
        },
    },
    "collection.downloadHTML": {
        "type": "object",
        "properties": {
            "status": {"enum": ["PROCESSING", "COMPLETE", "FAILED"]},
            "resourceUrl": {"type": "string"},
        },
    },
    "user.getStats": {
        "type": "object",
        "properties": dict.fromkeys((*_COUNTS, "api_uploads_left"), _NUMBER),
    },
}
_TEXT_OF: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "number": {
        "type": "string",
        "title": "a number",
        "pattern": r"^\s*[+-]?(\d+(\.\d*)?|\.\d+)\s*$",
    },
    "boolean": {
        "type": "string",
        "title": "true or false",
        "pattern": r"^(?i:true|false|yes|no|on|off|1|0|)$",
    },
    "date": {
        "type": "string",
        "title": "a date as YYYY-MM-DD",
        "pattern": r"^\d{4}-\d{2}-\d{2}$",
    },
    "json": {"type": "string"},
    "file": {},
}


def data_schema(action: Action) -> dict[str, Any]:
    """Return the schema of the `data` that the action answers with code 20."""
    return {"$schema": _DIALECT, "title": f"{action.name} data"} | _DATA.get(action.name, _ANYTHING)


def parameter_schema(action: Action) -> dict[str, Any]:
    """Return the schema of the action's parameters, every value as the text that is sent."""
    schema: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": f"{action.name} parameters",
        "type": "object",
        "required": [*COMMON_PARAMETERS, *action.required],
        "properties": {
            param.name: {"enum": list(param.enum)} if param.enum else _TEXT_OF[param.type]
            for param in action.params
        },
    }
    if action.one_of:
        schema["anyOf"] = [{"required": [name]} for name in action.one_of]
    return schema


@cache
def envelope_validator() -> Validator:
    """Return the prebuilt validator of the envelope."""
    return _validator(ENVELOPE)


@cache
def data_validator(action_name: str) -> Validator:
    """Return the prebuilt validator of an action's data."""
    return _validator(data_schema(ACTIONS[action_name]))


@cache
def parameter_validator(action_name: str) -> Validator:
    """Return the prebuilt validator of an action's parameters."""
    return _validator(parameter_schema(ACTIONS[action_name]))


def problems(validator: Validator, instance: Any) -> list[str]:
    """Return one line per violation: where it is and what was allowed."""
    return sorted(
        f"{'.'.join(str(part) for part in error.absolute_path) or '(whole)'}: {_told(error)}"
        for error in validator.iter_errors(instance)
    )


def _told(error: ValidationError) -> str:
    if error.validator == "pattern" and isinstance(error.schema, Mapping):  # nobody reads those
        return f"{error.instance!r} is not {error.schema['title']}"
    return str(error.message)


def _validator(schema: dict[str, Any]) -> Validator:
    import jsonschema  # 60 ms of modules, and a run that stubs nothing never needs them

    return jsonschema.Draft202012Validator(schema)
