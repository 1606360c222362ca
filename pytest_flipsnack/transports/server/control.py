"""What other languages say to a served fake: a few JSON endpoints under `/_flipsnack/`."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from pytest_flipsnack.fake.fake import Fake

PREFIX = "/_flipsnack/"
HEALTH = "health"
"""`GET /_flipsnack/health` says that the server runs: to anybody, and it is no call of the API."""


class Control:
    """Turns a control request into a call on the fake.

    `POST respond {"codes": [31, 20], "action": null, "data": null}`, `POST always {"code": 50}`,
    `POST fail {"fault": "timeout"}`, `POST allow {"codes": [44]}`, `GET calls`, and
    `POST test {"passed": true}`, which ends a test: its hits are counted if it passed, what it
    must fail for is returned, and the next begins with nothing stubbed.
    """

    def __init__(self, make: Callable[[], Fake], finished: Callable[[Counter[Any]], None]) -> None:
        self._make = make
        self._finished = finished
        self.fake = make()
        self._has_tests = False

    def handle(self, verb: str, name: str, body: bytes) -> tuple[int, object]:
        """Return an HTTP status and a value to send as JSON."""
        if (verb, name) == ("GET", "calls"):
            return 200, [
                {
                    "action": call.action and call.hidden.hide(call.action),
                    "params": call.shown_params,
                    "code": call.code,
                    "at": call.at,
                }
                for call in self.fake.calls
            ]
        command = getattr(self, f"_{name}", None) if name in _COMMANDS else None
        if verb != "POST" or command is None:
            allowed = ", ".join(
                [
                    *(f"POST {PREFIX}{one}" for one in _COMMANDS),
                    *(f"GET {PREFIX}{one}" for one in ("calls", HEALTH)),
                ]
            )
            return 404, {
                "error": f"{verb} {PREFIX}{name} is not a control request; known: {allowed}"
            }
        try:
            return 200, command(_arguments(name, body))
        except RecursionError:
            return 400, {"error": "the body is nested too deep"}
        except (ValueError, TypeError) as error:
            return 400, {"error": str(error)}

    def end(self, *, passed: bool = True) -> list[str]:
        """End the running test and return what it must fail for; one that fails counts nothing."""
        ended, self.fake = self.fake, self._make()
        problems = [_CALL.sub(_as_request, problem) for problem in ended.findings()]
        if passed and not problems:
            self._finished(ended.hits)
        return problems

    def running(self) -> dict[tuple[str, int], int]:
        """Return the hits that count so far where nobody ends tests; a running test may fail."""
        if self._has_tests or self.fake.findings():
            return {}
        return dict(self.fake.hits)

    def _respond(self, given: dict[str, Any]) -> object:
        self.fake.respond(
            tuple(given["codes"]), given.get("action"), given.get("data"), "a control request"
        )
        return {}

    def _always(self, given: dict[str, Any]) -> object:
        self.fake.always(given["code"], given.get("action"), "a control request")
        return {}

    def _fail(self, given: dict[str, Any]) -> object:
        self.fake.fail(given["fault"], given.get("action"), "a control request")
        return {}

    def _allow(self, given: dict[str, Any]) -> object:
        self.fake.allow(tuple(given["codes"]))
        return {}

    def _test(self, given: dict[str, Any]) -> object:
        self._has_tests = True
        return {"problems": self.end(passed=given.get("passed", True))}


def _arguments(name: str, body: bytes) -> dict[str, Any]:
    """Return what a command is given; raise `ValueError` or `TypeError` for what does not fit."""
    rows = _COMMANDS[name]
    given = _object(body)
    unknown = sorted(set(given) - rows.keys())
    if unknown:
        raise ValueError(f"{unknown[0]!r} is not a key of {name}; allowed: {', '.join(rows)}")
    for key, value in given.items():
        kind, example = rows[key]
        if not isinstance(value, kind):
            raise TypeError(f"{key}: {_short(value)} does not fit; write {example}")
    lacking = [key for key in _NEEDED.get(name, ()) if key not in given]
    if lacking:
        raise ValueError(f"the body lacks {lacking[0]!r}")
    return given


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise TypeError("the body must be a JSON object")
    return given


_CALL = re.compile(r"call flipsnack\.allow\((\d+)\)")


def _as_request(call: re.Match[str]) -> str:
    return f'send POST {PREFIX}allow {{"codes": [{call[1]}]}}'


_ACTION = ((str, type(None)), '"action": "collection.getList"')
_COMMANDS: dict[str, dict[str, tuple[Any, str]]] = {
    "respond": {
        "codes": (list, '"codes": [31, 20]'),
        "action": _ACTION,
        "data": (object, '"data": {...}'),
    },
    "always": {"code": (int, '"code": 50'), "action": _ACTION},
    "fail": {"fault": (str, '"fault": "timeout"'), "action": _ACTION},
    "allow": {"codes": (list, '"codes": [44]')},
    "test": {"passed": (bool, '"passed": false')},
}
"""What each command takes: the type of each key, and how it is written."""
_NEEDED = {"respond": ("codes",), "always": ("code",), "fail": ("fault",), "allow": ("codes",)}
_MOST_SHOWN = 200
