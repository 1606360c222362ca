"""What else the gate demands: cells, codes by name, and all of it together."""

from __future__ import annotations

import pytest

from tests.downstream import Project, gate_line
from tests.integration.test_levels import EVERY_CODE, JSON


def test_documented_cells_have_a_threshold_of_their_own(merging: Project) -> None:
    merging.test(EVERY_CODE)

    result = merging.run("--flipsnack-cells-fail-under=80", JSON)

    cells = [one for one in merging.report()["verdict"]["criteria"] if one["name"] == "cells"]
    assert result.ret == 1
    assert cells[0]["met"] is False
    assert f"; {cells[0]['text']}" in gate_line(result)
    assert " documented cells exercised, 80 % required; missing: " in gate_line(result)
    assert merging.run("--flipsnack-cells-fail-under=1").ret == 0


def test_a_required_cell_is_demanded_whatever_the_percentage(merging: Project) -> None:
    merging.test(EVERY_CODE)
    merging.ini("flipsnack_require = retryable collection.create:34 user.getStats:31")

    result = merging.run("--flipsnack-require=collection.getList:50")

    assert result.ret == 1
    assert gate_line(result) == (
        "Flipsnack gate failed: required but not exercised: collection.create:34, "
        "collection.getList:50; 19 of 19 codes exercised"
    )


def test_excluded_cells_and_actions_are_not_demanded(merging: Project) -> None:
    merging.test("""
        @pytest.mark.parametrize("code", [20, 31])
        def test_code(flipsnack, client, code):
            flipsnack.respond(code)
            client.try_to_ask()
    """)
    keep = "--flipsnack-cells-fail-under=0"
    before = merging.run(keep, JSON)
    cells = len(merging.report()["verdict"]["missing_cells"])
    merging.ini("flipsnack_exclude =", "  collection.create: we only read")

    after = merging.run(keep, JSON, "--flipsnack-exclude=user.getStats:50: our proxy hides it")

    verdict = merging.report()["verdict"]
    assert (before.ret, after.ret) == (0, 0)
    assert len(verdict["missing_cells"]) < cells
    assert verdict["excluded"]["user.getStats:50"] == "our proxy hides it"
    assert not {"user.getStats:50", "collection.create:34"} & {*verdict["missing_cells"]}


def test_each_criterion_that_failed_is_in_the_line(merging: Project) -> None:
    merging.test("def test_it(client): client.ask()")

    result = merging.run(
        "--flipsnack-fail-under=50",
        "--flipsnack-cells-fail-under=50",
        "--flipsnack-require=31",
    )

    assert result.ret == 1
    line = gate_line(result)
    assert line.startswith("Flipsnack gate failed: required but not exercised: 31 Requests per ")
    assert "; 1 of 19 codes exercised, 50 % required; missing: " in line
    assert " documented cells exercised, 50 % required; missing: " in line


@pytest.mark.parametrize("by", ["conftest", "shards"])
def test_a_run_in_which_a_plugin_deselected_tests_is_narrowed(merging: Project, by: str) -> None:
    source = """
        def pytest_collection_modifyitems(config, items):
            config.hook.pytest_deselected(items=items[-1:])
            del items[-1:]
    """
    if by == "conftest":
        merging.hooks(source)
    else:
        merging.write("shards.py", source)
        merging.hooks('pytest_plugins = ["shards"]')
    merging.test(EVERY_CODE)
    merging.ini("flipsnack_fail_under = 100")

    result = merging.run(JSON)

    assert result.parseoutcomes()["passed"] == 18
    assert result.ret == 0
    assert gate_line(result) == (
        "Flipsnack gate not enforced: the run was narrowed by a plugin or a conftest.py "
        "(1 test left out); "
        "18 of 19 codes exercised, 100 % required; missing: 50 Operation failed"
    )
    assert merging.report()["narrowed"] == "a plugin or a conftest.py (1 test left out)"
