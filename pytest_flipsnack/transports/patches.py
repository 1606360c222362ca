"""Replace attributes, and put back only what nobody else has replaced since."""

from __future__ import annotations

import os
from typing import Any

_INHERITED = object()


class Patches:
    """A stack of replaced attributes.

    What stands in for an attribute asks `active`, and hands its calls on where that is false: it
    may come back when another tool, which has found it there, puts back what it found.
    """

    def __init__(self) -> None:
        self._undo: list[tuple[Any, str, Any, Any]] = []
        self._process = os.getpid()

    @property
    def active(self) -> bool:
        """Whether anything is replaced, by this process and not by one that it was forked from."""
        return bool(self._undo) and os.getpid() == self._process

    def set(self, owner: Any, name: str, value: Any) -> Any:
        """Replace `owner.name` and return what was there."""
        original = getattr(owner, name)
        own = vars(owner).get(name, _INHERITED)
        setattr(owner, name, value)
        self._undo.append((owner, name, own, value))
        return original

    def undo(self) -> None:
        """Put back what still stands as it was set, last first."""
        while self._undo:
            owner, name, own, value = self._undo.pop()
            if vars(owner).get(name) is not value:
                continue  # another tool's now, which will put back what it knows
            if own is _INHERITED:
                delattr(owner, name)
            else:
                setattr(owner, name, own)
