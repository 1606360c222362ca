from __future__ import annotations

from decimal import Decimal

from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.coverage import term
from pytest_flipsnack.coverage.demand import Demand
from pytest_flipsnack.coverage.tally import Tally
from pytest_flipsnack.coverage.verdict import Run, decide
from pytest_flipsnack.coverage.writers import Coverage

TABLE = """\
code  message                                          deliveries  tests
  20  OK                                                        3      2
  22  Maintenance mode                                          0      0  missing
  30  Missing mandatory parameter                               0      0  missing
  31  Requests per second limit exceeded                        2      1
  32  Requests per minute limit exceeded                        0      0  missing
  33  Uploads per month exceeded                                0      0  (we only read)
  34  File size too large                                       0      0  (we only read)
  35  Flipbook maximum pages number exceeded                    0      0  (we only read)
  36  Multiple files upload not allowed                         0      0  (we only read)
  37  Delete flipbook not available for this flipbook           1      1  (deprecated, not demanded)
  38  Flipbook is in processing state                           0      0  missing
  40  Bad request                                               0      0  missing
  41  Invalid credentials                                       0      0  missing
  42  Invalid action                                            0      0  missing
  43  Forbidden                                                 0      0  missing
  44  Invalid signature                                         0      0  missing
  45  Invalid file format                                       0      0  (we only read)
  46  Invalid flipbook hash                                     0      0  missing
  47  Invalid flipbook hash                                     0      0  missing
  50  Operation failed                                          0      0  missing
2 of 14 codes exercised (14.2 %)"""


def coverage_of(demand: Demand, *tests: dict[tuple[str, int], int]) -> Coverage:
    tally = Tally()
    for hits in tests:
        tally.add_test(hits)
    return Coverage(tally, demand, decide(tally, demand, Run()), "2026-01-02T03:04:05+00:00")


def some_coverage() -> Coverage:
    reads_only = {Code(code): "we only read" for code in (33, 34, 35, 36, 45)}
    return coverage_of(
        Demand(Decimal(100), excluded=reads_only),
        {("user.getStats", 20): 2, ("user.getStats", 31): 2, ("(unknown)", 20): 1},
        {("user.getStats", 20): 0, ("collection.deleteCollection", 37): 1},
    )


def test_the_table_names_every_code_with_its_counts() -> None:
    lines = list(term.summary(some_coverage()))

    assert "\n".join(line.text for line in lines) == TABLE


def test_the_colours_say_what_the_words_say() -> None:
    lines = {line.text[:4]: line.style for line in term.summary(some_coverage())}

    assert lines["code"] == {"bold": True}
    assert lines["  20"] == {"green": True}
    assert lines["  50"] == {"red": True}
    assert lines["  33"] == {}
    assert lines["2 of"] == {"yellow": True}


def test_a_full_table_ends_in_green() -> None:
    everything = {("user.getStats", code.value): 1 for code in Code}

    *_, last = term.summary(coverage_of(Demand(), everything))

    assert (last.text, last.style) == ("19 of 19 codes exercised (100 %)", {"green": True})


def test_term_missing_adds_the_code_to_add_and_the_actions_it_is_open_for() -> None:
    lines = [line.text for line in term.missing(some_coverage())]

    assert "\n".join(lines[:22]) == TABLE
    assert lines[22] == ("missing: 22 Maintenance mode; add a test with @pytest.mark.flipsnack(22)")
    assert [line.split()[1] for line in lines[22:34]] == [
        *("22", "30", "32", "38", "40", "41", "42", "43", "44", "46", "47", "50")
    ]
    assert lines[34:] == [
        f"not exercised with {name}: {open_for(name, delivered)}"
        for name, delivered in (("collection.deleteCollection", 37), ("user.getStats", 31))
    ]


def open_for(name: str, delivered: int) -> str:
    """The codes of the action that are demanded, less those that the tests above deliver."""
    seen = {delivered, 33, 34, 35, 36, 37, 45} | ({20} if name == "user.getStats" else set())
    return ", ".join(str(code.value) for code in ACTIONS[name].codes if code not in seen)


def test_term_missing_does_not_ask_for_more_of_an_action_that_is_gone() -> None:
    lines = [
        line.text for line in term.missing(coverage_of(Demand(), {("flipbook.delete", 20): 1}))
    ]

    assert not any("flipbook.delete" in line for line in lines)
    assert lines[-1].startswith("missing: 50 Operation failed; ")
