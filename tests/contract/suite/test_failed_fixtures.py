"""A fixture that cannot be made is one error, however many tests ask for it."""

from __future__ import annotations

import re

import pytest

from tests.contract.suite.referring import (
    CLIENT,
    CONTRACT,
    TWO_CALLS,
    fails,
    is_told_once,
)
from tests.downstream import Project


def test_a_fixture_that_does_not_exist_is_one_error(
    merging: Project, workers: tuple[str, ...]
) -> None:
    merging.test(TWO_CALLS.replace("client)", "clint)").replace("client,", "clint,"))
    count, text, referred = fails(merging)
    assert is_told_once(count, text, referred, "^E +fixture 'clint' not found", workers)
    assert "  the call asks for the fixture 'clint'" in text
    assert re.search(r"^test_acme.py:\d+$", text, re.MULTILINE)
    assert "flipsnack_workbench(" not in text
    assert f"1 finding in {count} tests: no fixture 'clint' was found" in text
    if not workers:
        where = "no fixture 'clint' was found, see test_request[user.getStats]"
        assert {line.partition(": ")[2] for line in referred} == {where}
        assert {line.partition(": ")[0] for line in referred} == {
            "user.getStats",
            "collection.getEmbed",
        }


def test_a_fixture_that_another_asks_for_is_shown_there(project: Project) -> None:
    project.test(CONTRACT + "\n@pytest.fixture\ndef client(acount):\n    pass\n")
    count, text, referred = fails(project)
    assert is_told_once(count, text, referred, "^E +fixture 'acount' not found", ())
    assert "  the call asks for the fixture 'client'" in text
    assert re.search(r"^ +def client\(acount\):", text, re.MULTILINE)


def test_a_fixture_that_raises_is_one_error(merging: Project, workers: tuple[str, ...]) -> None:
    body = "raise RuntimeError(f'no configuration in {tmp_path} after {id(tmp_path)} s')"
    merging.test(TWO_CALLS + CLIENT.format(body=body).replace("flipsnack)", "tmp_path)"))
    count, text, referred = fails(merging)
    assert is_told_once(count, text, referred, "^E +RuntimeError: no configuration in", workers)
    where = "user.getStats: the fixture client raised RuntimeError, see test_request[user.getStats]"
    assert workers or where in referred
    assert f"1 finding in {count} tests: the fixture client raised RuntimeError" in text


def test_a_fixture_that_fails_in_another_way_is_shown_again(project: Project) -> None:
    body = "raise (KeyError if 'test_wire' in request.node.name else ValueError)('no')"
    project.test(CONTRACT + CLIENT.format(body=body).replace("flipsnack)", "request)"))
    _, text, referred = fails(project)
    assert len(re.findall(r"^E +ValueError: no$", text, re.MULTILINE)) == 1
    assert len(re.findall(r"^E +KeyError: 'no'$", text, re.MULTILINE)) == 1
    kinds = {line.partition(", ")[0].rpartition(" ")[2] for line in referred}
    assert kinds == {"ValueError", "KeyError"}


def test_a_fixture_that_gives_up_says_so_once(project: Project) -> None:
    project.test(CONTRACT + CLIENT.format(body="pytest.fail('no account')"))
    count, text, referred = fails(project)
    assert is_told_once(count, text, referred, "^E +Failed: no account", ())
    where = "user.getStats: the fixture client failed, see test_request[user.getStats]"
    assert set(referred) == {where}


@pytest.mark.parametrize(
    ("body", "sign", "did"),
    [
        ("raise OSError('no file')", "^E +OSError: no file", "raised OSError"),
        ("return ('key', '')", "^flipsnack_credentials: tuple does not fit", "failed"),
    ],
)
def test_a_setup_that_fails_is_one_error(
    merging: Project, workers: tuple[str, ...], body: str, sign: str, did: str
) -> None:
    merging.test(CONTRACT + f"\n@pytest.fixture\ndef flipsnack_credentials():\n    {body}\n")
    count, text, referred = fails(merging)
    assert is_told_once(count, text, referred, sign, workers)
    where = f"user.getStats: the setup {did}, see test_request[user.getStats]"
    assert workers or set(referred) == {where}
    assert f"1 finding in {count} tests: the setup {did}" in text


def test_a_fixture_that_no_call_asked_for_is_shown_as_pytest_does(project: Project) -> None:
    setup = "\n@pytest.fixture(autouse=True)\ndef set_up(acount):\n    pass\n"
    project.test(CONTRACT + CLIENT.format(body="raise KeyError") + setup)
    count, text, referred = fails(project)
    assert is_told_once(count, text, referred, "^E +fixture 'acount' not found", ())
    assert "the call asks for the fixture" not in text
