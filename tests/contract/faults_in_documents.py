"""Planted faults in what becomes of a document, in one of the forms that a client takes."""

from __future__ import annotations

from tests.contract.faults import Fault

_FILE, _BYTES = "test_document[collection.create-file]", "test_document[collection.create-bytes]"
_OF = "was given a document of 676 bytes as an open file, and the client uploaded"

FAULTS = (
    Fault(
        "part-of-a-file",
        "requests_raising",
        "of an open file one block is read",
        "else document.read()",
        "else document.read(512)",
        _FILE,
        f"{_OF} 512 bytes that differ",
    ),
    Fault(
        "measured-and-left-at-its-end",
        "urllib_loop",
        "an open file is measured, and left at its end",
        "    document.seek(start)\n",
        "",
        _FILE,
        f"{_OF} 0 bytes that differ",
    ),
    Fault(
        "sniffed",
        "aiohttp_loop",
        "the beginning of an open file is read, to see what it is",
        "        return file.read()\n",
        '        if file.read(5) != b"%PDF-":\n'
        '            raise FlipsnackError("no PDF")\n'
        "        return file.read()\n",
        _FILE,
        f"{_OF} 671 bytes that differ",
    ),
    Fault(
        "hashed",
        "urllib_loop",
        "an open file is hashed before it is read",
        "else measured(document)\n",
        "else (md5(document.read()), measured(document))[1]\n",
        _FILE,
        "allowed: the bytes of the document as they are: what was read before, to measure or to hash",
    ),
    Fault(
        "path-of-an-open-file",
        "httpx_sync_result",
        "an open file goes under its whole path",
        '        fields = {"title": title} if title',
        "        filename = str(getattr(file, 'name', filename))\n"
        '        fields = {"title": title} if title',
        _FILE,
        "under the whole local path, ending in 'flipbook.pdf'",
    ),
    Fault(
        "path-of-an-open-file-async",
        "aiohttp_loop",
        "an open file names its part of the form",
        "        file = document if isinstance(document, bytes) else whole(document)\n",
        "        filename = getattr(document, 'name', filename)\n"
        "        file = document if isinstance(document, bytes) else whole(document)\n",
        _FILE,
        "under the whole local path, ending in 'flipbook.pdf'",
    ),
    Fault(
        "path-from-the-caller",
        "requests_raising",
        "a document goes under what the caller calls it",
        "        file = _content(document)\n",
        "        filename = str(getattr(document, 'name', filename))\n"
        "        file = _content(document)\n",
        _FILE,
        "under the whole local path, ending in 'flipbook.pdf'",
    ),
    Fault(
        "bytes-as-text",
        "requests_raising",
        "bytes are sent as Python writes them",
        "return document if isinstance(document, bytes) else",
        "return str(document).encode() if isinstance(document, bytes) else",
        _BYTES,
        "bytes as bytes, and the client uploaded",
    ),
    Fault(
        "bytes-decoded",
        "aiohttp_loop",
        "bytes are decoded, as if they were text",
        "file = document if isinstance(document, bytes) else",
        'file = document.decode("latin-1").encode() if isinstance(document, bytes) else',
        _BYTES,
        "allowed: the bytes of the document as they are: open it with 'rb', and send bytes",
    ),
    Fault(
        "bytes-up-to-a-limit",
        "urllib_loop",
        "of bytes the first 600 are sent",
        "file = document if isinstance(document, bytes) else",
        "file = document[:600] if isinstance(document, bytes) else",
        _BYTES,
        "allowed: the bytes of the document as they are: read the whole file",
    ),
)
