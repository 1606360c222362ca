"""`pytest-flipsnack init FILE` writes a contract that runs, from the source of a client."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from tests.docs.blocks import ROOT

EXAMPLES = ROOT / "examples"


def written(path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["init", str(path)]) == 0
    return capsys.readouterr().out


def client(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "acme_api.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_contract_of_the_example_passes(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXAMPLES / "requests_client" / "acme", pytester.path / "acme")
    pytester.makeini("[pytest]\npythonpath = .")
    text = written(pytester.path / "acme" / "client.py", capsys)
    pytester.path.joinpath("test_acme.py").write_text(text, encoding="utf-8")
    result = pytester.runpytest_inprocess("-p", "pytest_flipsnack", "-k", "request or code or text")
    assert result.ret == 0, result.stdout.str()
    assert text.count("@call(") == 9
    assert "    error = acme.client.FlipsnackError  #" in text
    assert "return client.create(flipsnack_document.read_bytes(), title=flipsnack_text)" in text


ASYNC = """
import httpx, tenacity
from requests import ConnectionError

class ApiError(Exception): ...
class Helper:
    def update(self): ...

class Api:
    def __init__(self, url, upload_url, *, secret, apiKey, tenant, timeout=5): ...
    @property
    def books(self): return "collection.getList"
    async def everything(self): return await self._ask("collection.getList")
    async def edit(self, name, *, title, theme): ...
    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    async def send(self, document: "Path"): await self._ask("collection.create")
    async def getFlipbook(self, id, /): ...
    def upload(self, file): ...
    async def close(self): ...
    async def _ask(self, action): ...
"""


def test_actions_are_read_from_texts_and_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = written(client(tmp_path, ASYNC), capsys)
    assert text.partition("@pytest.fixture\n")[2] == (
        "def client(flipsnack):\n"
        "    # fill in: tenant\n"
        "    return acme_api.Api(url=flipsnack.url, upload_url=flipsnack.upload_url, "
        "secret=flipsnack.secret, apiKey=flipsnack.api_key, tenant=...)\n"
        "\n\n"
        "class TestApi(ClientContract):\n"
        "    error = acme_api.ApiError  # base of every error the client raises\n"
        "\n"
        '    @call("collection.create")\n'
        "    async def send(self, client, flipsnack_document):\n"
        "        return await client.send(flipsnack_document)\n"
        "\n"
        '    @call("collection.getCollection")\n'
        "    async def getFlipbook(self, client, flipsnack_hash):\n"
        "        return await client.getFlipbook(flipsnack_hash)\n"
        "\n"
        '    @call("collection.update")\n'
        "    async def edit(self, client, flipsnack_hash, flipsnack_text):\n"
        "        # fill in: theme\n"
        "        return await client.edit(flipsnack_hash, title=flipsnack_text, theme=...)\n"
        "\n"
        '    @call("collection.getList")\n'
        "    async def everything(self, client):\n"
        "        return await client.everything()\n"
        "\n"
        "    # not taken for calls: upload, close\n"
    )


def test_what_is_read_page_by_page_is_read_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lazy = "    {0}def flipbooks(self):\n        yield 1\n"
    text = written(client(tmp_path, "class Api:\n" + lazy.format("")), capsys)
    assert "        return list(client.flipbooks())\n" in text
    text = written(client(tmp_path, "class Api:\n" + lazy.format("async ")), capsys)
    assert "    async def flipbooks(self, client):\n" in text
    assert "        return [one async for one in client.flipbooks()]\n" in text


def test_errors_of_other_packages_are_no_base(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    method = "class Api:\n    def delete(self, hash): ...\n"
    text = written(client(tmp_path, f"from requests import ConnectionError\n{method}"), capsys)
    assert "    error = Exception  #" in text
    text = written(client(tmp_path, f"from .errors import ApiError\n{method}"), capsys)
    assert "    error = acme_api.ApiError  #" in text


def test_a_package_is_imported_by_its_whole_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "shop" / "flipsnack_api"
    folder.mkdir(parents=True)
    for package in (folder.parent, folder):
        (package / "__init__.py").touch()
    source = "class Api:\n    def delete(self, hash): ...\n"
    (folder / "__init__.py").write_text(source, encoding="utf-8")
    assert "import shop.flipsnack_api\n" in written(folder / "__init__.py", capsys)
    (folder / "client.py").write_text(source, encoding="utf-8")
    text = written(folder / "client.py", capsys)
    assert "return shop.flipsnack_api.client.Api()\n" in text
    assert "    error = Exception  # name the base of every error the client raises\n" in text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def (", "cannot be read: invalid syntax"),
        ("class Api:\n    def close(self): ...", "has no class whose methods look like calls"),
        ("list = 1", "without a file, init prints an adapter to fill in"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_file_without_a_client_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, said: str
) -> None:
    path = tmp_path / "acme_api.py"
    if text is not None:
        client(tmp_path, text)
    assert cli.main(["init", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{path} " in shown.err
    assert said in shown.err
