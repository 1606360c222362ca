"""A fake that outlives a test: each delivery counts for the test that ran then."""

from __future__ import annotations

import pytest

from tests.downstream import Project, gate_line

SESSION = """
import pytest, acme

@pytest.fixture(scope="session")
def shared(flipsnack_context):
    with flipsnack_context() as flipsnack:
        yield flipsnack

@pytest.fixture
def client(shared):
    return acme.Client(shared.api_key, shared.secret)
"""
DELIVERS = """
def test_{name}(shared, client):
    shared.respond({code})
    assert client.try_to_ask() == {code}
    {end}
"""


@pytest.fixture
def sharing(merging: Project) -> Project:
    merging.write("conftest.py", SESSION)
    return merging


def test_a_test_that_did_not_pass_counts_nothing_whoever_comes_last(sharing: Project) -> None:
    sharing.test(
        DELIVERS.format(name="44", code=44, end="pytest.xfail('today')")
        + DELIVERS.format(name="31", code=31, end="pytest.skip('today')")
        + DELIVERS.format(name="50", code=50, end="")
    )

    result = sharing.run("--flipsnack-report=json", "--flipsnack-fail-under=5")

    assert result.ret == 0
    assert sharing.report()["verdict"]["exercised"] == [50]


def test_a_test_that_passed_counts_though_the_last_does_not(sharing: Project) -> None:
    sharing.test(
        DELIVERS.format(name="44", code=44, end="")
        + "def test_last(client):\n    client.ask()\n    pytest.xfail('today')\n"
    )

    result = sharing.run("--flipsnack-fail-under=5")

    assert gate_line(result).startswith("Flipsnack gate passed: 1 of 19 codes exercised")


def test_the_count_of_tests_does_not_depend_on_the_workers(sharing: Project) -> None:
    sharing.test("".join(DELIVERS.format(name=f"{n}", code=44, end="") for n in range(6)))

    sharing.run("--flipsnack-report=json")

    [cell] = sharing.report()["cells"]
    assert (cell["code"], cell["deliveries"], len(cell["exercised_by"])) == (44, 6, 6)
