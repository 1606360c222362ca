"""The status codes of the API, what each asks of a client, and named groups of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import IntEnum, StrEnum
from typing import Any, Self

from pytest_flipsnack.catalogue.facts import LOCAL, TABLE, Source, inferred


class Handling(StrEnum):
    """What a client does with a code when nobody declares otherwise."""

    ACCEPT = "accept"
    RETRY = "retry"
    POLL = "poll"
    ERROR = "error"


_NO_ADVICE = inferred("SEED", note="the table does not advise a retry")
_ADVICE = TABLE


class Code(IntEnum):
    """A Flipsnack status code, in the manner of `http.HTTPStatus`.

    `Code(31).message` is the vendor's text, `meaning` says it in our words, `handling` is the
    default rule for clients, `source` and `handling_source` tell where both come from. Iterating
    gives the vendor's table; `known_codes` adds those of the project's own catalogue.
    """

    message: str
    meaning: str
    handling: Handling
    deprecated: bool
    source: Source
    handling_source: Source

    def __new__(
        cls,
        value: int,
        message: str = "",
        meaning: str = "",
        handling: Handling = Handling.ERROR,
        deprecated: bool = False,
    ) -> Self:
        member = int.__new__(cls, value)
        member._value_ = value
        member.message = message
        member.meaning = meaning
        member.handling = handling
        member.deprecated = deprecated
        member.source = TABLE
        member.handling_source = _NO_ADVICE if handling is Handling.ERROR else _ADVICE
        return member

    @classmethod
    def _missing_(cls, value: object) -> Code | None:
        return _OWN.get(value) if isinstance(value, int) else None

    @property
    def is_local(self) -> bool:
        """Whether the project's own catalogue adds this code."""
        return self.source is LOCAL

    @property
    def title(self) -> str:
        """The message, marked where the project's own catalogue has it."""
        return f"{self.message} (local)" if self.is_local else self.message

    @property
    def label(self) -> str:
        """The code with its message: `31 Requests per second limit exceeded`."""
        return f"{self.value} {self.title}"

    # fmt: off
    OK = (
        20, "OK",
        "The request was carried out; `data` holds what there is to return.", Handling.ACCEPT)
    MAINTENANCE_MODE = (
        22, "Maintenance mode",
        "The servers are under maintenance and answer nothing; try again later.", Handling.RETRY)
    MISSING_PARAMETER = (
        30, "Missing mandatory parameter",
        "A required parameter is absent: apiKey, signature, action, or one of the action's own.")
    REQUESTS_PER_SECOND = (
        31, "Requests per second limit exceeded",
        "Too many requests within a second for this API key.", Handling.RETRY)
    REQUESTS_PER_MINUTE = (
        32, "Requests per minute limit exceeded",
        "Too many requests within a minute for this API key.", Handling.RETRY)
    UPLOADS_PER_MONTH = (
        33, "Uploads per month exceeded",
        "The uploads of this month are used up.")
    FILE_TOO_LARGE = (
        34, "File size too large",
        "The uploaded file is larger than the API takes.")
    TOO_MANY_PAGES = (
        35, "Flipbook maximum pages number exceeded",
        "The uploaded document has more pages than the API takes.")
    MULTIPLE_FILES = (
        36, "Multiple files upload not allowed",
        "An upload request carries more than one file.")
    DELETE_NOT_AVAILABLE = (
        37, "Delete flipbook not available for this flipbook",
        "The flipbook cannot be deleted; the vendor has deprecated this code.",
        Handling.ERROR, True)
    PROCESSING = (
        38, "Flipbook is in processing state",
        "The flipbook is still being converted; ask collection.getCollection every few seconds "
        "until collectionStatus is no longer processing.", Handling.POLL)
    BAD_REQUEST = (
        40, "Bad request",
        "Wrong verb for the action (POST only for uploads), a malformed request or URL.")
    INVALID_CREDENTIALS = (
        41, "Invalid credentials",
        "The API key is not valid.")
    INVALID_ACTION = (
        42, "Invalid action",
        "The API has no method of that name.")
    FORBIDDEN = (
        43, "Forbidden",
        "The flipbook was deleted or belongs to another user.")
    INVALID_SIGNATURE = (
        44, "Invalid signature",
        "The signature does not match the request.")
    INVALID_FILE_FORMAT = (
        45, "Invalid file format",
        "The uploaded file is not of an accepted type.")
    INVALID_HASH = (
        46, "Invalid flipbook hash",
        "There is no flipbook with this hash.")
    INVALID_HASH_47 = (
        47, "Invalid flipbook hash",
        "There is no flipbook with this hash; the table does not say when 46 or 47 is sent.")
    OPERATION_FAILED = (
        50, "Operation failed",
        "The server failed; send the request again after a few seconds.", Handling.RETRY)
    # fmt: on


_OWN: dict[int, Code] = {}


def local_code(value: int, message: str, meaning: str, handling: Handling) -> Code:
    """Return a code that no page lists; it is known from `use_codes` on."""
    made = int.__new__(Code, value)
    made._name_ = f"LOCAL_{value}"
    made._value_ = value
    made.message, made.meaning, made.handling = message, meaning, handling
    made.deprecated = False
    made.source = made.handling_source = LOCAL
    return made


def use_codes(local: Iterable[Code]) -> None:
    """Know these codes beside those of the table, and no others."""
    _OWN.clear()
    _OWN.update((code.value, code) for code in local)


def known_codes() -> tuple[Code, ...]:
    """Return the codes of the table and those of the project's own catalogue, by number."""
    return (*Code,) if not _OWN else tuple(sorted((*Code, *_OWN.values())))


def known_code(value: Any) -> Code | None:
    """Return the `Code` for an integer, None for one that nobody knows."""
    try:
        return Code(value)
    except ValueError:
        return None


def code_of(value: object) -> Code:
    """Return the `Code` for an integer; raise `ValueError` naming the known ones."""
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return Code(value)
        except ValueError:
            pass
    if isinstance(value, str) and value.strip() in {str(code.value) for code in known_codes()}:
        raise ValueError(f"{value!r} is text; write {value.strip()} without quotes")
    if isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is a list; write its codes one by one, as in respond(31, 20)")
    if isinstance(value, str) and "," in value:
        raise ValueError(_several(value))
    known = ", ".join(str(code.value) for code in known_codes())
    raise ValueError(f"{value!r} is not a Flipsnack status code; known codes: {known}")


GROUPS: dict[str, Callable[[Code], bool]] = {
    "all": lambda code: True,
    "errors": lambda code: code is not Code.OK,
    "retryable": lambda code: code.handling is Handling.RETRY,
    "permanent": lambda code: code.handling is Handling.ERROR,
    "rate_limit": lambda code: code in {31, 32},
    "upload": lambda code: code in {33, 34, 35, 36, 45},
    "request": lambda code: code in {30, 36, 40, 42},
    "credentials": lambda code: code in {41, 44},
    "flipbook": lambda code: code in {37, 38, 43, 46, 47},
    "server": lambda code: code in {22, 50},
    "deprecated": lambda code: code.deprecated,
    "local": lambda code: code.is_local,
}
"""Group name to membership test. `permanent` means: a retry does not help."""


def select(names: Iterable[object], exclude: Iterable[object] = ()) -> tuple[Code, ...]:
    """Return the codes that `names` (codes or group names) cover, less `exclude`, in table order.

    Raises `ValueError` for a code or a group that does not exist.
    """
    wanted = {code for name in names for code in _members(name)}
    wanted -= {code for name in exclude for code in _members(name)}
    return tuple(code for code in known_codes() if code in wanted)


def _several(text: str) -> str:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    each = f"{' and '.join(map(repr, parts))} apart" if len(parts) > 1 else "each code by itself"
    return f"{text!r} holds a comma; write {each}, without a comma"


def _members(name: object) -> tuple[Code, ...]:
    if not isinstance(name, str):
        return (code_of(name),)
    text = name.strip()
    if text.isdecimal():
        return (code_of(int(text)),)
    group = GROUPS.get(text.lower().replace(" ", "_").replace("-", "_"))
    if group is None and "," in text:
        raise ValueError(_several(name))
    if group is None:
        known = ", ".join(GROUPS)
        raise ValueError(f"{name!r} is neither a status code nor a group; known groups: {known}")
    return tuple(code for code in known_codes() if group(code))
