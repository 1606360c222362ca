"""Stub every Flipsnack status code, assert how a client handles it, report and gate coverage.

The names below are loaded on first use: pytest imports this package in every run of every
project that has it installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_flipsnack.catalogue.codes import Code, Handling
    from pytest_flipsnack.fake.call import Call
    from pytest_flipsnack.fake.request import File
    from pytest_flipsnack.fake.settings import Settings
    from pytest_flipsnack.flipsnack import Flipsnack

__all__ = ["Call", "Code", "File", "Flipsnack", "Handling", "Settings"]

pytest_plugins = ["pytest_flipsnack.plugin"]

_HOMES = {
    "Call": "fake.call",
    "Code": "catalogue.codes",
    "File": "fake.request",
    "Flipsnack": "flipsnack",
    "Handling": "catalogue.codes",
    "Settings": "fake.settings",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{home}"), name)
