"""`pytest-flipsnack codes`: one code explained, or the catalogue in a form that others read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from pytest_flipsnack.catalogue import openapi
from pytest_flipsnack.catalogue.action import Action, State
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code, Handling, select
from pytest_flipsnack.commands.files import wrong

_ADVICE = {
    Handling.ACCEPT: "a client returns what `data` holds",
    Handling.RETRY: "a client waits, longer each time, and sends the request again, a few times",
    Handling.POLL: "a client asks collection.getCollection until it is ready",
    Handling.ERROR: "a client raises an error that carries the code; a retry does not help",
}
_TEST = """\
def test_{name}(flipsnack, client):
    with flipsnack.expect({code}, action="{action}", raises=acme.FlipsnackError):
        client.call()  # the method of yours that calls {action}
"""
_SUCCESS = """\
def test_{name}(flipsnack, client):
    flipsnack.respond({code}, action="{action}")
    assert client.call() is not None  # the method of yours that calls {action}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `codes`."""
    parser.add_argument(
        "names", nargs="*", metavar="CODE", help="a code or a group; all if left out"
    )
    parser.add_argument(
        "--format", choices=sorted(_FORMATS), default="text", help="the default is text"
    )


def codes(given: argparse.Namespace) -> int:
    """Explain the codes that are named; without one, print the whole catalogue."""
    try:
        chosen = select(given.names or ["all"])
    except ValueError as error:
        return wrong(f"{error}; codes of your own: --catalogue FILE")
    if given.format == "text" and given.names:
        print("\n\n".join(map(_explained, chosen)))
        return 0
    if given.format == "openapi" and given.names:
        return wrong("--format openapi is of the whole API; leave the codes out")
    print(_FORMATS[given.format](chosen).rstrip("\n"))
    return 0


def _explained(code: Code) -> str:
    actions = [*_actions(code)]
    usual = ACTIONS["collection.getList"]
    current = [one for one in actions if one.state is State.CURRENT]
    chosen = usual if usual in current else current[0]
    shown = "every one" if len(actions) == len(ACTIONS) else ", ".join(map(_shown, actions))
    name = "_".join(word for word in code.message.lower().split() if word.isalpha())
    test = _SUCCESS if code is Code.OK else _TEST
    parts = [
        f"{code.label}{' (deprecated by Flipsnack)' if code.deprecated else ''}",
        code.meaning,
        f"Handling: {code.handling}: {_ADVICE[code.handling]} (source: {code.handling_source}).",
        f"Source of the code: {code.source}.",
        f"Actions: {shown}.",
        "A test to copy:",
        "",
        test.format(name=name, code=code.value, action=chosen.name).rstrip(),
    ]
    return "\n".join(parts)


def _actions(code: Code) -> Iterator[Action]:
    return (action for action in ACTIONS.values() if code in action.codes)


def _shown(action: Action) -> str:
    return action.name if action.state is State.CURRENT else f"{action.name} ({action.state})"


def _as_text(chosen: Sequence[Code]) -> str:
    return "\n".join(
        f"{code.label} ({code.handling}{', deprecated' if code.deprecated else ''})\n"
        f"    {code.meaning}"
        for code in chosen
    )


def _as_markdown(chosen: Sequence[Code]) -> str:
    rows = [
        f"| {code.value} | {code.title} | {code.handling} | {code.meaning} |" for code in chosen
    ]
    return "\n".join(
        ["| code | message | handling | meaning |", "| ---: | --- | --- | --- |", *rows]
    )


def _as_json(chosen: Sequence[Code]) -> str:
    document = {
        "codes": [_code(code) for code in chosen],
        "actions": [_action(action) for action in ACTIONS.values()],
    }
    return json.dumps(document, indent=2)


def _code(code: Code) -> dict[str, Any]:
    return {
        "code": code.value,
        "message": code.message,
        "meaning": code.meaning,
        "handling": code.handling,
        "deprecated": code.deprecated,
        "source": str(code.source),
        "handling_source": str(code.handling_source),
        "actions": [action.name for action in _actions(code)],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "action": action.name,
        "host": action.host,
        "verb": action.verb,
        "state": action.state,
        "source": str(action.source),
        "codes": {str(code.value): str(source) for code, source in action.codes.items()},
        "parameters": [
            {
                "name": param.name,
                "type": param.type,
                "required": param.required,
                "values": list(param.enum),
                "source": str(param.source),
            }
            for param in action.params
        ],
    }


def _as_openapi(chosen: Sequence[Code]) -> str:
    return json.dumps(openapi.document(), indent=2)


_FORMATS: dict[str, Callable[[Sequence[Code]], str]] = {
    "text": _as_text,
    "json": _as_json,
    "markdown": _as_markdown,
    "openapi": _as_openapi,
}
