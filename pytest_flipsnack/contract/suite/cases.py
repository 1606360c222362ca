"""Which cases there are: a generated test, a call, and what is tried with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from pytest_flipsnack.catalogue.actions import Action
from pytest_flipsnack.catalogue.codes import Code, Handling
from pytest_flipsnack.catalogue.facts import Basis
from pytest_flipsnack.fake.faults import FAULTS

_WIRE = [name for name, fault in FAULTS.items() if fault.wire]
_BODY = [name for name, fault in FAULTS.items() if not fault.wire]
MESSAGES = {"other": "Une erreur s'est présentée", "ok": "OK", "empty": ""}
BENDS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no-data": lambda envelope: {key: envelope[key] for key in ("code", "status")},
    "more-fields": lambda envelope: {
        **envelope,
        "requestId": "r-1",
        **({"data": {**envelope["data"], "added": [1]}} if "data" in envelope else {}),
    },
    "empty-list": lambda envelope: {**envelope, "data": {"collectionCount": 0, "collections": []}},
}


@dataclass(frozen=True, slots=True)
class Case:
    """One generated test: a call, and what is tried with it."""

    method: str
    action: Action
    what: str
    named: bool = False

    @property
    def id(self) -> str:
        """The id of the test, as in `collection.getList-31`."""
        name = f"{self.method}-{self.action.name}" if self.named else self.action.name
        return f"{name}-{self.what}" if self.what else name


def of(test: str, method: str, action: Action, *, named: bool) -> Iterator[Case]:
    """Yield the cases of a test for a call."""
    for what in _WHAT[test](action):
        yield Case(method, action, what, named)


def _documented(action: Action) -> Iterator[str]:
    for known, source in action.codes.items():
        if known is not Code.OK and source.basis is Basis.DOCUMENTED:
            yield str(known.value)


def _passing(action: Action) -> Iterator[str]:
    for known, source in action.codes.items():
        helps = known.handling in {Handling.RETRY, Handling.POLL}
        if helps and source.basis is Basis.DOCUMENTED:
            yield str(known.value)


def processing_of(action: Action) -> Iterable[str]:
    """Return what is tried with an action whose answer may be that it is still processing."""
    if action.name == "collection.downloadHTML":
        return ("ends", "fails", "breaks", "stays")
    if action.name in {"collection.create", "collection.getCollection"}:
        return ("ends", "breaks", "stays")
    return ()


_WHAT: dict[str, Callable[[Action], Iterable[str]]] = {
    "test_request": lambda action: [""],
    "test_code": _documented,
    "test_recovery": _passing,
    "test_success": lambda action: [
        what for what in BENDS if what != "empty-list" or action.name == "collection.getList"
    ],
    "test_processing": processing_of,
    "test_pages": lambda action: ["all", "breaks"],
    "test_message": lambda action: ["20-other", "41-other", "41-ok", "41-empty", "50-other"],
    "test_body": lambda action: _BODY,
    "test_wire": lambda action: _WIRE,
    "test_again": lambda action: [
        "success",
        "error",
        "html",
        "reset",
        *({"50"} & {*_passing(action)}),
    ],
    "test_upload": lambda action: ["50", "reset"] if action.upload else [],
}
TESTS = tuple(_WHAT)
"""The names of the generated tests."""
