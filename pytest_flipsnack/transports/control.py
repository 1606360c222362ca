"""What other languages say to a served fake: a few JSON endpoints under `/_flipsnack/`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from pytest_flipsnack.fake.fake import Fake

PREFIX = "/_flipsnack/"


class Control:
    """Turns a control request into a call on the fake.

    `POST respond {"codes": [31, 20], "action": null, "data": null}`, `POST always {"code": 50}`,
    `POST fail {"fault": "timeout"}`, `POST allow {"codes": [44]}`, `GET calls`, and
    `POST test`, which ends a test: its hits are counted, what it must fail for is returned, and
    the next begins with nothing stubbed.
    """

    def __init__(self, make: Callable[[], Fake], finished: Callable[[Counter[Any]], None]) -> None:
        self._make = make
        self._finished = finished
        self.fake = make()

    def handle(self, verb: str, name: str, body: bytes) -> tuple[int, object]:
        """Return an HTTP status and a value to send as JSON."""
        if (verb, name) == ("GET", "calls"):
            return 200, [
                {"action": call.action, "params": call.params, "code": call.code, "at": call.at}
                for call in self.fake.calls
            ]
        command = getattr(self, f"_{name}", None) if name in _COMMANDS else None
        if verb != "POST" or command is None:
            allowed = ", ".join(
                [*(f"POST {PREFIX}{one}" for one in _COMMANDS), f"GET {PREFIX}calls"]
            )
            return 404, {
                "error": f"{verb} {PREFIX}{name} is not a control request; known: {allowed}"
            }
        try:
            return 200, command(_object(body))
        except (ValueError, TypeError, KeyError) as error:
            missing = f"the body lacks {error}" if isinstance(error, KeyError) else str(error)
            return 400, {"error": missing}

    def end(self) -> list[str]:
        """End the running test and return what it must fail for; one that fails counts nothing."""
        ended, self.fake = self.fake, self._make()
        problems = ended.verdicts()
        if not problems:
            self._finished(ended.hits)
        return problems

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
        return {"problems": self.end()}


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body or b"{}")
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None
    if not isinstance(given, dict):
        raise TypeError("the body must be a JSON object")
    return given


_COMMANDS = ("respond", "always", "fail", "allow", "test")
