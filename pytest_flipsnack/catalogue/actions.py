"""The methods of the API: host, verb, parameters and the codes each can answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source, choice, documented, inferred

API_HOST = "api.flipsnack.com"
UPLOAD_HOST = "upload.flipsnack.com"
BASE_PATH = "/v1"
COMMON_PARAMETERS = ("apiKey", "signature", "action")
"""Required by every request; each one missing is 30 (all pages, SEED)."""
SETTABLE_STATUSES = ("public", "editable", "unlisted")
"""Values of `collectionStatus` that a request may send (R0-list)."""


class State(StrEnum):
    """Whether the newest pages still offer an action."""

    CURRENT = "current"
    DEPRECATED = "deprecated"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of an action.

    `type` is the documented one: every value travels as text in the URL. `file` marks the
    upload itself, which is never signed.
    """

    name: str
    type: Literal["string", "number", "boolean", "date", "json", "file"] = "string"
    required: bool = False
    enum: tuple[str, ...] = ()
    source: Source = TABLE


@dataclass(frozen=True, slots=True)
class Action:
    """One API method.

    `upload` tells the host, `verb` the HTTP method; both are None where no page says.
    `one_of` lists parameters of which at least one is required. `codes` maps every code the
    action can answer to the source that says so.
    """

    name: str
    upload: bool | None = False
    verb: Literal["GET", "POST"] | None = "GET"
    params: tuple[Param, ...] = ()
    one_of: tuple[str, ...] = ()
    state: State = State.CURRENT
    returns_data: bool = True
    processing: Source | None = None
    source: Source = TABLE
    codes: Mapping[Code, Source] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", MappingProxyType(_codes(self)))

    @property
    def host(self) -> str | None:
        """The documented host, or None where no page names one."""
        if self.upload is None:
            return None
        return UPLOAD_HOST if self.upload else API_HOST

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the parameters without which Flipsnack answers 30, common ones left out."""
        return tuple(param.name for param in self.params if param.required)

    @property
    def takes_hash(self) -> bool:
        """Whether the action works on one existing collection."""
        return "collectionHash" in self.required

    @property
    def answers_processing(self) -> bool:
        """Whether a reply with 20 may say that the collection or archive is not ready yet."""
        return self.name in _ANSWER_PROCESSING


_ANSWER_PROCESSING = {"collection.create", "collection.getCollection", "collection.downloadHTML"}
_HASH_CODES = (Code.FORBIDDEN, Code.INVALID_HASH, Code.INVALID_HASH_47)
_UPLOAD_CODES = (
    Code.UPLOADS_PER_MONTH,
    Code.FILE_TOO_LARGE,
    Code.TOO_MANY_PAGES,
    Code.MULTIPLE_FILES,
    Code.INVALID_FILE_FORMAT,
)
_ANY_REQUEST = (
    Code.OK,
    Code.MAINTENANCE_MODE,
    Code.MISSING_PARAMETER,
    Code.REQUESTS_PER_SECOND,
    Code.REQUESTS_PER_MINUTE,
    Code.BAD_REQUEST,
    Code.INVALID_CREDENTIALS,
    Code.INVALID_ACTION,
    Code.INVALID_SIGNATURE,
    Code.OPERATION_FAILED,
)


def _codes(action: Action) -> dict[Code, Source]:
    found = dict.fromkeys(_ANY_REQUEST, TABLE)
    if action.takes_hash:
        found |= dict.fromkeys(_HASH_CODES, TABLE)
    if action.upload:
        found |= dict.fromkeys(_UPLOAD_CODES, TABLE)
    if action.processing is not None:
        found[Code.PROCESSING] = action.processing
    if action.name in {"collection.deleteCollection", "flipbook.delete"}:
        found[Code.DELETE_NOT_AVAILABLE] = inferred("SEED", note="the message speaks of deleting")
    return {code: found[code] for code in sorted(found)}


_R = documented("H1", "R1", "R0", "M")
_HASH = Param("collectionHash", required=True, source=documented("H1", "P1", "R1", "R0", "M"))
_FILE = Param("file", "file", source=documented("H1", "H2", "R1", "R0"))
_FILE_URL = Param("fileUrl", source=documented("H1", "H2", "R1", "R0"))
_AS_UPDATE = inferred(note="the list of create is cut; taken from collection.update")
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


ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
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
)
"""Every action of the fact sheet, removed ones included, by name."""


def action_of(name: object) -> Action:
    """Return the action of that name; raise `ValueError` naming the known ones."""
    found = ACTIONS.get(name) if isinstance(name, str) else None
    if found is None:
        raise ValueError(f"{name!r} is not a Flipsnack action; known actions: {', '.join(ACTIONS)}")
    return found
