"""Replace attributes and put them back, last first."""

from __future__ import annotations

from typing import Any


class Patches:
    """A stack of replaced attributes."""

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any]] = []

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Replace `owner.name` and return what was there."""
        original = getattr(owner, name)
        self._undo.append((owner, name, original))
        setattr(owner, name, value)
        return original

    def undo(self) -> None:
        """Put everything back."""
        while self._undo:
            owner, name, original = self._undo.pop()
            setattr(owner, name, original)
