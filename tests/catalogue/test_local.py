"""A catalogue of a project's own: what a file may add, and what is said of one that is wrong."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_flipsnack.catalogue import local, schemas
from pytest_flipsnack.catalogue.actions import ACTIONS, action_of
from pytest_flipsnack.catalogue.codes import Code, Handling, code_of, known_codes, select

FILE = """
[codes.51]
message = "Too many products"
meaning = "A request carries more than 500 products."
actions = ["products.create"]

[codes.21]
message = "Queue full"
handling = "retry"

[actions."collection.duplicate"]
upload = false
fields = { collectionHash = "string", copies = "integer" }

[actions."collection.duplicate".parameters]
collectionHash = { required = true }
mode = { values = ["deep", "flat"] }

[actions."collection.cover"]
upload = true

[actions."collection.getStats".fields]
unique_visitors = "number"
countries = { type = "array", items = { enum = ["NL", "RO"] } }
"""


@pytest.fixture
def added(tmp_path: Path) -> Iterator[None]:
    with local.in_use(_read(tmp_path, FILE)):
        yield


def _read(folder: Path, text: str, name: str = "own.toml") -> local.Local:
    (folder / name).write_text(text, encoding="utf-8")
    return local.read(folder / name)


@pytest.mark.usefixtures("added")
def test_a_code_stands_with_the_others_by_number() -> None:
    assert [code.value for code in known_codes()[:3]] == [20, 21, 22]
    assert known_codes()[-1] is Code(51) is code_of(51)
    assert Code(51).label == "51 Too many products (local)"
    assert Code(51).handling is Handling.ERROR
    assert Code(21).meaning == "Queue full"
    assert str(Code(21).source) == str(Code(21).handling_source) == "local (your own catalogue)"
    assert pickle.loads(pickle.dumps(Code(21))) is Code(21)


@pytest.mark.usefixtures("added")
def test_groups_have_it() -> None:
    assert select(["local"]) == (Code(21), Code(51))
    assert Code(21) in select(["retryable"])
    assert Code(51) in select(["permanent"])


@pytest.mark.usefixtures("added")
def test_actions_answer_it() -> None:
    answering = [action.name for action in ACTIONS.values() if Code(51) in action.codes]
    assert answering == ["products.create"]
    assert all(Code(21) in action.codes for action in ACTIONS.values())


@pytest.mark.usefixtures("added")
def test_an_action_of_ones_own() -> None:
    made = action_of("collection.duplicate")
    assert (made.verb, made.host, made.required) == (
        "GET",
        "api.flipsnack.com",
        ("collectionHash",),
    )
    assert made.takes_hash
    assert Code.INVALID_HASH in made.codes
    assert made.returns_data
    assert made.params[1].enum == ("deep", "flat")
    uploaded = action_of("collection.cover")
    assert (uploaded.verb, uploaded.host) == ("POST", "upload.flipsnack.com")
    assert uploaded.one_of == ("file", "fileUrl")
    assert not uploaded.returns_data
    assert Code.MULTIPLE_FILES in uploaded.codes


@pytest.mark.usefixtures("added")
def test_fields_of_a_documented_action_join_its_schema() -> None:
    validator = schemas.data_validator(action_of("collection.getStats"))
    assert (
        schemas.problems(validator, {"views": 1, "unique_visitors": 2, "countries": ["NL"]}) == []
    )
    assert schemas.problems(validator, {"unique_visitors": "2"}) == [
        "unique_visitors: '2' is not of type 'number'"
    ]


def test_it_ends_with_its_block_and_blocks_nest(tmp_path: Path) -> None:
    before = known_codes(), dict(ACTIONS)
    with local.in_use(_read(tmp_path, FILE)):
        with local.in_use(_read(tmp_path, '[codes.60]\nmessage = "Other"')):
            assert [code.value for code in select(["local"])] == [60]
            assert "collection.duplicate" not in ACTIONS
        assert [code.value for code in select(["local"])] == [21, 51]
        assert "collection.duplicate" in ACTIONS
    assert (known_codes(), dict(ACTIONS)) == before
    assert known_codes() == tuple(Code)
    with pytest.raises(ValueError, match="51 is not a valid Code"):
        Code(51)


def test_json_says_the_same(tmp_path: Path) -> None:
    text = json.dumps({"codes": {"51": {"message": "Too many products"}}})
    assert _read(tmp_path, text, "own.json").codes == (51,)


def test_an_empty_file_adds_nothing(tmp_path: Path) -> None:
    assert _read(tmp_path, "").codes == ()


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "text"),
        ({}, "text"),
        ({"type": "number"}, 1),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": "array"}, ["text"]),
        ({"type": "array", "items": {"type": "integer"}}, [1]),
        ({"type": "object", "properties": {"a": {"const": None}}}, {"a": None}),
        ({"type": "string", "default": "x"}, "x"),
        ({"enum": ["a", "b"]}, "a"),
        ({"examples": ["e"], "enum": ["a", "e"]}, "e"),
    ],
)
def test_an_example_fits_its_schema(schema: dict[str, object], value: object) -> None:
    assert schemas.example(schema) == value
    assert schemas.problems(schemas.validator(dict(schema)), value) == []


OF_A_NEW_ONE = "for one of your own say where it goes: upload = true (POST, with a file) or upload = false (GET)"
WRONG = {
    "[codes.31]\nmessage = 'Slow down'": (
        "codes.31: Flipsnack documents 31 Requests per second limit exceeded, and a catalogue of "
        "your own only adds codes; what your client does with 31, declare in its contract: "
        "retries = {31: ...}"
    ),
    "[codes.51]": "codes.51: 'message' is a required property",
    "[codes.51]\nmesage = 'a'\nmessage = 'a'": (
        "codes.51: 'mesage' is unknown; allowed: message, meaning, handling, actions"
    ),
    "[codes.many]\nmessage = 'a'": "codes: 'many' is not a number above 0",
    '[codes.51]\nmessage = "a\\nb"': "codes.51.message: 'a\\nb' is not a text on one line",
    "[codes.51]\nmessage = ' '": "codes.51.message: ' ' is not a text on one line",
    "[codes.51]\nmessage = 'a'\nhandling = 'again'": (
        "codes.51.handling: 'again' is not one of ['error', 'retry', 'poll']"
    ),
    "[codes.51]\nmessage = 'a'\nactions = ['products.creat']": (
        "codes.51.actions: 'products.creat' is not an action; did you mean products.create?; "
        "one of your own stands in actions.'products.creat'"
    ),
    "[code.51]\nmessage = 'a'": "(whole): 'code' is unknown; allowed: codes, actions",
    "[actions.'collection.getStat'.fields]\nx = 'number'": (
        "actions.'collection.getStat' is not documented; did you mean collection.getStats?; "
        + OF_A_NEW_ONE
    ),
    "[actions.'shelf.fill'.fields]\nx = 'number'": (
        f"actions.'shelf.fill' is not documented; {OF_A_NEW_ONE}"
    ),
    "[actions.shelf]\nupload = false": (
        "actions: 'shelf' is not a name with a dot, in quotes: actions.\"collection.duplicate\""
    ),
    "[actions.collection.duplicate]\nupload = false": (
        "actions.collection: 'duplicate' is unknown; allowed: upload, parameters, fields; actions: "
        "'collection' is not a name with a dot, in quotes: actions.\"collection.duplicate\""
    ),
    "[actions.'collection.getstats']\nupload = false": (
        "actions.'collection.getstats' is documented as collection.getStats; write it so"
    ),
    "[codes.51]\nmessage = 'a'\nactions = 'products.create'": (
        "codes.51.actions: 'products.create' is not of type 'array': write it in brackets"
    ),
    "[actions.'user.getStats'.fields]\nx = { type = 'integer', examples = ['a'] }": (
        "actions.'user.getStats'.fields.x: the fake would answer 'a', and 'a' is not of type "
        "'integer'; give it a value that fits: examples = [...]"
    ),
    "[actions.'user.getStats'.fields]\nx = { type = 'integer', minimum = 10 }": (
        "actions.'user.getStats'.fields.x: the fake would answer 1, and 1 is less than the minimum "
        "of 10; give it a value that fits: examples = [...]"
    ),
    "[actions.'user.getStats'.fields]\nx = { '$ref' = '#/nope' }": (
        "actions.'user.getStats'.fields.x: the fake would answer 'text', and its schema cannot be "
        "used: PointerToNowhere: '/nope' does not exist within {'$ref': '#/nope'}; give it a value "
        "that fits: examples = [...]"
    ),
    "[actions.'collection.update']\nupload = true": (
        "actions.'collection.update'.upload: collection.update is documented, so that only "
        "parameters and fields can be added to it; leave upload out"
    ),
    "[actions.'collection.update'.parameters]\ntitle = {}": (
        "actions.'collection.update'.parameters.title: Flipsnack documents this parameter; "
        "leave it out"
    ),
    "[actions.'collection.update'.parameters]\napiKey = {}": (
        "actions.'collection.update'.parameters.apiKey: Flipsnack documents this parameter; "
        "leave it out"
    ),
    "[actions.'collection.update'.fields]\ncollectionTitle = 'string'": (
        "actions.'collection.update'.fields.collectionTitle: Flipsnack documents this field; "
        "leave it out"
    ),
    "[actions.'collection.update'.fields]\nx = 'text'": (
        "actions.collection.update.fields.x: 'text' is not one of ['string', 'number', 'integer', "
        "'boolean', 'array', 'object', 'null']"
    ),
    "[actions.'collection.update'.fields]\nx = { type = 'text' }": (
        "actions.'collection.update'.fields.x is no JSON Schema: type 'text' is not one of string, "
        "number, integer, boolean, array, object, null"
    ),
    "[actions.'collection.update'.fields]\nx = { type = 'object', required = 1 }": (
        "actions.'collection.update'.fields.x is no JSON Schema: 1 is not of type 'array'"
    ),
    "codes =": "it is no TOML: Invalid value (at end of document)",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_is_wrong(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        _read(tmp_path, text)
    assert str(caught.value) == WRONG[text]


def test_a_file_that_is_no_json(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError, match=r"it is no JSON: Expecting value: line 1 column 1 \(char 0\)"
    ):
        _read(tmp_path, "", "own.json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it cannot be read: No such file or directory"):
        local.read(tmp_path / "own.toml")


def test_a_parameter_that_is_a_choice_may_be_stated(tmp_path: Path) -> None:
    found = _read(tmp_path, "[actions.'collection.getList'.parameters]\nto = { type = 'number' }")
    assert [
        str(param.source)
        for param in found.actions["collection.getList"].params
        if param.name == "to"
    ] == ["local (your own catalogue)"]
