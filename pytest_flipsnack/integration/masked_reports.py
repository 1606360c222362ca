"""Secrets taken out of the report of a test, whose form stays: every style of traceback, junit, logs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Hide = Callable[[str], str]


def hide_in(report: pytest.TestReport, hide: Hide) -> None:
    """Mask what a report shows. Values of locals and arguments are left out: they may be cut."""
    report.sections = [(name, hide(text)) for name, text in report.sections]
    report.user_properties = [
        (name, hide(value) if isinstance(value, str) else value)
        for name, value in report.user_properties
    ]
    if hasattr(report, "wasxfail"):
        report.wasxfail = hide(report.wasxfail)
    report.longrepr = _hidden(report.longrepr, hide)


def _hidden(shown: Any, hide: Hide) -> Any:
    if isinstance(shown, str):
        return hide(shown)
    if isinstance(shown, tuple):  # where and why a test was skipped
        return tuple(hide(one) if isinstance(one, str) else one for one in shown)
    if not hasattr(shown, "reprtraceback"):
        return hide(str(shown)) if shown is not None else None
    parts = [(shown.reprtraceback, shown.reprcrash), *getattr(shown, "chain", ())]
    for trace, crash, *_ in parts:
        for entry in trace.reprentries:
            _hide_in_entry(entry, hide)
        if crash is not None:
            crash.message = hide(crash.message)
    shown.sections = [(name, hide(text), mark) for name, text, mark in shown.sections]
    return shown


def _hide_in_entry(entry: Any, hide: Hide) -> None:
    entry.lines = [hide(line) for line in entry.lines]
    for name in ("reprlocals", "reprfuncargs"):
        if hasattr(entry, name):
            setattr(entry, name, None)
