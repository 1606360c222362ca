"""The answers a test has declared, first in first out."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.faults import FAULTS, Fault
from pytest_flipsnack.fake.finding import Finding

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
    lines.append(("way out", "let the client send the request, or declare fewer answers"))
    return Finding(
        several if len(stubs) > 1 else "a declared answer was never delivered", tuple(lines)
    )
