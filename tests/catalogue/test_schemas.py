"""What the documentation shows satisfies the schemas; a wrong type does not."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from pytest_flipsnack.catalogue import schemas
from pytest_flipsnack.catalogue.actions import ACTIONS

COMMON = {"apiKey": "k", "signature": "s", "action": "a"}
COLLECTION = {"collectionHash": "fxh4k89", "collectionTitle": "T", "collectionStatus": "public"}
PAGES = [
    {"page": 1, "time_spent": 127443, "clicks": 392, "views": 4529},
    {"page": 2, "time_spent": 89382, "clicks": 171, "views": 4130},
]
STATS: dict[str, Any] = {"impressions": 723, "views": 1240, "time_spent": 53, "downloads": 4}
USER = {"impressions": 2945, "views": 3719, "time_spent": 154}


def data_problems(action: str, data: object) -> list[str]:
    return schemas.problems(schemas.data_validator(ACTIONS[action]), data)


def parameter_problems(action: str, **params: str) -> list[str]:
    return schemas.problems(schemas.parameter_validator(ACTIONS[action]), {**COMMON, **params})


def envelope_problems(envelope: object) -> list[str]:
    return schemas.problems(schemas.envelope_validator(), envelope)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("collection.getStats", {**STATS, "pages": PAGES}),
        ("collection.getStats", {**STATS, "likes": 1, "shares": 2}),
        ("user.getStats", USER),
        ("user.getStats", {**USER, "api_uploads_left": 998, "downloads": 7}),
        ("collection.create", COLLECTION),
        ("collection.getCollection", {**COLLECTION, "collectionStatus": "processing"}),
        ("collection.update", {**COLLECTION, "collectionWidth": 650, "unknown": None}),
        ("collection.getList", {"collectionCount": 1, "collections": [COLLECTION]}),
        ("collection.getEmbed", {"embedCode": "<iframe></iframe>"}),
        ("collection.downloadHTML", {"status": "PROCESSING"}),
        ("collection.downloadHTML", {"status": "COMPLETE", "resourceUrl": "https://x.test/a.zip"}),
        ("collection.downloadHTML", {"status": "FAILED"}),
        ("products.delete", {"anything": "goes"}),
    ],
)
def test_documented_data_satisfies_its_schema(action: str, data: dict[str, Any]) -> None:
    assert data_problems(action, data) == []


@pytest.mark.parametrize(
    ("action", "data", "expected"),
    [
        ("collection.getStats", {"views": "many"}, ["views: 'many' is not of type 'number'"]),
        (
            "collection.getStats",
            {"pages": [PAGES[0], {"page": "2", "views": None}]},
            [
                "pages.1.page: '2' is not of type 'number'",
                "pages.1.views: None is not of type 'number'",
            ],
        ),
        (
            "user.getStats",
            {"api_uploads_left": []},
            ["api_uploads_left: [] is not of type 'number'"],
        ),
        ("collection.create", {"collectionHash": 5}, ["collectionHash: 5 is not of type 'string'"]),
        (
            "collection.getList",
            {"collections": {"0": COLLECTION}},
            [f"collections: {{'0': {COLLECTION}}} is not of type 'array'"],
        ),
        (
            "collection.downloadHTML",
            {"status": "complete"},
            ["status: 'complete' is not one of ['PROCESSING', 'COMPLETE', 'FAILED']"],
        ),
        ("collection.getEmbed", {"embedCode": 1}, ["embedCode: 1 is not of type 'string'"]),
        ("products.create", [], ["(whole): [] is not of type 'object'"]),
    ],
)
def test_wrong_data_is_told_with_place_and_reason(
    action: str, data: object, expected: list[str]
) -> None:
    assert data_problems(action, data) == expected


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_takes_its_data_as_an_object(action: str) -> None:
    assert data_problems(action, {}) == []
    assert data_problems(action, "text") == ["(whole): 'text' is not of type 'object'"]


@pytest.mark.parametrize(
    "envelope",
    [
        {"code": 20, "status": "OK"},
        {"code": 20, "status": "OK", "data": STATS},
        {"code": 41, "status": "Invalid credentials", "more": 1},
        {"code": 99, "status": "Something new"},
    ],
)
def test_an_envelope_has_a_code_and_its_message(envelope: dict[str, object]) -> None:
    assert envelope_problems(envelope) == []


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({"code": "41", "status": "x"}, ["code: '41' is not of type 'integer'"]),
        ({"code": None, "status": "x"}, ["code: None is not of type 'integer'"]),
        ({"code": 20, "status": 20}, ["status: 20 is not of type 'string'"]),
        ({"code": 20, "status": "OK", "data": []}, ["data: [] is not of type 'object'"]),
        ({"status": "OK"}, ["(whole): 'code' is a required property"]),
        ({"code": 20}, ["(whole): 'status' is a required property"]),
        ([], ["(whole): [] is not of type 'object'"]),
    ],
)
def test_what_is_no_envelope_is_told_with_place_and_reason(
    envelope: object, expected: list[str]
) -> None:
    assert envelope_problems(envelope) == expected


def test_parameters_travel_as_text() -> None:
    assert (
        parameter_problems("collection.update", collectionHash="h", collectionWidth="650.5") == []
    )
    assert parameter_problems("collection.getEmbed", collectionHash="h", https="TRUE") == []


def test_a_date_is_written_as_documented() -> None:
    wrong = {"startDate": "01/31/2026", "endDate": "2026-01-31"}
    assert parameter_problems("collection.getStats", collectionHash="h", **wrong) == [
        "startDate: '01/31/2026' is not a date as YYYY-MM-DD"
    ]


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"collectionWidth": "wide"}, "collectionWidth: 'wide' is not a number"),
        ({"collectionStatus": "private"}, "collectionStatus: 'private' is not one of "),
    ],
)
def test_a_wrong_parameter_is_told_with_place_and_reason(
    params: dict[str, str], expected: str
) -> None:
    [found] = parameter_problems("collection.update", collectionHash="h", **params)
    assert found.startswith(expected)


def test_a_missing_parameter_is_told() -> None:
    assert parameter_problems("collection.update") == [
        "(whole): 'collectionHash' is a required property"
    ]
    assert schemas.problems(schemas.parameter_validator(ACTIONS["user.getStats"]), {}) == [
        "(whole): 'action' is a required property",
        "(whole): 'apiKey' is a required property",
        "(whole): 'signature' is a required property",
    ]


def test_an_upload_needs_a_file_or_its_url() -> None:
    assert parameter_problems("collection.create", fileUrl="https://x.test/a.pdf") == []
    [found] = parameter_problems("collection.create", title="T")
    assert found.endswith("is not valid under any of the given schemas")


@pytest.mark.parametrize(
    "schema",
    [
        schemas.ENVELOPE,
        *map(schemas.data_schema, ACTIONS.values()),
        *map(schemas.parameter_schema, ACTIONS.values()),
    ],
    ids=lambda schema: str(schema["title"]),
)
def test_each_schema_is_a_schema(schema: dict[str, Any]) -> None:
    """A run does not check them: with its first check jsonschema takes 60 ms."""
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("action", ACTIONS)
def test_validators_are_built_once(action: str) -> None:
    assert schemas.data_validator(ACTIONS[action]) is schemas.data_validator(ACTIONS[action])
    assert schemas.parameter_validator(ACTIONS[action]) is schemas.parameter_validator(
        ACTIONS[action]
    )
    assert schemas.data_schema(ACTIONS[action])["title"] == f"{action} data"
    assert schemas.parameter_schema(ACTIONS[action])["title"] == f"{action} parameters"
