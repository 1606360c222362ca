"""Compares a recorded reply with the catalogue."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, known_code
from pytest_flipsnack.drift.recordings import Exchange
from pytest_flipsnack.fake.masking import MASK

_HTTP_OK = 200
_ENVELOPE = {"code", "status", "data"}
_IN_A_GUIDE = {"collectionWidth", "collectionHeight"}  # known, though no page lists them


@dataclass(frozen=True, slots=True)
class Drift:
    """Something that is not as the catalogue has it; `kind` is one of a few words."""

    place: str
    kind: str
    text: str


def summary(differences: int, replies: int) -> str:
    """Return how many differences were found, as the last line of a comparison."""
    return f"Flipsnack drift: {differences} found in {replies} {'reply' if replies == 1 else 'replies'}"


_Difference = tuple[str, str]
"""Its kind and its text."""


def compared(exchange: Exchange) -> Iterator[Drift]:
    """Yield what is different in a reply."""
    for kind, text in _differences(exchange):
        yield Drift(exchange.place, kind, text)


def _differences(exchange: Exchange) -> Iterator[_Difference]:
    if exchange.http_status not in {None, _HTTP_OK}:
        yield "HTTP status", f"{exchange.http_status}; the catalogue has 200"
    try:
        reply = json.loads(exchange.body)
    except (ValueError, RecursionError):
        yield "body", "it is no JSON"
        return
    wrong = schemas.problems(schemas.envelope_validator(), reply)
    if wrong:
        yield from (("envelope", one) for one in wrong)
        return
    yield from (("new field", name) for name in sorted({*reply} - _ENVELOPE))
    code = known_code(reply["code"])
    if code is None:
        yield "unknown code", f"{reply['code']} {reply['status']}"
    elif reply["status"] != code.message:
        yield "message", f"{code.value} says {reply['status']!r}; documented: {code.message!r}"
    if exchange.action in ACTIONS:
        yield from _of_action(ACTIONS[exchange.action], code, reply.get("data"))
    elif exchange.action:
        yield "unknown action", exchange.action


def _of_action(action: Action, code: Code | None, data: Any) -> Iterator[_Difference]:
    if code is not None and code not in action.codes:
        yield "code of an action", f"{code.label}, which no page lists for {action.name}"
    if code is not Code.OK:
        return
    if data is None:
        if action.returns_data:
            yield "missing data", f"{action.name} answered 20 without data"
        return
    wrong = schemas.problems(schemas.data_validator(action), data, MASK)
    yield from (("data", one) for one in wrong)
    yield from (("new field", name) for name in _unknown(schemas.data_schema(action), data))


def _unknown(schema: Mapping[str, Any], value: Any, place: str = "data") -> Iterator[str]:
    """Yield the keys that a schema does not know, where it knows any; one of a list is enough."""
    properties = schema.get("properties")
    if isinstance(value, dict) and properties:
        for name, inner in value.items():
            if name in properties:
                yield from _unknown(properties[name], inner, f"{place}.{name}")
            elif name not in _IN_A_GUIDE:
                yield f"{place}.{name}"
    elif isinstance(value, list) and "items" in schema:
        found = (one for row in value for one in _unknown(schema["items"], row, f"{place}[]"))
        yield from dict.fromkeys(found)
