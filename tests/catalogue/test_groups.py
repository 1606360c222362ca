"""A group is a name for codes that belong together."""

from __future__ import annotations

import pytest

from pytest_flipsnack.catalogue.codes import GROUPS, Code, select

ALL = [20, 22, 30, 31, 32, 33, 34, 35, 36, 37, 38, 40, 41, 42, 43, 44, 45, 46, 47, 50]
MEMBERS = {
    "all": ALL,
    "errors": ALL[1:],
    "retryable": [22, 31, 32, 50],
    "permanent": [30, 33, 34, 35, 36, 37, 40, 41, 42, 43, 44, 45, 46, 47],
    "rate_limit": [31, 32],
    "upload": [33, 34, 35, 36, 45],
    "request": [30, 36, 40, 42],
    "credentials": [41, 44],
    "flipbook": [37, 38, 43, 46, 47],
    "server": [22, 50],
    "deprecated": [37],
    "local": [],
}


def test_each_group_has_its_test() -> None:
    assert list(GROUPS) == list(MEMBERS)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_group_covers_its_codes_in_table_order(name: str) -> None:
    assert list(select([name])) == MEMBERS[name]


@pytest.mark.parametrize("spelling", ["rate_limit", "rate limit", "Rate-Limit", " RATE_LIMIT "])
def test_a_group_is_found_in_any_spelling(spelling: str) -> None:
    assert select([spelling]) == (Code.REQUESTS_PER_SECOND, Code.REQUESTS_PER_MINUTE)


def test_codes_and_groups_mix_and_each_code_comes_once() -> None:
    assert select([50, "server", "31", Code.OK]) == (20, 22, 31, 50)


def test_exclusions_are_codes_or_groups_too() -> None:
    assert select(["errors"], exclude=["permanent", 38, "22"]) == (31, 32, 50)


def test_an_unknown_group_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError) as caught:
        select(["temporary"])

    assert str(caught.value) == (
        "'temporary' is neither a status code nor a group; known groups: all, errors, retryable, "
        "permanent, rate_limit, upload, request, credentials, flipbook, server, deprecated, local"
    )


@pytest.mark.parametrize("wrong", [39, "39"])
def test_an_unknown_code_is_refused_wherever_it_stands(wrong: object) -> None:
    expected = (
        "39 is not a Flipsnack status code; known codes: 20, 22, 30, 31, 32, 33, 34, 35, 36, 37, "
        "38, 40, 41, 42, 43, 44, 45, 46, 47, 50"
    )

    with pytest.raises(ValueError) as caught:
        select(["all"], exclude=[wrong])

    assert str(caught.value) == expected
