"""Whether a secret left the client in an error or in what it logged."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from typing import Self

_LIBRARIES = frozenset(
    # these log the signed URL themselves, and nobody can blame the client for its library
    [
        "aiohttp",
        "anyio",
        "asyncio",
        "backoff",
        "charset_normalizer",
        "concurrent",
        "faker",
        "filelock",
        "h11",
        "h2",
        "hpack",
        "hypothesis",
        "httpcore",
        "httpx",
        "niquests",
        "pytest",
        "requests",
        "requests_mock",
        "responses",
        "respx",
        "stamina",
        "tenacity",
        "trio",
        "urllib3",
        "urllib3_future",
        "werkzeug",
    ]
)


class LogWatch(logging.Handler):
    """Keeps what the client logs between `start` and `stop`, at every level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []
        self._level = logging.NOTSET

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in _LIBRARIES:
            return
        try:
            self.lines.append(f"{record.name}: {record.getMessage()}")
        except Exception:  # a broken log call is the client's to find out about
            self.lines.append(f"{record.name}: {record.msg}")

    def start(self) -> Self:
        """Listen to the root logger, and let it pass everything."""
        root = logging.getLogger()
        self._level = root.level
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        return self

    def stop(self) -> None:
        """Stop listening."""
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)


def leaks(error: object, logged: Sequence[str], secrets: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each secret, given as name and value, that shows where it must not.

    Only the client's own error is read: a library's exception shows the signed URL by itself.
    """
    said = f"{error} {error!r}" if isinstance(error, BaseException) and _is_own(error) else ""
    found: list[str] = []
    for name, secret in secrets:
        if not secret:
            continue
        if secret in said:
            found.append(f"the error shows the {name}: {type(error).__name__}")
        line = next((line for line in logged if secret in line), None)
        if line is not None:
            found.append(f"the {name} was logged by {line.partition(':')[0]}")
    return list(dict.fromkeys(found))


def _is_own(error: BaseException) -> bool:
    top = type(error).__module__.partition(".")[0]
    return top not in _LIBRARIES and top != "builtins"
