"""The methods of the API, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from pytest_flipsnack.catalogue.action import (
    SETTABLE_STATUSES,
    Action,
    Param,
    State,
)
from pytest_flipsnack.catalogue.facts import Source, choice, documented, inferred

ActionName = Literal[
    "collection.create", "collection.getCollection", "collection.update",
    "collection.deleteCollection", "collection.getEmbed", "collection.getStats",
    "collection.getList", "collection.downloadHTML", "user.getStats",
    "zapier.getZapierLeadFormSample", "products.create", "products.update", "products.delete",
    "flipbook.add", "flipbook.delete", "flipbook.getStats", "collection.setLogo",
    "collection.setBackgroundImage", "collection.deleteLogo", "collection.deleteBackgroundImage",
]  # fmt: skip
"""The names of `ACTIONS`, for type checkers."""
_R = documented("H1", "R1", "R0", "M")
_HASH = Param("collectionHash", required=True, source=documented("H1", "P1", "R1", "R0", "M"))
_FILE = Param("file", "file", source=documented("H1", "H2", "R1", "R0"))
_FILE_URL = Param("fileUrl", source=documented("H1", "H2", "R1", "R0"))
_AS_UPDATE = inferred(note="the list of create is cut; taken from collection.update")
_OLD_HELP = inferred("HELP", note="an older guide names it, and no page of the method")
_UPDATE = (
    Param("title", source=documented("P1", "R1", "R0")),
    Param("description", source=documented("P1", "R1", "R0")),
    Param("collectionWidth", "number", source=documented("P1", "R1", "R0")),
    Param("collectionHeight", "number", source=documented("R0")),
    Param("collectionStatus", enum=SETTABLE_STATUSES, source=documented("R0")),
)
_CREATE = (
    _FILE,
    _FILE_URL,
    Param("title", source=documented("HELP")),
    Param("description", source=documented("HELP")),
    Param("collectionWidth", "number", source=_AS_UPDATE),
    Param("collectionHeight", "number", source=_AS_UPDATE),
    Param("collectionStatus", enum=SETTABLE_STATUSES, source=_AS_UPDATE),
    Param("width", "number", source=_OLD_HELP),
    Param("height", "number", source=_OLD_HELP),
    Param("status", source=_OLD_HELP),
    Param("playerSettings", source=_OLD_HELP),
)
_NOT_WHILE_PROCESSING = documented("R0", "M", note="newer pages only")
_FEED = Param("sourceHash", required=True, source=documented("PR"))
_PRODUCTS = Param("products", "json", required=True, source=documented("PR"))
_FROM_CLIENT = inferred("CS", note="seen in a public client only")


def _upload(name: str, *params: Param, state: State = State.CURRENT, source: Source = _R) -> Action:
    return Action(
        name, True, "POST", params, one_of=("file", "fileUrl"), state=state, source=source
    )


def _product(name: str, *params: Param) -> Action:
    # A JSON payload of up to 200 MB cannot be a GET, and no page names the verb.
    return Action(name, False, None, (_FEED, *params), source=documented("PR"))


_ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        _upload("collection.create", *_CREATE),
        Action("collection.getCollection", params=(_HASH,), source=_R),
        Action(
            "collection.update",
            params=(_HASH, *_UPDATE),
            processing=_NOT_WHILE_PROCESSING,
            source=_R,
        ),
        Action("collection.deleteCollection", params=(_HASH,), returns_data=False, source=_R),
        Action(
            "collection.getEmbed",
            params=(
                _HASH,
                Param("https", "boolean", source=documented("R1")),
                Param("responsive", "boolean", source=documented("R1")),
                Param("startPage", "number", source=documented("R1")),
                Param("startBook", "number", source=documented("R1")),
                Param("width", "number", source=documented("R1")),
                Param("height", "number", source=_FROM_CLIENT),
            ),
            source=documented("R1"),
        ),
        Action(
            "collection.getStats",
            params=(
                _HASH,
                Param("startDate", "date", source=documented("R0")),
                Param("endDate", "date", source=documented("R0")),
                Param("includePageStats", "boolean", source=documented("R0")),
            ),
            source=_R,
        ),
        Action(
            "collection.getList",
            params=(
                Param(
                    "collectionStatus",
                    enum=SETTABLE_STATUSES,
                    source=documented("H1", "P1", "R0"),
                ),
                Param("query", source=documented("R0")),
                Param("from", "number", source=documented("R0")),
                Param("to", "number", source=choice("the name of the bound is not readable")),
                Param("orderBy", source=_FROM_CLIENT),
                Param("orderMode", source=_FROM_CLIENT),
            ),
            source=_R,
        ),
        Action(
            "collection.downloadHTML",
            params=(_HASH,),
            processing=_NOT_WHILE_PROCESSING,
            source=_R,
        ),
        Action("user.getStats", source=_R),
        Action(
            "zapier.getZapierLeadFormSample",
            None,
            None,
            source=documented("R0", "HELP", note="named in the menu; the page is not readable"),
        ),
        _product("products.create", _PRODUCTS),
        _product("products.update", _PRODUCTS),
        _product("products.delete", Param("productsSKU", "json", True, (), documented("PR"))),
        _upload("flipbook.add", _HASH, _FILE, _FILE_URL, state=State.DEPRECATED, source=_R),
        Action(
            "flipbook.delete",
            params=(_HASH, Param("flipbookHash", "string", True, (), documented("H1", "P1"))),
            state=State.REMOVED,
            returns_data=False,
            source=documented("H1", "FP", "P1"),
        ),
        Action(
            "flipbook.getStats",
            None,
            None,
            state=State.REMOVED,
            source=documented("FP", note="named in the menu only"),
        ),
        *(
            _upload(
                name,
                _HASH,
                _FILE,
                _FILE_URL,
                state=State.REMOVED,
                source=documented("H1", "FP", "R1"),
            )
            for name in ("collection.setLogo", "collection.setBackgroundImage")
        ),
        *(
            Action(
                name,
                params=(_HASH,),
                state=State.REMOVED,
                source=documented("H1", "FP", "R1"),
            )
            for name in ("collection.deleteLogo", "collection.deleteBackgroundImage")
        ),
    )
}
ACTIONS: Mapping[str, Action] = MappingProxyType(_ACTIONS)
"""Every action of the fact sheet, removed ones included, and of the project's own catalogue, by name."""
_DOCUMENTED = dict(_ACTIONS)


def documented_actions() -> Mapping[str, Action]:
    """Return the actions of the fact sheet alone."""
    return MappingProxyType(_DOCUMENTED)


def use_actions(local: Mapping[str, Action]) -> None:
    """Know these actions beside, or in the place of, documented ones of their name."""
    _ACTIONS.clear()
    _ACTIONS.update({**_DOCUMENTED, **local})


def action_of(name: object) -> Action:
    """Return the action of that name; raise `ValueError` naming the known ones."""
    found = ACTIONS.get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"{name!r} is not a Flipsnack action; known actions: {', '.join(ACTIONS)}")
    return found
