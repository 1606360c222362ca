"""The data of a run hold the replies that each passing test got, in their order."""

from __future__ import annotations

from tests.downstream import Project, with_two_workers

SUITE = """
def test_retry(flipsnack, client):
    flipsnack.respond(50, 31)
    assert [client.try_to_ask() for _ in range(3)] == [50, 31, 20]

def test_fault(flipsnack, client):
    flipsnack.fail("reset")
    with pytest.raises(acme.requests.ConnectionError): client.ask()
    client.ask()

def test_many(flipsnack, client):
    flipsnack.respond(41)
    for _ in range(30): client.try_to_ask()

def test_failed(flipsnack, client):
    client.ask()
    assert False

def test_after(flipsnack, client):
    client.ask("collection.getList")
"""


@with_two_workers
def test_a_test_has_its_first_replies_in_their_order(merging: Project) -> None:
    merging.test(SUITE)
    merging.run("--flipsnack-report=json").assert_outcomes(passed=4, failed=1)

    report = merging.report()

    cells = [f"{cell['action']}:{cell['code']}" for cell in report["cells"]]
    found = {
        name.partition("::")[2]: [cells[index] for index in replies]
        for name, replies in zip(report["tests"], report["replies"], strict=True)
    }
    assert found == {
        "test_after": ["collection.getList:20"],
        "test_fault": ["user.getStats:20"],
        "test_many": ["user.getStats:41", *["user.getStats:20"] * 19],
        "test_retry": ["user.getStats:50", "user.getStats:31", "user.getStats:20"],
    }


def test_a_sum_has_the_replies_of_its_parts(project: Project) -> None:
    project.test(SUITE)
    for name in ("retry", "after"):
        project.run("-k", name, f"--flipsnack-data={name}.json")
    project.run("-k", "retry or after", "--flipsnack-data=whole.json")
    project.run("-k", "after", "--flipsnack-data=retry.json", "--flipsnack-append")

    parts, whole = project.report("retry.json"), project.report("whole.json")
    assert parts["replies"] == whole["replies"] == [[0], [3, 2, 1]]
