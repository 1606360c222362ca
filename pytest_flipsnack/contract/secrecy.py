"""Whether a secret left the client in an error or in what it logged."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from pytest_flipsnack.fake.masking import is_unmistakable

_OURS = __name__.partition(".")[0]
_LIBRARIES = frozenset(
    # these log the signed URL themselves, and nobody can blame the client for its library
    [
        "aiohttp",
        "anyio",
        "asyncio",
        "backoff",
        "cachecontrol",
        "charset_normalizer",
        "concurrent",
        "faker",
        "filelock",
        "h11",
        "h2",
        "hpack",
        "hishel",
        "hypothesis",
        "httpcore",
        "httpx",
        "niquests",
        "pytest",
        "requests",
        "requests_cache",
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
        self._others: list[logging.Handler] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in _LIBRARIES:
            return
        try:
            self.lines.append(f"{record.name}: {record.getMessage()}")
        except Exception:  # a broken log call is the client's to find out about
            self.lines.append(f"{record.name}: {record.msg}")

    def start(self) -> Self:
        """Listen to the root logger, and let it pass everything to this handler alone."""
        root = logging.getLogger()
        self._level = root.level
        self._others = list(root.handlers)
        for handler in self._others:
            handler.addFilter(self._passed_before)
        root.addHandler(self)
        root.setLevel(logging.DEBUG)
        return self

    def stop(self) -> None:
        """Stop listening."""
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)
        for handler in self._others:
            handler.removeFilter(self._passed_before)

    def _passed_before(self, record: logging.LogRecord) -> bool:
        """Return whether the other handlers would see a record if nobody listened here."""
        logger: logging.Logger | None = logging.getLogger(record.name)
        while logger is not None and logger.parent is not None and not logger.level:
            logger = logger.parent
        return logger is None or logger.parent is not None or record.levelno >= self._level


def leaks(error: object, logged: Sequence[str], secrets: Iterable[tuple[str, str]]) -> list[str]:
    """Return a line for each secret, given as name and value, that shows where it must not.

    One that may be an ordinary word is not looked for, see `is_unmistakable`. Only the client's
    own errors are read: a library's exception shows the signed URL by itself.
    """
    own = [one for one in _chain(error) if _is_own(one)]
    found: list[str] = []
    for name, secret in secrets:
        if not is_unmistakable(secret):
            continue
        shows = next((one for one in own if secret in _said(one)), None)
        if shows is not None:
            found.append(f"the error shows the {name}: {type(shows).__name__}")
        line = next((line for line in logged if secret in line), None)
        if line is not None:
            found.append(f"the {name} was logged by {line.partition(':')[0]}")
    return list(dict.fromkeys(found))


def _chain(error: object) -> Iterator[BaseException]:
    """Yield an error and what Python prints above it."""
    while isinstance(error, BaseException):
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> str:
    notes: Iterable[object] = getattr(error, "__notes__", ())
    return " ".join([str(error), repr(error), *map(str, notes)])


def _is_own(error: BaseException) -> bool:
    """Return whether the client made an error: of a class of its own, or raised in its code."""
    top = type(error).__module__.partition(".")[0]
    if top != "builtins":
        return top not in _LIBRARIES
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    library = raised_in.partition(".")[0]
    theirs = library in _LIBRARIES or library in sys.stdlib_module_names or library == _OURS
    return not (theirs or isinstance(error, AssertionError))
