"""What docs/virtual-time.md promises is so; its block runs."""

from __future__ import annotations

import re

import pytest

from pytest_flipsnack import VirtualClock
from pytest_flipsnack.virtual_time import thread_state, waits
from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs/virtual-time.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [block.name for block in blocks(PAGE)])
def test_the_block_runs(pytester: pytest.Pytester, name: str) -> None:
    def passes(block: Block) -> str | None:
        (pytester.path / name).write_text(block.text, encoding="utf-8")
        result = pytester.runpytest_inprocess("-p", "pytest_flipsnack", name)
        return None if result.parseoutcomes() == {"passed": 1} else result.stdout.str()

    [block] = [block for block in blocks(PAGE) if block.name == name]
    block.run(passes)


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/virtual-time.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_figures_of_the_page_are_those_of_the_code() -> None:
    assert "at most half a second of real time for a sleep" in TEXT
    assert thread_state.SOON_S == 0.5
    assert "gives it up to five seconds while it works" in TEXT
    assert waits._PATIENCE_WITH_WORK_S == 5.0


def test_every_clock_that_the_page_names_moves() -> None:
    [paragraph] = re.findall(r"All clocks that a client can read: (.*?); `datetime", TEXT)
    names = re.findall(r"`(?:time\.)?(\w+)`", paragraph)
    assert names == [
        "time", "monotonic", "perf_counter", "_ns", "clock_gettime", "gmtime", "localtime",
        "ctime", "asctime", "strftime",
    ]  # fmt: skip
    import time

    with VirtualClock():
        codes = [getattr(time, name).__self__ for name in names if name != "_ns"]
        assert all(owner is not time for owner in codes)
    assert all(getattr(time, name).__self__ is time for name in names if name != "_ns")
