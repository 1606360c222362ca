"""The answers a test has declared, first in first out, and the check of their data."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import FAULTS, Fault
from pytest_flipsnack.fake.finding import Finding
from pytest_flipsnack.fake.request import Request

P = ParamSpec("P")
_SHOWN = 10  # lines of a list that a finding shows


@dataclass(slots=True)
class Stub:
    """One declared answer: a code (with data for 20) or a fault, for one action or for any.

    `where` is the line that declared it. `forever` stubs answer until the test ends.
    `bend` changes the envelope before it is sent.
    """

    answer: Code | Fault
    action: str | None = None
    data: Mapping[str, object] | None = None
    where: str = ""
    forever: bool = False
    bend: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    number: int = 0
    delivered: int = 0

    def __str__(self) -> str:
        target = f" for {self.action}" if self.action else ""
        what = self.answer.label if isinstance(self.answer, Code) else f"fault {self.answer.name}"
        kind = " (always)" if self.forever else ""
        return f"{what}{target}{kind}"


class Stubs:
    """The queue: taking an answer costs the same however many are declared.

    What this one does not answer is looked for in `below`, the one it was laid over.
    """

    def __init__(self, below: Stubs | None = None) -> None:
        self._below = below
        self._queues: dict[str | None, deque[Stub]] = {}
        self._always: dict[str | None, Stub] = {}
        self._replaced: list[Stub] = []
        self._number = 0

    def add(self, stub: Stub) -> None:
        """Declare an answer; a later `forever` stub for the same action replaces the earlier."""
        self._number += 1
        stub.number = self._number
        if not stub.forever:
            self._queues.setdefault(stub.action, deque()).append(stub)
            return
        earlier = self._always.get(stub.action)
        if earlier is not None:
            self._replaced.append(earlier)
        self._always[stub.action] = stub

    def peek(self, action: str | None) -> Stub | None:
        """Return the stub that answers the next request of that action, or None."""
        heads = [queue[0] for key in {action, None} if (queue := self._queues.get(key))]
        if heads:
            return min(heads, key=lambda stub: stub.number)
        found = self._always.get(action) or self._always.get(None)
        return self._below.peek(action) if found is None and self._below else found

    def refused(self) -> Stub | None:
        """Return a stub that would refuse the next connection, or None."""
        heads = [queue[0] for queue in self._queues.values() if queue]
        first = [*heads, *self._always.values()]
        return next((stub for stub in first if stub.answer is FAULTS["refused"]), None)

    def deliver(self, stub: Stub) -> None:
        """Count a delivery and take a queued stub off its queue."""
        stub.delivered += 1
        queue = self._queues.get(stub.action)
        if queue and queue[0] is stub:
            queue.popleft()
        elif self._below is not None and not stub.forever:
            stub.delivered -= 1
            self._below.deliver(stub)

    def undelivered(self) -> Iterator[Stub]:
        """Yield the stubs that no request has met, in the order declared."""
        pending = [stub for queue in self._queues.values() for stub in queue]
        pending += [*self._always.values(), *self._replaced]
        yield from sorted(
            (stub for stub in pending if not stub.delivered), key=lambda stub: stub.number
        )

    def asked(self) -> set[int]:
        """Return every code that a pending stub asks for."""
        pending = [stub for queue in self._queues.values() for stub in queue]
        pending += self._always.values()
        asked = {int(stub.answer) for stub in pending if isinstance(stub.answer, Code)}
        return asked | self._below.asked() if self._below else asked


def never_delivered(stubs: Sequence[Stub], calls: Sequence[Call]) -> Finding:
    """Return the finding on declared answers that no request has met."""
    several = f"{len(stubs)} declared answers were never delivered"
    lines = [("declared", f"{stub}, at {stub.where}") for stub in stubs[:_SHOWN]]
    if len(stubs) > _SHOWN:
        lines.append(("declared", f"and {len(stubs) - _SHOWN} more"))
    lines.append(("requests", ", ".join(str(call) for call in calls[-_SHOWN:]) or "none"))
    lines.append(("way out", _way_out(stubs, calls)))
    return Finding(
        several if len(stubs) > 1 else "a declared answer was never delivered", tuple(lines)
    )


def _way_out(stubs: Sequence[Stub], calls: Sequence[Call]) -> str:
    if calls:
        return "let the client send the request, or declare fewer answers"
    marked = any(stub.where.startswith("@") for stub in stubs)
    none = "take the mark off" if marked else "declare none"
    return (
        "let the test send a request, to the documented URL or to flipsnack.url, where the fake "
        f"sees it, or {none}"
    )


def checked_data(
    codes: list[Code], action: str | None, data: Mapping[str, object] | None
) -> dict[str, object] | None:
    """Return a copy of the data; raise `ValueError` or `TypeError` for what cannot be sent."""
    target = None if action is None else action_of(action)
    if data is None:
        return None
    if Code.OK not in codes:
        raise ValueError(
            "data comes with code 20 only; Flipsnack leaves it out of every error (API reference)"
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
        raise ValueError(f"{target.name} answers 20 without data (API reference); leave data out")
    found = schemas.problems(schemas.data_validator(target), copied)
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
        return f"{said}, which answers 20 without data (API reference)"
    found = schemas.problems(schemas.data_validator(action), stub.data)
    if not found:
        return ""
    lines = "\n    ".join(found)
    return f"{said} and does not satisfy its schema:\n    {lines}"


_MORE = "    more: docs/guide.md#the-fake"


def at_the_callers_line(method: Callable[P, None]) -> Callable[P, None]:
    """Let a wrong call fail at the line that made it, without the frames below."""

    @wraps(method)
    def checked(*args: P.args, **kwargs: P.kwargs) -> None:
        __tracebackhide__ = True
        try:
            return method(*args, **kwargs)
        except (TypeError, ValueError) as error:
            wrong = error
        shown = type(wrong)(str(wrong))
        shown.add_note(_MORE)
        raise shown from None

    return checked


def callers_line(above: int = 3) -> str:
    """Return file and line of the call that is so many frames above."""
    frame = sys._getframe(above)
    return f"{frame.f_code.co_filename.rpartition(os.sep)[2]}:{frame.f_lineno}"
