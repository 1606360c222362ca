"""The choices that the documentation leaves open, each with a default and a reason."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from importlib.util import find_spec
from typing import Any, Literal, TypedDict, get_args

SignatureOrder = Literal["either", "ascii", "ignorecase"]
SignatureValues = Literal["raw", "encoded", "either"]
UnknownHash = Literal[46, 47]
FirstRecord = Literal[0, 1]


class SettingValues(TypedDict, total=False):
    """The fields of `Settings` as keywords of `flipsnack.configure(...)`, for type checkers."""

    check_signature: bool
    signature_order: SignatureOrder
    signature_values: SignatureValues
    requests_per_second: int
    requests_per_minute: int
    uploads_per_month: int
    max_file_mb: int
    max_pages: int
    file_types: str
    unknown_hash: UnknownHash
    processing_s: float
    download_s: float
    http_status: int
    records_per_page: int
    first_record: FirstRecord


def _row(default: object, text: str, *, allowed: tuple[Any, ...] = ()) -> Any:
    return field(default=default, metadata={"help": text, "allowed": allowed})


@dataclass(frozen=True, slots=True)
class Settings:
    """How the fake behaves where the documentation is silent or contradicts itself.

    Every field is an ini key `flipsnack_<name>` and a keyword of `flipsnack.configure(...)`.
    """

    check_signature: bool = _row(
        True, "refuse a wrong signature with 44; false loosens this for every test"
    )
    signature_order: SignatureOrder = _row(
        "either",
        "order of parameter names: ASCII, ignoring case, or either (no page says)",
        allowed=get_args(SignatureOrder),
    )
    signature_values: SignatureValues = _row(
        "raw",
        "values in the signed text: raw as documented by example, URL-encoded, or either",
        allowed=get_args(SignatureValues),
    )
    requests_per_second: int = _row(
        0, "answer 31 above this many (documented: 5, elsewhere 3); 0 is off, tests are fast"
    )
    requests_per_minute: int = _row(
        0, "answer 32 above this many (documented: 60, elsewhere 30); 0 is off, tests are fast"
    )
    uploads_per_month: int = _row(
        1000, "answer 33 above this many successful collection.create calls; 0 is off"
    )
    max_file_mb: int = _row(500, "answer 34 above this size (other pages: 100); 0 is off")
    max_pages: int = _row(
        1000, "answer 35 above this many pages (the status table: 500); 0 is off; needs pypdf"
    )
    file_types: str = _row(
        "pdf jpg png", "types that an upload accepts, else 45 (pages: PDF; PDF, JPG; PDF, JPG, PNG)"
    )
    unknown_hash: UnknownHash = _row(
        46, "the code for a hash that does not exist", allowed=get_args(UnknownHash)
    )
    processing_s: float = _row(
        2.0, "seconds from collection.create until the collection is no longer processing"
    )
    download_s: float = _row(2.0, "seconds from the first downloadHTML until it is COMPLETE")
    http_status: int = _row(200, "the HTTP status of an answer whose code is not 20")
    records_per_page: int = _row(
        0, "most records in one answer of collection.getList (no page says); 0 is no bound"
    )
    first_record: FirstRecord = _row(
        0, "the index of the first record in collection.getList", allowed=get_args(FirstRecord)
    )

    def __post_init__(self) -> None:
        for row in fields(self):
            _check(row.name, getattr(self, row.name), row.metadata["allowed"], row.default)
            if row.name == "max_pages" and self.max_pages not in {0, row.default}:
                _check_reader(self.max_pages)


def setting_names() -> tuple[str, ...]:
    """Return the names of all settings, in the order of the guide's table."""
    return tuple(row.name for row in fields(Settings))


def _check(name: str, value: object, allowed: tuple[object, ...], default: object) -> None:
    if allowed:
        # True is equal to 1, and 46.0 to 46
        fits = value in allowed and type(value) is type(default)
        wrong = "" if fits else f"is not one of {', '.join(map(str, allowed))}"
    else:
        wrong = _RULES.get(name, _flag_or_number)(value, default)
    if wrong:
        raise ValueError(f"{name}: {value!r} {wrong}")


def _check_reader(value: int) -> None:
    if find_spec("pypdf") is None:
        raise ValueError(
            f"max_pages: {value} needs pypdf to count them: pip install 'pytest-flipsnack[pdf]'"
        )


def _flag_or_number(value: object, default: object) -> str:
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "is not True or False"
    number = isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    endless = value == math.inf and isinstance(default, int)  # time may be endless, a count not
    return "" if number and not endless else "is not a number from 0"


def _http_status(value: object, default: object) -> str:
    fits = type(value) is int and 200 <= value <= 599
    return "" if fits else "is not an HTTP status from 200 to 599"


def _names_some(value: object, default: object) -> str:
    given, known = value.split() if isinstance(value, str) else [], str(default).split()
    return (
        ""
        if given and set(given) <= set(known)
        else f"must be some of these, with blanks between them: {default}"
    )


_RULES: dict[str, Callable[[object, object], str]] = {
    "http_status": _http_status,
    "file_types": _names_some,
}


def read_setting(name: str, text: str) -> object:
    """Return the value of a setting written as text, as in an ini file.

    Raises `ValueError` with the allowed values.
    """
    default = next(row.default for row in fields(Settings) if row.name == name)
    if isinstance(default, bool):
        lowered = text.strip().lower()
        if lowered not in {"true", "false", "1", "0", "yes", "no", "on", "off"}:
            raise ValueError(f"{name}: {text!r} is not true or false")
        return lowered in {"true", "1", "yes", "on"}
    if isinstance(default, int | float):
        try:
            return type(default)(text)
        except ValueError:
            raise ValueError(f"{name}: {text!r} is not a number") from None
    return text
