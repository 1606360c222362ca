"""How runs go, and what the gate makes of each: the rows of flags, demands and reports."""

from __future__ import annotations

from tests.integration.scenarios import (
    ALL_GOOD,
    GOOD,
    LIMIT,
    MISSING,
    NOTHING,
    OK,
    Scenario,
    marked,
)

NO_VERDICT = "", ""
_LEAVES_OUT = "def pytest_collection_modifyitems(config, items):\n    {}\n"
_LEFT_OUT = "not enforced", "the run was narrowed by a plugin or a conftest.py (1 test left out); "
_BASELINE = (
    '{"format": "pytest-flipsnack baseline", "version": 1, "cells": {"user.getStats:31": "%s"}}'
)
_RATCHET = ("flipsnack_baseline = b.json",)
_RED = f"def test_20(client): client.ask(); assert 0\n{LIMIT}"
_OLDER = '{"format": "pytest-flipsnack coverage", "version": 1}'


def _narrowed(by: str) -> tuple[str, str]:
    return "not enforced", f"the run was narrowed by {by}; 1 of 19 codes exercised; missing: "


FLAGS: dict[str, Scenario] = {
    # runs that have no verdict
    "--collect-only": Scenario(GOOD, 0, NO_VERDICT, ("--collect-only",)),
    "--setup-only": Scenario(GOOD, 0, NO_VERDICT, ("--setup-only",)),
    "no such flag": Scenario(GOOD, 4, NO_VERDICT, ("--no-such-flag",)),
    "a broken conftest.py": Scenario(GOOD, 4, NO_VERDICT, hooks="assert 0\n"),
    "required and excluded": Scenario(GOOD, 4, NO_VERDICT, ("--flipsnack-exclude=31: no",)),
    "to add to a shard of another version": Scenario(
        GOOD,
        4,
        NO_VERDICT,
        ("--flipsnack-data=shard.json", "--flipsnack-append"),
        files={"shard.json": _OLDER},
    ),
    # other ways to print
    "-p no:terminal": Scenario(OK, 1, ("failed", MISSING), ("-p", "no:terminal")),
    "--no-summary": Scenario(OK, 1, ("failed", MISSING), ("--no-summary",)),
    "--no-summary, and all pass": Scenario(GOOD, 0, ALL_GOOD, ("--no-summary",)),
    "-qq": Scenario(OK, 1, ("failed", MISSING), ("-qq",)),
    "-v": Scenario(GOOD, 0, ALL_GOOD, ("-v",)),
    # fewer tests
    "no tests": Scenario("", 5, ("failed", NOTHING)),
    "-k": Scenario(GOOD, 0, _narrowed("-k"), ("-k", "test_20")),
    "-k that leaves none": Scenario(
        GOOD, 5, ("not enforced", "the run was narrowed by -k; 0 of 19"), ("-k", "none")
    ),
    "-k that leaves enough": Scenario(GOOD, 0, ("passed", "1 of 19"), ("-k", "test_31")),
    "-k with a threshold that is typed": Scenario(
        GOOD,
        1,
        ("failed", f"{MISSING} exercised, 10 % required; "),
        ("-k", "test_20", "--flipsnack-fail-under=10"),
    ),
    "-m": Scenario(
        OK + marked("filterwarnings('error')"), 0, _narrowed("-m"), ("-m", "not filterwarnings")
    ),
    "--deselect": Scenario(GOOD, 0, _narrowed("--deselect"), ("--deselect=test_acme.py::test_31",)),
    "--ignore": Scenario(
        OK, 0, _narrowed("--ignore"), ("--ignore=test_b.py",), files={"test_b.py": LIMIT}
    ),
    "a node id": Scenario(GOOD, 0, _narrowed("test_acme.py::test_20"), ("test_acme.py::test_20",)),
    "a file": Scenario(
        GOOD.replace("31", "32"),
        0,
        ("not enforced", "the run was narrowed by test_acme.py; 2 of 19"),
        ("test_acme.py",),
    ),
    "--lf": Scenario(GOOD, 0, _narrowed("--lf"), ("--lf",), before=_RED),
    "--sw": Scenario(GOOD, 0, ("passed", "2 of 19"), ("--sw",), before=_RED),
    "a group of a split": Scenario(
        GOOD,
        0,
        _LEFT_OUT,
        hooks=_LEAVES_OUT.format("config.hook.pytest_deselected(items=[items.pop()])"),
    ),
    "a shard that tells nobody": Scenario(
        GOOD, 0, _LEFT_OUT, hooks=_LEAVES_OUT.format("items.pop()")
    ),
    # other demands
    "exercised, and asserted is demanded": Scenario(
        GOOD, 1, ("failed", "required but not asserted: 31 "), ("--flipsnack-level=asserted",)
    ),
    "asserted": Scenario(
        "def test_31(flipsnack, client):\n"
        "    with flipsnack.expect(31, raises=acme.FlipsnackError):\n        client.ask()\n",
        0,
        ("passed", "1 of 19 codes asserted; "),
        ("--flipsnack-level=asserted",),
    ),
    "too few cells": Scenario(
        GOOD,
        1,
        ("failed", " documented cells exercised, 99 % required; missing: "),
        ("--flipsnack-cells-fail-under=99",),
    ),
    "a baseline that is kept": Scenario(
        GOOD, 0, ALL_GOOD, ini=_RATCHET, files={"b.json": _BASELINE % "exercised"}
    ),
    "a baseline that loses a level": Scenario(
        GOOD,
        1,
        ("failed", "lost since b.json: user.getStats:31: asserted -> exercised; "),
        ini=_RATCHET,
        files={"b.json": _BASELINE % "asserted"},
    ),
    "a broken baseline": Scenario(
        GOOD,
        1,
        ("failed", "the baseline b.json cannot be read: Expecting value: "),
        ini=_RATCHET,
        files={"b.json": "<<<<<<< ours"},
    ),
    "no baseline yet, in a narrowed run": Scenario(
        GOOD, 1, ("failed", "there is no baseline b.json; 1 of 19"), ("-k", "test_20"), ini=_RATCHET
    ),
    "nothing is demanded": Scenario(OK, 0, ("not asked", "1 of 19 codes exercised"), ini=()),
    # reports that cannot be written
    "a full disk": Scenario(
        GOOD,
        1,
        ("failed", "/dev/full could not be written: No space left on device; 2 of 19"),
        ("--flipsnack-report=badge:/dev/full",),
    ),
    "a directory that is a file": Scenario(
        GOOD,
        1,
        ("failed", "acme.py/a.svg could not be written: File exists; 2 of 19"),
        ("--flipsnack-report=badge:acme.py/a.svg",),
    ),
}
