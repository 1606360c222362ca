"""A fact says how well it is known, and where it was read."""

from __future__ import annotations

from pytest_flipsnack.catalogue.facts import TABLE, Basis, choice, documented, inferred


def test_a_documented_fact_names_its_pages() -> None:
    assert str(documented("H1", "R0")) == "documented (API reference)"


def test_an_inferred_fact_may_stand_on_no_page() -> None:
    fact = inferred(note="because")

    assert str(fact) == "inferred"
    assert fact.note == "because"


def test_a_choice_has_a_reason_and_no_page() -> None:
    fact = choice("nobody says")

    assert (fact.basis, fact.pages, fact.note) == (Basis.CHOICE, (), "nobody says")
    assert str(fact) == "choice"


def test_the_table_is_documentation() -> None:
    assert str(TABLE) == "documented (status code table)"
