"""How a failed test of a contract is shown: at the user's method, with the client's traceback."""

from __future__ import annotations

import inspect
import re
import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_HEADLINE = "flipsnack_finding"
"""The attribute of a report that carries the first line of a finding, also from a worker."""
_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARIES = {
    Path(sysconfig.get_paths()[name]).resolve() for name in ("stdlib", "purelib", "platlib")
}
_LABEL = re.compile(r"^    (\w[\w ]*: +)", re.MULTILINE)
_LABELLED = re.compile(r"^((?:E +| {4}))\w[\w ]*: ", re.MULTILINE)
_VARYING = re.compile(r"\b[a-z]+\.[a-z]\w+|\d[\d.]*", re.IGNORECASE)
"""Action names and numbers: findings that differ in these, or in the message of a code, have one cause."""


def locate(item: pytest.Item) -> None:
    """Let the location of a generated test be the method of the call that it tests."""
    case = getattr(item, "callspec", None) and item.callspec.params.get("flipsnack_case")  # type: ignore[attr-defined]
    method = getattr(getattr(item, "cls", None), getattr(case, "method", ""), None)
    code = getattr(inspect.unwrap(method), "__code__", None) if callable(method) else None
    if code is None:  # a test of the user's own, or a call that is no function
        return
    place = (Path(code.co_filename), code.co_firstlineno - 1, item.reportinfo()[2])
    item.reportinfo = lambda: place  # type: ignore[method-assign]


def headline(report: pytest.TestReport, error: BaseException | None) -> str:
    """Return the first line of the finding that an error was raised for; the report carries it."""
    from pytest_flipsnack.fake.finding import HEADLINE_ATTRIBUTE

    found: str = getattr(error, HEADLINE_ATTRIBUTE, "")
    if found:
        setattr(report, _HEADLINE, found)
    return found


def name(report: pytest.TestReport, cause: str) -> None:
    """Let a failure without a finding be counted by its cause."""
    if not hasattr(report, _HEADLINE):
        setattr(report, _HEADLINE, cause)


def show_line(item: pytest.Item, report: pytest.TestReport, line: str) -> None:
    """Show a line in the place of a failure, and nothing that was captured."""
    try:
        pytest.fail(line, pytrace=False)
    except pytest.fail.Exception:
        shown: Any = item.repr_failure(pytest.ExceptionInfo.from_current())
    shown.reprcrash.path, shown.reprcrash.lineno = _place(item)
    shown.reprcrash.message = line
    report.longrepr = shown
    report.sections = []


def is_generated(item: pytest.Item) -> bool:
    """Return whether a test was generated from a contract."""
    return "flipsnack_case" in getattr(getattr(item, "callspec", None), "params", ())


def shorten(item: pytest.Item, report: pytest.TestReport, finding: str) -> None:
    """Show a finding without our own frames and arguments; the client's traceback stays.

    Libraries that the client calls may raise three errors for one, with fifty lines each: of
    these only the message stays, unless the whole traceback is asked for.
    """
    chain: list[Any] = getattr(report.longrepr, "chain", [])
    if not (item.config.option.fulltrace or item.config.option.tbstyle == "long"):
        _leave_out_libraries(chain)
    for trace, crash, _ in chain:
        entries = trace.reprentries
        theirs = [entry for entry in entries if not _is_ours(entry)]
        ours = [entry for entry in entries if _is_ours(entry)]
        last = (trace, crash) == chain[-1][:2]
        trace.reprentries = (ours[-1:] if last else theirs) or entries
        for entry in theirs:
            entry.reprfuncargs = None  # a client's arguments may be its credentials
        for entry in ours[-1:] if last else ():
            _show_only_the_finding(item, entry)
        if last and crash is not None:
            crash.path, crash.lineno = _place(item)
            crash.message = finding


def _leave_out_libraries(chain: list[Any]) -> None:
    """Take frames of libraries out of the causes of a finding, and causes without any other frame.

    A client that is itself installed as a library keeps its traceback whole.
    """
    theirs = [[one for one in trace.reprentries if not _is_ours(one)] for trace, *_ in chain[:-1]]
    clients = [[one for one in entries if not _is_library(one)] for entries in theirs]
    if not any(clients):
        return
    for (trace, *_), kept in zip(chain, clients, strict=False):
        last = trace.reprentries[-1]
        if kept and kept[-1] is not last:
            kept[-1].lines += [line for line in last.lines if line.startswith("E ")]
        trace.reprentries = kept or trace.reprentries
    chain[:-1] = [one for one, kept in zip(chain, clients, strict=False) if kept]


def _is_library(entry: Any) -> bool:
    place = getattr(entry, "reprfileloc", None)
    path = Path(place.path).resolve() if place is not None else _PACKAGE
    return any(path.is_relative_to(folder) for folder in _LIBRARIES)


def shorten_search(item: pytest.Item, report: pytest.TestReport, asked: str) -> None:
    """Show where a fixture was looked for in vain without our own functions."""
    shown: Any = report.longrepr
    if not asked or not hasattr(shown, "tblines"):
        return
    lines, keep = [], True
    for line in shown.tblines:
        if line.startswith("file "):
            keep = not _is_in_package(line.removeprefix("file ").rpartition(", line ")[0])
        lines += [line] if keep else []
    path, number = _place(item)
    call = [f"file {path}, line {number}", f"  the call asks for the fixture {asked!r}"]
    shown.tblines = [*call, *lines]
    if not lines:
        shown.filename, shown.firstlineno = path, number - 1


def add_addresses(report: pytest.TestReport, text: str) -> None:
    """Let a failure end with the command that explains its findings."""
    more = _addresses(text).strip()
    trace = getattr(report.longrepr, "reprtraceback", None)
    entries = trace.reprentries if trace is not None and more else []
    if entries:
        lines = entries[-1].lines
        # below the last label, wherever this style of traceback puts it
        found = [match for line in lines for match in _LABELLED.finditer(line)]
        before = (
            found[-1][1] if found else "E       " if lines[-1:] and lines[-1][:1] == "E" else ""
        )
        lines.append(f"{before}{more}\n" if lines[-1].endswith("\n") else before + more)


def _addresses(text: str) -> str:
    """Return the line that explains findings, below their last label, or an empty text."""
    from pytest_flipsnack.messages import addresses

    found, labels = addresses(text), _LABEL.findall(text)
    return f"\n    {'more:':<{len(labels[-1]) if labels else 9}}{found}" if found else ""


def explain(report: pytest.TestReport, findings: list[str]) -> bool:
    """Show findings below the error that they have caused; return whether that can be done."""
    shown: Any = report.longrepr
    if not findings or not hasattr(shown, "addsection"):
        return False
    text = "\n".join(findings)
    shown.addsection("Flipsnack", f"{text}{_addresses(text)}")
    crash = getattr(shown, "reprcrash", None)
    name(report, findings[0].partition("\n")[0])
    if crash is not None:
        crash.message += f" ({findings[0].partition(chr(10))[0]})"
    return True


def _is_ours(entry: Any) -> bool:
    place = getattr(entry, "reprfileloc", None)
    return place is not None and _is_in_package(place.path)


def _is_in_package(path: str) -> bool:
    # pytest shows paths relative to where it stands
    return Path(path).resolve().is_relative_to(_PACKAGE)


def _show_only_the_finding(item: pytest.Item, entry: Any) -> None:
    entry.lines = [line for line in entry.lines if line.startswith("E ")]
    entry.reprfuncargs = entry.reprlocals = None
    entry.reprfileloc.path, entry.reprfileloc.lineno = _place(item)


def _place(item: pytest.Item) -> tuple[str, int]:
    path, line, _ = item.location
    return str(path), (line or 0) + 1


def summary(reports: list[pytest.TestReport]) -> Iterator[str]:
    """Yield a line for each finding that several tests share, the one of most tests first."""
    found = [text for report in reports if (text := getattr(report, _HEADLINE, ""))]
    if not found:
        return
    from pytest_flipsnack.catalogue.codes import known_codes

    names = re.compile("|".join(re.escape(code.message) for code in known_codes()))
    kinds = {text: _VARYING.sub("*", names.sub("*", text)) for text in found}
    counts = Counter(kinds[text] for text in found)
    for kind, count in counts.most_common():
        if count > 1:
            example = next(text for text in found if kinds[text] == kind)
            yield f"1 finding in {count} tests: {example}"
