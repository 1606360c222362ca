"""JSON Schemas for the envelope and for each action's parameters and data.

Loose wherever the documentation is silent: unknown keys are allowed, and a value is held to a
type only where a page states one. Validators are built once, on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from pytest_flipsnack.catalogue.action import COMMON_PARAMETERS, Action

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
_STRING: dict[str, Any] = {"type": "string"}
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
_OF_TEXTS = {"enum", "const", "pattern", "format", "minLength", "maxLength"}
_JSON_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")
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
    known = _DATA.get(action.name, _ANYTHING)
    if action.fields:
        known = {**known, "properties": {**known.get("properties", {}), **action.fields}}
    return {"$schema": _DIALECT, "title": f"{action.name} data"} | known


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
    return validator(ENVELOPE)


@cache
def data_validator(action: Action) -> Validator:
    """Return the prebuilt validator of an action's data."""
    return validator(data_schema(action))


@cache
def parameter_validator(action: Action) -> Validator:
    """Return the prebuilt validator of an action's parameters."""
    return validator(parameter_schema(action))


def problems(validator: Validator, instance: Any, masked: str | None = None) -> list[str]:
    """Return one line per violation: where it is and what was allowed.

    Of a text that is `masked` nobody knows whether it fits.
    """
    return sorted(
        f"{'.'.join(str(part) for part in error.absolute_path) or '(whole)'}: {_told(error)}"
        for error in validator.iter_errors(instance)
        if error.instance != masked or error.validator not in _OF_TEXTS
    )


def _told(error: ValidationError) -> str:
    titled = isinstance(error.schema, Mapping) and "title" in error.schema
    if error.validator == "pattern" and titled:  # nobody reads those
        return f"{error.instance!r} is not {cast('dict[str, Any]', error.schema)['title']}"
    if error.validator == "additionalProperties" and isinstance(error.schema, Mapping):
        known, given = error.schema.get("properties", {}), cast("dict[str, Any]", error.instance)
        unknown = ", ".join(repr(name) for name in given if name not in known)
        return f"{unknown} is unknown; allowed: {', '.join(known)}"
    return str(error.message)


def schema_problem(schema: Mapping[str, Any]) -> str:
    """Return what is wrong with a schema, or an empty text."""
    import jsonschema

    kind = schema.get("type", "string")
    if isinstance(kind, str) and kind not in _JSON_TYPES:
        return f"type {kind!r} is not one of {', '.join(_JSON_TYPES)}"
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return error.message
    return ""


def example_problem(schema: dict[str, Any]) -> str:
    """Return why the example of a schema does not fit it, or an empty text."""
    try:
        found = problems(validator(schema), example(schema))
    except Exception as error:  # a reference that leads nowhere; its class is a library's
        return f"its schema cannot be used: {error}"
    return found[0].removeprefix("(whole): ") if found else ""


def example(schema: Mapping[str, Any]) -> Any:
    """Return a value that a simple schema allows: its first example, or a small one of its type."""
    given = [*schema.get("examples", ()), *schema.get("enum", ())]
    given += [schema[key] for key in ("const", "default") if key in schema]
    if given:
        return given[0]
    kind = schema.get("type")
    if kind == "array":
        return [example(schema.get("items", _STRING))]
    if kind == "object":
        return {name: example(one) for name, one in schema.get("properties", {}).items()}
    return {"number": 1, "integer": 1, "boolean": True, "null": None}.get(str(kind), "text")


def validator(schema: dict[str, Any]) -> Validator:
    """Return a new validator of a schema."""
    import jsonschema  # 60 ms of modules, and a run that stubs nothing never needs them

    return jsonschema.Draft202012Validator(schema)
