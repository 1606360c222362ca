from __future__ import annotations

from decimal import Decimal

import pytest

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.reports import term
from pytest_flipsnack.coverage.tally import Level
from pytest_flipsnack.coverage.writers import TermWriter
from tests.coverage.covered import DEMAND, EVERYTHING, LIST, SOME, STATS, Tests, cover

TABLE = """\
code  message                            delivered  tests  asserted
  20  OK                                         3      2         0
  22  Maintenance mode                           0      0         0  missing
  30  Missing mandatory parameter                0      0         0  missing
  31  Requests per second limit exce...          2      1         1
  32  Requests per minute limit exce...          0      0         0  missing
  33  Uploads per month exceeded                 0      0         0
  34  File size too large                        0      0         0
  35  Flipbook maximum pages number ...          0      0         0
  36  Multiple files upload not allowed          0      0         0
  37  Delete flipbook not available ...          0      0         0
  38  Flipbook is in processing state            0      0         0  missing
  40  Bad request                                0      0         0  missing
  41  Invalid credentials                        0      0         0  missing
  42  Invalid action                             0      0         0  missing
  43  Forbidden                                  0      0         0  missing
  44  Invalid signature                          0      0         0  missing
  45  Invalid file format                        0      0         0
  46  Invalid flipbook hash                      0      0         0  missing
  47  Invalid flipbook hash                      0      0         0  missing
  50  Operation failed                           1      1         0
  33  (we only read)
  34  (we only read)
  35  (we only read)
  36  (we only read)
  37  (deprecated, not demanded)
  45  (we only read)
exercised only: 20, 50
3 of 14 codes exercised (21.4 %), 1 of 14 codes asserted (7.1 %)"""


def test_the_table_names_every_code_with_its_counts() -> None:
    lines = list(term.summary(cover(DEMAND, SOME)))

    assert "\n".join(line.text for line in lines) == TABLE


def test_where_asserting_is_demanded_the_table_marks_what_is_exercised_only() -> None:
    lines = [line.text for line in term.summary(cover(Demand(level=Level.ASSERTED), SOME))]

    assert lines[1] == f"{TABLE.splitlines()[1]}  only"
    assert lines[4] == TABLE.splitlines()[4]


def test_the_colours_say_what_the_words_say() -> None:
    styles: dict[str, dict[str, bool]] = {}
    for line in term.summary(cover(DEMAND, SOME)):
        styles.setdefault(line.text[:4], line.style)

    assert styles["code"] == {"bold": True}
    assert styles["  20"] == {"yellow": True}
    assert styles["  31"] == {"green": True}
    assert styles["  22"] == {"red": True}
    assert styles["  33"] == {}
    assert styles["3 of"] == {"yellow": True}


def test_a_full_table_ends_in_green() -> None:
    *_, last = term.summary(cover(Demand(), EVERYTHING))

    text = "19 of 19 codes exercised (100 %), 19 of 19 codes asserted (100 %)"
    assert (last.text, last.style) == (text, {"green": True})


def test_term_missing_adds_an_asserting_test_for_each_code_and_the_actions_that_are_open() -> None:
    lines = [line.text for line in term.missing(cover(DEMAND, SOME))]

    rest = lines[len(TABLE.splitlines()) :]
    assert rest[:4] == [
        "exercised only: 20 OK",
        "    with flipsnack.expect(20): client.call()",
        "missing: 22 Maintenance mode",
        "    with flipsnack.expect(22, raises=...): client.call()",
    ]
    heads = [line.split()[1] for line in rest if line.startswith("missing: ")]
    assert heads == ["22", "30", "32", "38", "40", "41", "42", "43", "44", "46", "47"]
    assert rest[-2:] == [
        f"not exercised with {name}: {open_for(name, delivered)}"
        for name, delivered in ((LIST, {50}), (STATS, {20, 31}))
    ]


def open_for(name: str, delivered: set[int]) -> str:
    """The codes of the action that are demanded, less those that the tests above deliver."""
    seen = delivered | {33, 34, 35, 36, 37, 45}
    return ", ".join(str(code.value) for code in ACTIONS[name].codes if code not in seen)


def test_term_missing_does_not_ask_for_more_of_an_action_that_is_gone() -> None:
    tests: Tests = {"test_old": ({("flipbook.delete", 20): 1}, [])}

    lines = [line.text for line in term.missing(cover(Demand(), tests))]

    assert not any("flipbook.delete" in line for line in lines)
    assert lines[-1] == "    with flipsnack.expect(50, raises=...): client.call()"


LONG = "our proxy answers this itself, " * 12
EVERY_ACTION: Tests = {
    "test_all": ({(name, code.value): 999_999 for name in ACTIONS for code in Code}, [])
}
CALLED: Tests = {"test_all": ({(name, 20): 1 for name in ACTIONS}, [])}


@pytest.mark.parametrize("writer", [term.summary, term.missing])
@pytest.mark.parametrize("level", [*Level])
@pytest.mark.parametrize("tests", [{}, SOME, CALLED, EVERY_ACTION])
def test_every_line_fits_80_columns(writer: TermWriter, level: Level, tests: Tests) -> None:
    excluded = {Code(37): LONG, Code(44): "https://example.org/" + "x" * 200}
    demand = Demand(Decimal(100), excluded=excluded, level=level)

    lines = [line.text for line in writer(cover(demand, tests))]

    assert [line for line in lines if len(line) > 80] == []
    assert any("our proxy answers" in line for line in lines)
