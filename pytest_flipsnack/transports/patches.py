"""Replace attributes and put them back, last first."""

from __future__ import annotations

from typing import Any

_INHERITED = object()


class Patches:
    """A stack of replaced attributes."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Replace `owner.name` and return what was there."""
        original = getattr(owner, name)
        own = name in vars(owner)
        self._undo.append((owner, name, vars(owner)[name] if own else _INHERITED))
        setattr(owner, name, value)
        return original

    def undo(self) -> None:
        """Put everything back."""
        while self._undo:
            owner, name, original = self._undo.pop()
            if original is _INHERITED:
                delattr(owner, name)
            else:
                setattr(owner, name, original)
