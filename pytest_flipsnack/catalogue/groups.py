"""Named groups of codes, for markers and configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_flipsnack.catalogue.codes import Code, Handling, code_of

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
}
"""Group name to membership test. `permanent` means: a retry does not help."""


def select(names: Iterable[object], exclude: Iterable[object] = ()) -> tuple[Code, ...]:
    """Return the codes that `names` (codes or group names) cover, less `exclude`, in table order.

    Raises `ValueError` for a code or a group that does not exist.
    """
    wanted = {code for name in names for code in _members(name)}
    wanted -= {code for name in exclude for code in _members(name)}
    return tuple(code for code in Code if code in wanted)


def _members(name: object) -> tuple[Code, ...]:
    if not isinstance(name, str):
        return (code_of(name),)
    text = name.strip()
    if text.isdecimal():
        return (code_of(int(text)),)
    group = GROUPS.get(text.lower().replace(" ", "_").replace("-", "_"))
    if group is None:
        known = ", ".join(GROUPS)
        raise ValueError(f"{name!r} is neither a status code nor a group; known groups: {known}")
    return tuple(code for code in Code if group(code))
