"""`pytest-flipsnack codes`: one code explained, and the catalogue in other forms."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import openapi_spec_validator
import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.catalogue.codes import Code
from pytest_flipsnack.catalogue.openapi import document
from tests.downstream import Project


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what `codes` prints with arguments."""

    def run(*args: str) -> str:
        assert cli.main(["codes", *args]) == 0
        return capsys.readouterr().out

    return run


def test_one_code_is_explained_with_a_test_to_copy(printed: Any) -> None:
    assert printed("38").splitlines() == [
        "38 Flipbook is in processing state",
        "The flipbook is still being converted; ask collection.getCollection every few seconds until "
        "collectionStatus is no longer processing.",
        "Handling: poll: a client asks collection.getCollection until it is ready (source: "
        "documented (status code table)).",
        "Source of the code: documented (status code table).",
        "Actions: collection.update, collection.downloadHTML.",
        "A test to copy:",
        "",
        "def test_flipbook_is_in_processing_state(flipsnack, client):",
        '    with flipsnack.expect(38, action="collection.update", raises=acme.FlipsnackError):',
        "        client.call()  # the method of yours that calls collection.update",
    ]


@pytest.mark.parametrize("code", [*Code], ids=str)
def test_each_test_to_copy_passes(project: Project, printed: Any, code: Code) -> None:
    text = printed(str(code.value))
    (action,) = {part.split('"')[1] for part in text.split("action=")[1:]}
    hash_of = ", collectionHash='fxh4k89'" if ACTIONS[action].takes_hash else ""
    source = text.partition("A test to copy:\n\n")[2]
    if ACTIONS[action].upload or code.handling == "retry":
        compile(source, "copied", "exec")
        return
    project.test(source.replace("client.call()", f"client.ask('{action}'{hash_of})"))
    assert project.run().parseoutcomes() == {"passed": 1}


def test_a_group_is_explained_code_by_code(printed: Any) -> None:
    heads = [
        part.splitlines()[0] for part in printed("credentials").split("\n\n") if part[0] != "d"
    ]
    assert heads == ["41 Invalid credentials", "44 Invalid signature"]


def test_an_old_action_and_an_old_code_are_said_to_be(printed: Any) -> None:
    text = printed("37")
    assert text.startswith("37 Delete flipbook not available for this flipbook (deprecated by ")
    assert "flipbook.delete (removed)" in text


def test_a_code_of_every_action_is_tried_with_a_usual_one(printed: Any) -> None:
    text = printed("31")
    assert "\nActions: every one.\n" in text
    assert 'flipsnack.expect(31, action="collection.getList", ' in text


def test_without_a_code_all_are_listed(printed: Any) -> None:
    lines = printed().splitlines()
    assert len(lines) == 2 * len(Code)
    assert lines[0] == "20 OK (accept)"


def test_markdown_is_a_table_of_what_is_named(printed: Any) -> None:
    lines = printed("--format", "markdown", "rate_limit").splitlines()
    assert lines[:3] == [
        "| code | message | handling | meaning |",
        "| ---: | --- | --- | --- |",
        "| 31 | Requests per second limit exceeded | retry | Too many requests within a second for "
        "this API key. |",
    ]
    assert len(lines) == 4


def test_json_has_every_fact_with_its_source(printed: Any) -> None:
    found = json.loads(printed("--format=json"))
    assert [one["code"] for one in found["codes"]] == [code.value for code in Code]
    assert [one["action"] for one in found["actions"]] == [*ACTIONS]
    (update,) = [one for one in found["actions"] if one["action"] == "collection.update"]
    assert (update["verb"], update["host"], update["codes"]["38"]) == (
        "GET",
        "api.flipsnack.com",
        "documented (API reference)",
    )
    assert update["parameters"][0]["name"] == "collectionHash"
    assert update["parameters"][0]["required"] is True


def test_openapi_is_a_valid_document(printed: Any) -> None:
    found = json.loads(printed("--format=openapi"))
    openapi_spec_validator.validate(found)
    operations = found["paths"]["/v1/"]
    assert {verb: one["servers"][0]["url"] for verb, one in operations.items()} == {
        "get": "https://api.flipsnack.com",
        "post": "https://upload.flipsnack.com",
    }
    assert "file" in str(operations["post"]["requestBody"])
    assert "requestBody" not in operations["get"]


@pytest.mark.parametrize("code", [*Code], ids=str)
def test_openapi_takes_the_envelope_of_each_code(code: Code) -> None:
    schemas = document()["components"]
    validator = jsonschema.Draft202012Validator(
        {"$ref": "#/components/schemas/Envelope", "components": schemas}
    )
    assert validator.is_valid({"code": code.value, "status": code.message})
    assert not validator.is_valid({"code": 39, "status": "Unknown"})


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["39"], "39 is not a Flipsnack status code; known codes: 20, "),
        (["retry"], "'retry' is neither a status code nor a group; known groups: all, "),
        (["31", "--format=openapi"], "--format openapi is of the whole API; leave the codes out"),
    ],
)
def test_what_is_wrong_is_named(
    capsys: pytest.CaptureFixture[str], args: list[str], text: str
) -> None:
    assert cli.main(["codes", *args]) == 2
    assert text in capsys.readouterr().err
