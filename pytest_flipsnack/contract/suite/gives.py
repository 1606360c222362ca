"""What a call returns for a success, as a class declares it: `@call(action, gives=...)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.action import Action
from pytest_flipsnack.fake.finding import nearest

Gives: TypeAlias = str | Mapping[str, str] | Callable[[Any, Any], Any]
"""A field of `data`; fields by the attribute or key that has them; or a function of the returned
value and `data` that is true where they fit."""
_MISSING = object()


def check_gives(gives: object, action: Action) -> None:
    """Raise `ValueError` or `TypeError` for a declaration that no reply could fulfil."""
    if callable(gives):
        return
    if isinstance(gives, str):
        fields = [gives]
    elif isinstance(gives, Mapping) and gives:
        fields = [*gives.values()]
    else:
        raise TypeError(
            f"gives={gives!r} does not fit; write a field of the reply, {{'attribute': 'field'}}, or "
            "a function of the returned value and the reply's data"
        )
    known = _fields(action)
    for field in fields:
        if known and field not in known:
            close = nearest(str(field), known)
            raise ValueError(
                f"gives: {field!r} is no field of {action.name}; known: {', '.join(known)}"
                + (f"; did you mean {close}?" if close else "")
            )


def _fields(action: Action) -> tuple[str, ...]:
    properties: dict[str, Any] = schemas.data_schema(action).get("properties", {})
    rows = [value["items"] for value in properties.values() if "items" in value]
    return (*properties, *(name for row in rows for name in row.get("properties", ())))


@dataclass(frozen=True, slots=True)
class Given:
    """A declaration with which a value and the data of the reply are compared."""

    gives: Gives

    def __str__(self) -> str:
        return getattr(self.gives, "__name__", repr(self.gives))

    def problem(self, value: Any, data: Mapping[str, Any]) -> str:
        """Return how the value differs from what is declared, or an empty text."""
        if isinstance(self.gives, str):
            return _differs(value, data.get(self.gives, _MISSING), self.gives)
        if callable(self.gives):
            return "" if self.gives(value, data) else repr(value)
        rows = next((item for item in data.values() if isinstance(item, list)), None)
        if rows is None or not {*self.gives.values()} <= {name for row in rows for name in row}:
            return self._mismatch(value, data)
        values = list(value) if hasattr(value, "__iter__") else [value]
        if len(values) != len(rows):
            return f"{len(values)} records of {len(rows)}"
        found = (self._mismatch(one, row) for one, row in zip(values, rows, strict=True))
        return next(filter(None, found), "")

    def _mismatch(self, value: Any, data: Mapping[str, Any]) -> str:
        assert isinstance(self.gives, Mapping)
        found = (
            _differs(_part(value, name), data.get(field, _MISSING), name)
            for name, field in self.gives.items()
        )
        return next(filter(None, found), "")


def _part(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name, _MISSING)
    return getattr(value, name, _MISSING)


def _differs(value: Any, sent: Any, name: str) -> str:
    if sent is _MISSING:
        return ""  # the reply leaves it out
    if value is _MISSING:
        return f"it has no {name}"
    same = value == sent or str(getattr(value, "value", value)) == str(sent)
    return "" if same else f"{name} is {value!r}"
