"""What is known of a method of the API: host, verb, parameters and the codes it can answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.facts import TABLE, Source, inferred

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


@dataclass(frozen=True, slots=True, eq=False)  # there is one of each
class Action:
    """One API method.

    `upload` tells the host, `verb` the HTTP method; both are None where no page says.
    `one_of` lists parameters of which at least one is required. `codes` maps every code the
    action can answer to the source that says so. `fields` are what the project's own catalogue
    adds to `data`, each with its JSON Schema; `local_codes` what it adds to the codes.
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
    fields: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    local_codes: tuple[Code, ...] = ()
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
    found |= {code: code.source for code in action.local_codes}
    return {code: found[code] for code in sorted(found)}
