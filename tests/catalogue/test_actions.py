"""Each action has the host, the verb, the parameters and the codes of the fact sheet."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from pytest_flipsnack.catalogue.action import COMMON_PARAMETERS, SETTABLE_STATUSES, Param, State
from pytest_flipsnack.catalogue.actions import ACTIONS, action_of
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import Basis, Source

ANY_REQUEST = {20, 22, 30, 31, 32, 40, 41, 42, 44, 50}
ON_A_HASH = {43, 46, 47}
UPLOADS = {33, 34, 35, 36, 45}


class Row(NamedTuple):
    """One line of the fact sheet; required parameters end in `*`."""

    reach: str
    params: str
    codes: set[int]
    state: State = State.CURRENT


CURRENT, DEPRECATED, REMOVED = State
SETTINGS = "title description collectionWidth collectionHeight collectionStatus"
GET, POST = "api.flipsnack.com GET", "upload.flipsnack.com POST"
FILE_ON_A_HASH = "collectionHash* file fileUrl"
FACTS = {
    "collection.create": Row(
        POST, f"file fileUrl {SETTINGS} width height status playerSettings", UPLOADS
    ),
    "collection.getCollection": Row(GET, "collectionHash*", ON_A_HASH),
    "collection.update": Row(GET, f"collectionHash* {SETTINGS}", ON_A_HASH | {38}),
    "collection.deleteCollection": Row(GET, "collectionHash*", ON_A_HASH | {37}),
    "collection.getEmbed": Row(
        GET, "collectionHash* https responsive startPage startBook width height", ON_A_HASH
    ),
    "collection.getStats": Row(
        GET, "collectionHash* startDate endDate includePageStats", ON_A_HASH
    ),
    "collection.getList": Row(GET, "collectionStatus query from to orderBy orderMode", set()),
    "collection.downloadHTML": Row(GET, "collectionHash*", ON_A_HASH | {38}),
    "user.getStats": Row(GET, "", set()),
    "zapier.getZapierLeadFormSample": Row("None None", "", set()),
    "products.create": Row("api.flipsnack.com None", "sourceHash* products*", set()),
    "products.update": Row("api.flipsnack.com None", "sourceHash* products*", set()),
    "products.delete": Row("api.flipsnack.com None", "sourceHash* productsSKU*", set()),
    "flipbook.add": Row(POST, FILE_ON_A_HASH, UPLOADS | ON_A_HASH, DEPRECATED),
    "flipbook.delete": Row(GET, "collectionHash* flipbookHash*", ON_A_HASH | {37}, REMOVED),
    "flipbook.getStats": Row("None None", "", set(), REMOVED),
    "collection.setLogo": Row(POST, FILE_ON_A_HASH, UPLOADS | ON_A_HASH, REMOVED),
    "collection.setBackgroundImage": Row(POST, FILE_ON_A_HASH, UPLOADS | ON_A_HASH, REMOVED),
    "collection.deleteLogo": Row(GET, "collectionHash*", ON_A_HASH, REMOVED),
    "collection.deleteBackgroundImage": Row(GET, "collectionHash*", ON_A_HASH, REMOVED),
}


def written(param: Param) -> str:
    return f"{param.name}*" if param.required else param.name


def test_every_action_of_the_fact_sheet_is_here() -> None:
    assert list(ACTIONS) == list(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_an_action_has_its_host_and_verb(name: str) -> None:
    action = ACTIONS[name]
    assert f"{action.host} {action.verb}" == FACTS[name].reach


@pytest.mark.parametrize("name", FACTS)
def test_an_action_has_its_parameters(name: str) -> None:
    assert " ".join(written(param) for param in ACTIONS[name].params) == FACTS[name].params


@pytest.mark.parametrize("name", FACTS)
def test_an_action_has_its_codes_in_table_order(name: str) -> None:
    assert list(ACTIONS[name].codes) == sorted(ANY_REQUEST | FACTS[name].codes)


@pytest.mark.parametrize("name", FACTS)
def test_an_action_is_as_current_as_the_pages_say(name: str) -> None:
    assert ACTIONS[name].state is FACTS[name].state


@pytest.mark.parametrize("name", FACTS)
def test_an_upload_needs_a_file_or_its_url_and_nothing_else_does(name: str) -> None:
    expected = ("file", "fileUrl") if FACTS[name].reach == POST else ()
    assert ACTIONS[name].one_of == expected


def test_deleting_returns_no_data() -> None:
    silent = [name for name, action in ACTIONS.items() if not action.returns_data]
    assert silent == ["collection.deleteCollection", "flipbook.delete"]


def test_actions_that_take_a_hash_are_those_that_require_one() -> None:
    hashed = {name for name, row in FACTS.items() if "collectionHash*" in row.params}
    assert {name for name, action in ACTIONS.items() if action.takes_hash} == hashed


def test_every_request_needs_three_parameters() -> None:
    assert COMMON_PARAMETERS == ("apiKey", "signature", "action")


def test_a_status_that_a_request_sets_is_one_of_three() -> None:
    assert SETTABLE_STATUSES == ("public", "editable", "unlisted")
    enums = {param.enum for action in ACTIONS.values() for param in action.params if param.enum}
    assert enums == {SETTABLE_STATUSES}


def sources() -> list[tuple[str, Source]]:
    found = [(name, action.source) for name, action in ACTIONS.items()]
    for name, action in ACTIONS.items():
        found += [(f"{name} {param.name}", param.source) for param in action.params]
        found += [(f"{name} {code:d}", source) for code, source in action.codes.items()]
    return found


def test_every_fact_has_a_source() -> None:
    assert [fact for fact, source in sources() if not (source.pages or source.note)] == []


def test_every_documented_fact_names_its_page() -> None:
    documented = {fact: src.pages for fact, src in sources() if src.basis is Basis.DOCUMENTED}
    assert len(documented) > 200
    assert [fact for fact, pages in documented.items() if not pages] == []


def test_38_and_37_tell_how_well_they_are_known() -> None:
    update = ACTIONS["collection.update"].codes[Code.PROCESSING]
    delete = ACTIONS["collection.deleteCollection"].codes[Code.DELETE_NOT_AVAILABLE]

    assert (str(update), update.note) == ("documented (API reference)", "newer pages only")
    assert (str(delete), delete.note) == (
        "inferred (status code table)",
        "the message speaks of deleting",
    )


def test_the_upper_bound_of_a_list_is_a_choice() -> None:
    bound = next(param for param in ACTIONS["collection.getList"].params if param.name == "to")
    assert str(bound.source) == "choice"


def test_the_codes_of_an_action_cannot_be_changed() -> None:
    with pytest.raises(TypeError, match="does not support item assignment"):
        ACTIONS["user.getStats"].codes[Code.FORBIDDEN] = Source(Basis.CHOICE)  # type: ignore[index]


def test_a_name_finds_its_action() -> None:
    assert action_of("user.getStats") is ACTIONS["user.getStats"]


@pytest.mark.parametrize("wrong", ["user.getstats", "", None, 20, ["user.getStats"]], ids=repr)
def test_an_unknown_action_is_refused_with_the_known_ones(wrong: object) -> None:
    with pytest.raises(ValueError) as caught:
        action_of(wrong)

    assert str(caught.value) == (
        f"{wrong!r} is not a Flipsnack action; known actions: {', '.join(FACTS)}"
    )
