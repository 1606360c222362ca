"""A document in every form: a client need not take any but the one its contract gives it."""

from __future__ import annotations

import pytest

from tests.downstream import Project

CLIENT = """
import hashlib
import io
import json
import os
import tempfile
import urllib.request
from pathlib import Path

import httpx
import requests
import urllib3
from pytest_flipsnack import ClientContract, call

URL = "https://upload.flipsnack.com/v1/"


class Refused(Exception):
    def __init__(self, code):
        super().__init__(f"code {code}")
        self.code = code


def signed(flipsnack, **params):
    params |= {"action": "collection.create", "apiKey": flipsnack.api_key}
    text = flipsnack.secret + "".join(name + params[name] for name in sorted(params))
    return {**params, "signature": hashlib.md5(text.encode()).hexdigest()}


def opened(answer):
    if answer["code"] != 20:
        raise Refused(answer["code"])
    return answer["data"]


def by_requests(flipsnack, part, **params):
    files = {"file": part}
    return opened(requests.post(URL, signed(flipsnack, **params), files=files, timeout=5).json())


def by_httpx(flipsnack, part):
    return opened(httpx.post(URL, data=signed(flipsnack), files={"file": part}, timeout=5).json())


def by_urllib3(flipsnack, part):
    fields = {**signed(flipsnack), "file": part}
    url = flipsnack.upload_url
    return opened(urllib3.PoolManager().request("POST", url, fields=fields, timeout=5).json())


class TestUpload(ClientContract):
    @call("collection.create")
    def create(self, flipsnack, flipsnack_document):
        return create(flipsnack, flipsnack_document)


def create(flipsnack, document):
"""
AS_BYTES = """
@pytest.fixture
def flipsnack_document(flipsnack_document):
    return flipsnack_document.read_bytes()
"""
AS_FILE = """
@pytest.fixture
def flipsnack_document(flipsnack_document):
    with flipsnack_document.open("rb") as file:
        yield file
"""
RIGHT = {
    "path-requests": """
    with open(document, "rb") as file:
        return by_requests(flipsnack, (os.path.basename(document), file))
""",
    "path-httpx": """
    return by_httpx(flipsnack, (document.name, document.read_bytes()))
""",
    "path-in-its-own-error": """
    try:
        return by_urllib3(flipsnack, (Path(document).name, Path(document).read_bytes()))
    except (OSError, TypeError, ValueError):
        raise Refused(None) from None
""",
    "path-or-url": """
    if not os.path.exists(document) or not isinstance(document, Path):
        return by_requests(flipsnack, None, fileUrl=str(document)[:40])
    return by_requests(flipsnack, (document.name, document.read_bytes()))
""",
    "path-on-the-command-line": """
    if not os.path.isfile(str(document)):
        raise SystemExit(f"{document} is no file")
    return by_requests(flipsnack, ("a.pdf", Path(str(document)).read_bytes()))
""",
    "path-by-a-method": """
    return by_httpx(flipsnack, ("a.pdf", document.read_bytes()))
""",
    "path-or-anything-that-becomes-bytes": """
    content = document.read_bytes() if hasattr(document, "read_bytes") else b"%s" % (b"x" * 9)
    return by_requests(flipsnack, ("a.pdf", content))
""",
    "path-or-file-counted-afterwards": """
    if isinstance(document, Path):
        document = document.read_bytes()
    answer = by_requests(flipsnack, ("a.pdf", document))
    answer["bytes"] = len(document)
    return answer
""",
    "path-or-nothing": """
    if isinstance(document, Path):
        return by_requests(flipsnack, ("a.pdf", document.read_bytes()))
""",
    "anything": """
    if isinstance(document, (str, Path)):
        with open(document, "rb") as file:
            return create(flipsnack, file)
    content = document if isinstance(document, bytes) else document.read()
    return by_urllib3(flipsnack, ("a.pdf", content))
""",
}
OVERRIDDEN = {
    "bytes": AS_BYTES,
    "bytearray": AS_BYTES.replace("return", "return bytearray(")[:-1] + ")",
    "file": AS_FILE,
    "memory": AS_BYTES.replace(
        "return flipsnack_document.read_bytes()",
        "return io.BytesIO(flipsnack_document.read_bytes())",
    ),
    "temporary": """
@pytest.fixture
def flipsnack_document(flipsnack_document):
    with tempfile.NamedTemporaryFile() as file:
        file.write(flipsnack_document.read_bytes())
        file.seek(0)
        yield file
""",
    "reader": """
class Reader:
    def __init__(self, path):
        self.read = path.read_bytes


@pytest.fixture
def flipsnack_document(flipsnack_document):
    return Reader(flipsnack_document)
""",
    "text": AS_FILE.replace('"rb"', 'encoding="latin-1"'),
}
TAKING = """
    if isinstance(document, (str, Path)):
        raise TypeError("no path")
    content = document if isinstance(document, (bytes, bytearray)) else document.read()
    if isinstance(content, str):
        content = content.encode("latin-1")
    return by_httpx(flipsnack, ("a.pdf", bytes(content)))
"""
KINDS = ("-k", "test_document or test_request or test_upload")


@pytest.mark.parametrize("client", RIGHT)
def test_a_client_may_take_a_document_in_one_form_only(project: Project, client: str) -> None:
    project.test(CLIENT + RIGHT[client])
    result = project.run(*KINDS)
    assert result.ret == 0
    assert result.parseoutcomes()["passed"] == 7


@pytest.mark.parametrize("form", OVERRIDDEN)
def test_a_class_chooses_the_form_by_its_fixture(project: Project, form: str) -> None:
    project.test(CLIENT + TAKING + OVERRIDDEN[form])
    assert project.run(*KINDS).ret == 0


def test_a_text_that_is_no_path_is_left_to_the_client(project: Project) -> None:
    fixture = '\n@pytest.fixture\ndef flipsnack_document():\n    return "no path"\n'
    client = '\n    return by_requests(flipsnack, ("a.pdf", b"%PDF-1.4 of its own"))\n'
    project.test(CLIENT + client + fixture)
    assert project.run(*KINDS).ret == 0


@pytest.mark.parametrize("document", ["Path", "bytes", "file"])
@pytest.mark.parametrize("library", ["requests", "httpx", "urllib3"])
def test_what_a_library_makes_of_a_form_is_held_against_nobody(
    project: Project, library: str, document: str
) -> None:
    fixture = {"Path": "", "bytes": AS_BYTES, "file": AS_FILE}[document]
    read = "document.read_bytes() if isinstance(document, Path) else document"
    if document == "bytes" or library == "urllib3":
        read = read.replace("else document", "else bytes(document)")
    if document == "file":
        read = "document.read()"
    client = f'\n    return by_{library}(flipsnack, ("a.pdf", {read}))\n'
    project.test(CLIENT + client + fixture)
    assert project.run(*KINDS).ret == 0


@pytest.mark.parametrize("make", ["bytes(document)", "str(document)", "document"])
def test_who_sends_something_else_does_not_take_that_form(project: Project, make: str) -> None:
    """The path as the content is refused with 45, and an unreadable body with 40."""
    client = f"""
    if not isinstance(document, Path) or document.is_file() is None:
        document = Path("elsewhere")
        return by_httpx(flipsnack, ("a.pdf", {make}))
    return by_httpx(flipsnack, ("a.pdf", document.read_bytes()))
"""
    project.test(CLIENT + client)
    assert project.run("-k", "test_document").ret == 0


def test_a_file_that_was_read_before_is_told_so(project: Project) -> None:
    project.test(
        CLIENT
        + """
    if isinstance(document, Path):
        with document.open("rb") as file:
            return by_requests(flipsnack, ("a.pdf", file))
    if not isinstance(document, bytes):
        size = document.seek(0, 2)
    return by_requests(flipsnack, ("a.pdf", document))
"""
    )
    result = project.run(*KINDS)
    assert result.ret == 1
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: collection.create was given a document of 676 bytes as an open file, "
            "and the client uploaded 0 bytes that differ from it",
            "E*allowed: the bytes of the document as they are: what was read before, to measure or "
            "to hash it, is sent after seek(0)",
            "E*seen:    t=0.0 s 45",
        ]
    )


def test_a_form_that_is_refused_though_it_arrives_is_explained(project: Project) -> None:
    project.test(
        CLIENT
        + """
    part = ("a.pdf", document.read_bytes() if isinstance(document, Path) else document)
    if isinstance(document, bytes):
        fields = {**signed(flipsnack), "size": str(len(document))}
        return opened(requests.post(URL, fields, files={"file": part}, timeout=5).json())
    return by_requests(flipsnack, part)
"""
    )
    result = project.run(*KINDS)
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        [
            "*collection.create was refused with 44 Invalid signature, and the test did not *",
            "E*hint:     size was left out of the signed text",
        ]
    )


def test_a_document_that_is_left_out_is_a_finding(project: Project) -> None:
    project.test(
        CLIENT + "\n    return by_requests(flipsnack, None, fileUrl='https://a.example/b')\n"
    )
    result = project.run("-k", "test_document")
    assert result.parseoutcomes()["failed"] == 2
    result.stdout.fnmatch_lines(
        ["*was given a document of 676 bytes, and the client uploaded no file that differ from it"]
    )


READS = {
    "position": """
    for _ in range(3):
        try:
            return by_requests(flipsnack, ("a.pdf", document))
        except Refused as error:
            if error.code != 50:
                raise
    raise Refused(50)
""",
    "kept": """
    content = document if isinstance(document, bytes) else document.read()
    for _ in range(3):
        try:
            return by_requests(flipsnack, ("a.pdf", content))
        except Refused as error:
            if error.code != 50:
                raise
    raise Refused(50)
""",
}
OPENED = """
    if isinstance(document, Path):
        with document.open("rb") as file:
            return by_requests(flipsnack, ("a.pdf", file.read()))
"""


def test_a_retry_sends_an_open_file_from_its_beginning(project: Project) -> None:
    project.test(CLIENT + OPENED + READS["kept"])
    assert project.run("-k", "test_document").ret == 0

    project.test(CLIENT + OPENED + READS["position"])
    result = project.run("-k", "test_document")

    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: collection.create was given a document of 676 bytes as an open file, "
            "and the client uploaded 0 bytes that differ from it",
            "E*seen:    t=0.0 s 50, *",
        ]
    )


@pytest.mark.parametrize(
    "name", ["str(document)", "re.sub(r'[^A-Za-z0-9.]', '_', str(document))", "'-'.join(path[-2:])"]
)
def test_a_local_path_is_none_of_the_servers_business(project: Project, name: str) -> None:
    taken = "    import re\n    path = Path(document).parts\n"
    sent = f"    return by_httpx(flipsnack, ({name}, document.read_bytes()))\n"
    project.test(CLIENT + taken + sent)
    result = project.run("-k", "test_document")
    assert result.ret == 1
    result.stdout.fnmatch_lines(
        [
            "E*AssertionError: the client uploaded its file under the whole local path, ending in *",
            "E*    allowed: the name of the file alone",
        ]
    )
