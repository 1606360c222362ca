"""Check the data that a test declares for code 20 against the schema of the action."""

from __future__ import annotations

import json
from collections.abc import Mapping

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.request import Request
from pytest_flipsnack.fake.stubs import Stub


def checked(
    codes: list[Code], action: str | None, data: Mapping[str, object] | None
) -> dict[str, object] | None:
    """Return a copy of the data; raise `ValueError` or `TypeError` for what cannot be sent."""
    target = None if action is None else action_of(action)
    if data is None:
        return None
    if Code.OK not in codes:
        raise ValueError(
            "data comes with code 20 only; Flipsnack leaves it out of every error (R0)"
        )
    if not isinstance(data, Mapping):
        raise TypeError(f"data must be a mapping, as in data={{'views': 1}}, not {data!r}")
    try:
        # a copy: the test may change its own before the client asks
        copied: dict[str, object] = json.loads(json.dumps(dict(data), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise TypeError(f"data cannot be written as JSON: {error}") from None
    if target is None:
        return copied
    if not target.returns_data:
        raise ValueError(f"{target.name} answers 20 without data (R0); leave data out")
    found = schemas.problems(schemas.data_validator(target.name), copied)
    if found:
        raise ValueError(
            f"data does not satisfy the schema of {target.name}:\n    " + "\n    ".join(found)
        )
    return copied


def unfit_where_delivered(stub: Stub, request: Request) -> str:
    """Return why data does not fit the action that met it; empty where it was checked before."""
    if stub.action is not None:
        return ""
    action = action_of(request.action)
    said = f"the data stubbed at {stub.where} was delivered to {action.name}"
    if not action.returns_data:
        return f"{said}, which answers 20 without data (R0)"
    found = schemas.problems(schemas.data_validator(action.name), stub.data)
    if not found:
        return ""
    lines = "\n    ".join(found)
    return f"{said} and does not satisfy its schema:\n    {lines}"
