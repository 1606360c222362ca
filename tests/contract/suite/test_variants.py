"""Parametrised fixtures of a contract's calls: every case once per client that they make."""

from __future__ import annotations

import pytest

from tests.contract.suite.smallest_contract import ADAPTER
from tests.downstream import Project, with_two_workers

CLIENT = ADAPTER.replace(
    "\n\nclass TestAcme",
    """
MADE = []


@pytest.fixture(params=["sync", "threaded"])
def client(request, flipsnack):
    assert flipsnack.clock.running
    MADE.append(request.param)
    return acme.Client(flipsnack.api_key, flipsnack.secret)


class TestAcme""",
)
TITLED = (
    CLIENT
    + """
    @call("collection.update")
    def update(self, client, title):
        return client.ask("collection.update", collectionHash="a", title=title)


@pytest.fixture{}
def title(request):
    MADE.append(request.param)
    return request.param


def test_what_was_made():
    assert MADE == [
        *("sync", "plain", "sync", "Ünï", "sync"),
        *("threaded", "plain", "threaded", "Ünï", "threaded"),
    ]
"""
)


def ids(project: Project, *args: str) -> list[str]:
    """Return the ids that are collected, without the file."""
    lines = project.run("--collect-only", "-q", *args).outlines
    return [line.partition("::")[2] for line in lines if "::" in line]


def test_every_case_is_tried_with_every_client(project: Project) -> None:
    project.test(CLIENT)

    assert ids(project, "-k", "test_code and 31 or test_request") == [
        "TestAcme::test_request[sync-user.getStats]",
        "TestAcme::test_request[threaded-user.getStats]",
        "TestAcme::test_code[sync-user.getStats-31]",
        "TestAcme::test_code[threaded-user.getStats-31]",
    ]
    project.run().assert_outcomes(passed=2 * 59)


def test_a_fixture_of_one_call_leaves_the_others_as_they_were(project: Project) -> None:
    project.test(TITLED.format('(params=["plain", pytest.param("Ünï", id="accents")])'))
    chosen = ("-k", "test_request or made")

    assert ids(project, *chosen) == [
        "TestAcme::test_request[sync-plain-collection.update]",
        "TestAcme::test_request[sync-accents-collection.update]",
        "TestAcme::test_request[sync-user.getStats]",
        "TestAcme::test_request[threaded-plain-collection.update]",
        "TestAcme::test_request[threaded-accents-collection.update]",
        "TestAcme::test_request[threaded-user.getStats]",
        "test_what_was_made",
    ]
    result = project.run(*chosen)
    result.assert_outcomes(passed=7, deselected=result.parseoutcomes()["deselected"])


@pytest.mark.parametrize(
    "how",
    [
        '(params=["a", "b"], ids=["plain", None])',
        '(params=["a", "b"], ids=lambda value: {"a": "plain"}.get(value))',
    ],
    ids=["list", "function"],
)
def test_the_ids_and_marks_of_parameters_are_kept(project: Project, how: str) -> None:
    project.test(TITLED.format(how))

    assert ids(project, "-k", "test_request and sync") == [
        "TestAcme::test_request[sync-plain-collection.update]",
        "TestAcme::test_request[sync-b-collection.update]",
        "TestAcme::test_request[sync-user.getStats]",
    ]


def test_a_parameter_that_is_skipped_skips_its_call_alone(project: Project) -> None:
    project.test(TITLED.format('(params=[pytest.param("plain", marks=pytest.mark.skip)])'))

    result = project.run("-k", "test_request")

    result.assert_outcomes(passed=2, skipped=2, deselected=result.parseoutcomes()["deselected"])


def test_a_generated_test_without_a_case_has_none_for_any_client(project: Project) -> None:
    project.test(TITLED.format("(params=['plain'])"))

    assert not [id for id in ids(project) if "test_upload" in id or "test_processing" in id]


BEHIND = """
from pytest_flipsnack import ClientContract, call

@pytest.fixture(scope="module", params=["eu", "us"])
def region(request):
    return request.param

@pytest.fixture
def client(client, region):
    client.region = region
    return client

class TestAcme(ClientContract):
    {}

    @call("user.getStats")
    def stats(self, client):
        return client.ask()
"""


def test_a_parametrised_fixture_behind_the_client_counts_as_well(project: Project) -> None:
    project.test(BEHIND.format(""))

    assert ids(project, "-k", "test_request") == [
        "TestAcme::test_request[eu-user.getStats]",
        "TestAcme::test_request[us-user.getStats]",
    ]
    assert project.run("-k", "test_request or test_code").ret == 0


@pytest.mark.parametrize("asks", ["client, ", ""])
def test_an_override_hides_the_parameters_unless_it_asks_for_them(
    project: Project, asks: str
) -> None:
    project.test(
        CLIENT
        + f"""
    @pytest.fixture
    def client(self, {asks}flipsnack):
        return acme.Client(flipsnack.api_key, flipsnack.secret)
"""
    )

    result = project.run("-k", "test_request")

    passed = 2 if asks else 1
    result.assert_outcomes(passed=passed, deselected=result.parseoutcomes()["deselected"])


@pytest.mark.parametrize(
    "mark",
    [
        'pytest.mark.parametrize("region", ["asia", "africa"], indirect=True)',
        'pytest.mark.parametrize(argnames=["region"], argvalues=[["asia"], ["africa"]])',
    ],
    ids=["indirect", "direct"],
)
def test_a_mark_parametrises_a_fixture_of_the_calls(project: Project, mark: str) -> None:
    project.test(BEHIND.format(f"pytestmark = [{mark}]"))

    assert ids(project, "-k", "test_request") == [
        "TestAcme::test_request[user.getStats-asia]",
        "TestAcme::test_request[user.getStats-africa]",
    ]
    assert project.run("-k", "test_request or test_code").ret == 0


def test_an_async_fixture_may_be_parametrised(project: Project) -> None:
    project.test(
        """
        import asyncio
        import pytest_asyncio
        from pytest_flipsnack import ClientContract, call

        @pytest_asyncio.fixture(params=["one", "two"])
        async def client(request, flipsnack):
            made = acme.Client(flipsnack.api_key, flipsnack.secret)
            made.loop = asyncio.get_running_loop()
            yield made

        class TestAcme(ClientContract):
            without = ["clean_errors", "async"]

            @call("user.getStats")
            async def stats(self, client):
                assert client.loop is asyncio.get_running_loop()
                return client.ask()
        """
    )
    flags = ("-p", "pytest_asyncio.plugin", "-o", "asyncio_default_fixture_loop_scope=function")

    result = project.run("-k", "test_request or test_code", *flags)

    result.assert_outcomes(passed=2 * 20, deselected=result.parseoutcomes()["deselected"])


@with_two_workers
def test_workers_collect_the_same_cases(merging: Project) -> None:
    merging.test(TITLED.format("(params=['plain', 'Ünï'])"))

    assert merging.run("-k", "test_request or test_code").ret == 0


def test_of_the_backends_of_anyio_the_one_that_the_contract_awaits_on_is_taken(
    project: Project,
) -> None:
    project.test(
        """
import pytest
from pytest_flipsnack import ClientContract, call


@pytest.fixture
async def client(anyio_backend, flipsnack):
    assert anyio_backend == "asyncio"
    return acme.Client(flipsnack.api_key, flipsnack.secret)


class TestAcme(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("user.getStats")
    def stats(self, client):
        return client.ask()
"""
    )

    assert ids(project, "-p", "anyio.pytest_plugin", "-k", "test_request") == [
        "TestAcme::test_request[asyncio-user.getStats]"
    ]
    project.run("-p", "anyio.pytest_plugin").assert_outcomes(passed=59)
