"""Whether a secret left the client in an error, in a returned one, in what it logged or printed."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Self, TextIO

from pytest_flipsnack.contract.carried_code import parts
from pytest_flipsnack.fake.masking import is_unmistakable, mask
from pytest_flipsnack.virtual_time.packages import Kind, of_kind

_LISTED = of_kind(Kind.LIBRARY)  # also where they are not installed but checked out
_FORWARDERS = of_kind(Kind.FORWARDER)
_INSTALLED = re.compile(r"[\\/](?:site|dist)-packages[\\/]([^\\/.]+)")


def package_of(module: str) -> str:
    """Return the top-level package of a module or of a logger."""
    return module.partition(".")[0]


def own_packages(raises: object, *values: object) -> frozenset[str]:
    """Return the packages of the classes that a client raises, and of what its calls are given."""
    members = raises if isinstance(raises, tuple) else (raises,)
    kinds = [kind for kind in members if isinstance(kind, type)] + [*map(type, values)]
    return frozenset(package_of(kind.__module__) for kind in kinds) - _LISTED


def is_library(package: str, own: Collection[str], path: str = "") -> bool:
    """Return whether a package, or where there is none of that name the file at `path`, is one.

    What is installed is a library, but for the packages of the client's, which may be installed as
    well: those that are known to be its `own`.
    """
    if package in own or package in _LISTED:
        return package not in own
    found = _INSTALLED.search(getattr(sys.modules.get(package), "__file__", None) or path)
    return found is not None and found[1] not in own and found[1] not in _FORWARDERS


_OURS = package_of(__name__)
_SHOWN = 100
_PLAIN = (str, bytes, dict, list, tuple)
"""What an error may keep that every reporter of errors writes out."""
_STANDARD = frozenset([*vars(logging.makeLogRecord({})), "asctime", "message", "taskName"])
"""What every log record has; the rest is the client's `extra`."""


class LogWatch(logging.Handler):
    """Keeps what the client logs between `start` and `stop`, at every level.

    `own` are packages that are known to be the client's.
    """

    def __init__(self, own: Collection[str] = ()) -> None:
        super().__init__(logging.NOTSET)
        self.own = own
        self.lines: list[str] = []
        self._level = logging.NOTSET
        self._others: list[logging.Handler] = []

    def emit(self, record: logging.LogRecord) -> None:
        if is_library(package_of(record.name), self.own, record.pathname):
            return
        try:
            said = record.getMessage()
        except Exception:  # a broken log call is the client's to find out about
            said = str(record.msg)
        extra = [str(value) for name, value in vars(record).items() if name not in _STANDARD]
        error = record.exc_info[1] if record.exc_info else None
        traced = [text for one in _chain(error) if _is_own(one, self.own) for text in _said(one)]
        self.lines.append(f"{record.name}: {' '.join([said, *extra, *traced])}")

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


class PrintWatch:
    """Keeps what is printed between `start` and `stop`, and hands it on."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._streams: dict[str, TextIO] = {}

    def start(self) -> None:
        """Stand in for both streams, whoever has replaced them."""
        for name in ("stdout", "stderr"):
            self._streams[name] = getattr(sys, name)
            setattr(sys, name, _Printed(self._streams[name], self.lines))

    def stop(self) -> None:
        """Put the streams back, where nobody else has replaced them since."""
        for name, stream in self._streams.items():
            if isinstance(getattr(sys, name), _Printed):
                setattr(sys, name, stream)


class _Printed:
    """A stream that notes what is written to it."""

    def __init__(self, stream: Any, lines: list[str]) -> None:
        self._stream = stream
        self._lines = lines

    def write(self, text: str) -> Any:
        self._lines.append(str(text))
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def leaks(
    subject: object,
    logged: Sequence[str],
    secrets: Iterable[tuple[str, str]],
    own: Collection[str] = (),
    printed: Sequence[str] = (),
) -> list[str]:
    """Return a line for each secret, given as name and value, that shows where it must not.

    `subject` is the error that the client raised, or the value that it returned for one. A secret
    that may be an ordinary word is not looked for, see `is_unmistakable`. Only the client's own
    errors are read: a library's exception shows the signed URL by itself.
    """
    known = [(name, secret) for name, secret in secrets if is_unmistakable(secret)]
    told = list(_told(subject, own))
    found: list[str] = []

    def quoted(text: str) -> str:
        return mask(text, [secret for _, secret in known])[:_SHOWN]

    for name, secret in known:
        for what, kind, text in told:
            if secret in text:
                found.append(f"{what} shows the {name}: {kind}: {quoted(text)}")
                break
        line = next((line for line in logged if secret in line), None)
        if line is not None:
            found.append(f"the {name} was logged by {quoted(line)}")
        line = next((line for line in printed if secret in line), None)
        if line is not None:
            found.append(f"the {name} was printed: {quoted(line.strip())}")
    return list(dict.fromkeys(found))


def shown_at_rest(
    values: Iterable[object], secrets: Iterable[tuple[str, str]], own: Collection[str]
) -> list[str]:
    """Return a line for each secret in the `repr` or `str` of a client's own object.

    A log line, a debugger or a failed assertion writes these without being asked to.
    """
    known = [(name, secret) for name, secret in secrets if is_unmistakable(secret)]
    found: list[str] = []
    for value in values:
        top = package_of(type(value).__module__)
        if top in {*sys.stdlib_module_names, _OURS} or is_library(top, own):
            continue
        for function in (repr, str):
            try:
                text = function(value)
            except Exception:  # what cannot be printed shows nothing
                text = ""
            shown = next((name for name, secret in known if secret in text), None)
            if shown is not None:
                quoted = mask(text, [secret for _, secret in known])[:_SHOWN]
                found.append(
                    f"{function.__name__}() of the client's {type(value).__name__} shows the {shown}: {quoted}"
                )
                break
    return found


def _told(subject: object, own: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield what a subject says of itself: what it is, its class, a text."""
    if isinstance(subject, BaseException):
        for one in _chain(subject):
            if _is_own(one, own):
                yield from (("the error", type(one).__name__, text) for text in _said(one))
        return
    for text in (str(subject), repr(subject)):
        left = text
        for part in parts(subject):
            if isinstance(part, BaseException) and not _is_own(part, own):
                left = left.replace(repr(part), "").replace(str(part), "")
        yield "the result", type(subject).__name__, left


def _chain(error: object) -> Iterator[BaseException]:
    """Yield an error and what Python prints above it."""
    while isinstance(error, BaseException):
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _said(error: BaseException) -> list[str]:
    notes: Iterable[object] = getattr(error, "__notes__", ())
    kept = [value for value in vars(error).values() if isinstance(value, _PLAIN)]
    return [str(error), repr(error), *map(str, notes), *map(str, kept)]


def _is_own(error: BaseException, own: Collection[str]) -> bool:
    """Return whether the client made an error: of a class of its own, or raised in its code."""
    top = package_of(type(error).__module__)
    if top != "builtins":
        return not is_library(top, own)
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    raised_in = "" if trace is None else str(trace.tb_frame.f_globals.get("__name__"))
    top = package_of(raised_in)
    theirs = top in {*sys.stdlib_module_names, _OURS} or is_library(top, own)
    return not (theirs or isinstance(error, AssertionError))
