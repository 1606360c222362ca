"""The trial of a document that the caller gives: it arrives, in every form that the client takes."""

from __future__ import annotations

import io
import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.contract.judge import finding
from pytest_flipsnack.contract.suite.attempt import Attempt
from pytest_flipsnack.contract.suite.tester import DOCUMENT, Tester
from pytest_flipsnack.contract.suite.trials.arguments import own_calls
from pytest_flipsnack.contract.suite.trials.trial import Findings, Trial
from pytest_flipsnack.fake.call import Call
from pytest_flipsnack.fake.uploads import File

_AS_GIVEN, _FILE, _BYTES, _LARGE = "", " as an open file", " as bytes", " in all"
_LARGER_THAN = 1 << 20
_PADDING = b"% a comment of a PDF, after its end\n"
_LOCAL = re.compile(r"[/\\]")
_BEGINNING = 8  # "%PDF-1.4", which is there in any reading of the document as text


def _document(tester: Tester, form: str) -> Findings:
    given = tester.fixture(DOCUMENT)
    content = _content(given)
    if form == _AS_GIVEN:
        attempt = tester.call()
        yield from tester.require.usual(attempt)
        for call in own_calls(tester, attempt):
            if content is not None:
                yield from _changed(tester, call, attempt, content, form)
            yield from _local(call, attempt)
    elif content and form == _LARGE:
        yield from _large(tester, given, content)
    elif content and isinstance(given, str | os.PathLike):
        yield from _another_form(tester, Path(given), content, form)


def _large(tester: Tester, given: Any, content: bytes) -> Findings:
    """Yield what becomes of a document that is larger than what is read at once."""
    content += _PADDING * (_LARGER_THAN // len(_PADDING) + 1)
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(given, str | os.PathLike):
            path = Path(folder, Path(given).name)
            path.write_bytes(content)
            attempt = tester.call({DOCUMENT: str(path) if isinstance(given, str) else path})
        elif isinstance(given, bytes):
            attempt = tester.call({DOCUMENT: content})
        else:
            return  # a file that a fixture opened
    for call in own_calls(tester, attempt):
        yield from _changed(tester, call, attempt, content, _LARGE)


def _another_form(tester: Tester, path: Path, content: bytes, form: str) -> Findings:
    """Yield what becomes of a form that the client takes; it need not take any but the fixture's.

    Who takes a form uploads something of the document. What a client makes of a form that it was
    not made for, an error of any kind or the upload of something else, is no finding.
    """
    tester.fake.allow(tuple(Code))
    attempt = Attempt()
    with path.open("rb") as file, suppress(SystemExit):
        attempt = tester.call({DOCUMENT: file if form == _FILE else content})
    for call in own_calls(tester, attempt):
        if any(_is_of(content, file) for file in call.files.values()):
            yield from _changed(tester, call, attempt, content, form)
            yield from _local(call, attempt)
            if call.refusal is not None:
                yield call.refusal.explain(call.action)


def _content(given: Any) -> bytes | None:
    """Return the content of a document in any form, or None where nobody can tell."""
    if isinstance(given, bytes | bytearray | memoryview):
        return bytes(given)
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        return path.read_bytes() if path.is_file() else None
    file = getattr(given, "file", given)  # tempfile wraps its files
    if not isinstance(file, io.IOBase) or not file.seekable():
        return None
    began = file.tell()
    content = file.read()
    file.seek(began)
    return content if isinstance(content, bytes) else None


def _is_of(content: bytes, sent: bytes) -> bool:
    return not sent or sent in content or content[:_BEGINNING] in sent


def _changed(tester: Tester, call: Call, attempt: Attempt, content: bytes, form: str) -> Findings:
    files = [*call.files.values()]
    if content not in files:
        lengths = ", ".join(f"{len(file)} bytes" for file in files) or "no file"
        yield finding(
            f"{tester.action.name} was given a document of {len(content)} bytes{form}, and the "
            f"client uploaded {lengths} that differ from it",
            f"the bytes of the document as they are: {_remedy(content, files)}",
            attempt.calls,
        )


def _remedy(content: bytes, files: Sequence[File]) -> str:
    for file in files:
        if content.endswith(file):
            return "what was read before, to measure or to hash it, is sent after seek(0)"
        if content.startswith(file):
            return "read the whole file"
    return "open it with 'rb', and send bytes, not their text"


def _local(call: Call, attempt: Attempt) -> Findings:
    for file in call.files.values():
        name = unquote(file.filename or "")  # aiohttp quotes it
        if _LOCAL.search(name):
            yield finding(
                "the client uploaded its file under the whole local path, ending in "
                f"{_LOCAL.split(name)[-1]!r}",
                "the name of the file alone",
                attempt.calls,
            )


_FORMS = {"": _AS_GIVEN, "file": _FILE, "bytes": _BYTES, "large": _LARGE}

TRIALS: tuple[Trial[Any], ...] = (
    Trial(
        "test_document",
        "A document arrives byte for byte, under its own name, in every form that the client takes.",
        lambda action, declared: _FORMS.items() if action.upload else (),
        _document,
        asks=DOCUMENT,
    ),
)
