"""Planted faults: one small change each to a right client, and the test that must catch it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

from tests import clients
from tests.clients import STYLES, Style
from tests.contract.adapter import ACTIONS


@dataclass(frozen=True)
class Fault:
    """A change to the source of a style's module; `old` stands there exactly once.

    `caught_by` is a generated test and `message` a part of what it says. `raises` is what the
    contract declares besides, by the name of the class. `method` is the call, where it is not the
    first of its action. `also` are further calls of the contract, for what one call does to another.
    """

    id: str
    module: str
    what: str
    old: str
    new: str
    caught_by: str
    message: str
    raises: Mapping[int, str] = field(default_factory=dict)
    method: str = ""
    also: tuple[str, ...] = ()

    @property
    def style(self) -> Style:
        """The style that is changed."""
        return next(style for style in STYLES if style.module == self.module)

    @property
    def kind(self) -> str:
        """The name of the generated test, without what is in brackets."""
        return self.caught_by.partition("[")[0]

    @property
    def calls(self) -> tuple[str, ...]:
        """The calls that the contract needs for it; mostly one."""
        action = self.caught_by.partition("[")[2].rstrip("]").partition("-")[0]
        return (self.method or ACTIONS[action], *self.also)

    def plant(self) -> ModuleType:
        """Return the style's module with the fault in it."""
        return planted(self.style, self.old, self.new)


def planted(style: Style, old: str, new: str) -> ModuleType:
    """Return a copy of a style's module in which `new` stands for `old`."""
    original = clients.load(style)
    assert original.__file__ is not None
    source = Path(original.__file__).read_text("utf-8")
    assert source.count(old) == 1, f"{source.count(old)} times in {style.module}: {old}"
    module = ModuleType("acme")
    # dataclasses look their own module up
    sys.modules["acme"] = module
    exec(compile(source.replace(old, new), "acme.py", "exec"), module.__dict__)
    return module


def raises_of(module: ModuleType, fault: Fault) -> dict[int, type[Exception]]:
    """Return the declared exception classes of a planted module."""
    return {code: getattr(module, name) for code, name in fault.raises.items()}
