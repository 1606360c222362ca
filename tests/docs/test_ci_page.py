"""docs/ci.md: every recipe is run on an example, green, and red without the test of one code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from tests.docs.blocks import ROOT, blocks
from tests.docs.recipes import Checkout, composite, github, gitlab

PAGE = ROOT / "docs" / "ci.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = blocks(PAGE)
ACTION = ROOT / "action.yml"
PASSED = "Flipsnack gate passed: 19 of 19 codes exercised, 100 % required"
FAILED = (
    "Flipsnack gate failed: 18 of 19 codes exercised, 100 % required; missing: 22 Maintenance mode"
)
RED = pytest.mark.parametrize("lost", [False, True], ids=["green", "red"])
RED_DAILY = pytest.mark.parametrize(
    "lost",
    [pytest.param(False, id="green", marks=pytest.mark.nightly), pytest.param(True, id="red")],
)


def block(name: str) -> str:
    """Return the text of the file of that name."""
    (found,) = [one.text for one in BLOCKS if one.name == name]
    return found


@pytest.fixture
def checkout(tmp_path: Path, request: pytest.FixtureRequest) -> Checkout:
    """The example, with the test of 22 or without it."""
    shutil.copytree(ROOT / "examples" / "requests_client", tmp_path / "acme")
    return Checkout(tmp_path / "acme", lost=request.getfixturevalue("lost"))


def write(checkout: Checkout, name: str) -> None:
    checkout.path.joinpath(name).write_text(block(name), encoding="utf-8")


def last_line(checkout: Checkout) -> str:
    return [line for line in checkout.out.splitlines() if line.startswith("Flipsnack gate")][-1]


def test_the_page_is_found() -> None:
    assert "(docs/ci.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE))


@RED_DAILY
def test_github_actions(checkout: Checkout, lost: bool) -> None:
    found = github(checkout, yaml.safe_load(block(".github/workflows/tests.yml")))

    assert found == {"test 1": 0, "test 2": 0, "test 3": 0, "gate": int(lost)}, checkout.out
    assert last_line(checkout) == (FAILED if lost else PASSED)
    assert checkout.out.count("Flipsnack gate not enforced: the run was narrowed by ") == 3
    assert f"**Gate {'failed' if lost else 'passed'}**" in checkout.summary.read_text("utf-8")
    assert ("::error title=Flipsnack gate failed::" in checkout.out) == lost


@pytest.mark.nightly
def test_a_shard_that_is_missing_fails_the_gate(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "requests_client", tmp_path / "acme")
    checkout = Checkout(tmp_path / "acme")
    workflow = yaml.safe_load(block(".github/workflows/tests.yml"))
    workflow["jobs"]["test"]["strategy"]["matrix"]["shard"] = [1, 3]

    assert github(checkout, workflow)["gate"] == 1
    assert last_line(checkout) == (
        "Flipsnack gate failed: shard-2.json cannot be read: No such file or directory"
    )


@pytest.mark.nightly
@RED
def test_gitlab(checkout: Checkout, lost: bool) -> None:
    found = gitlab(checkout, yaml.safe_load(block(".gitlab-ci.yml")))

    assert found == {"test 1/3": 0, "test 2/3": 0, "test 3/3": 0, "gate 1/1": int(lost)}
    assert last_line(checkout) == (FAILED if lost else PASSED)
    assert (checkout.path / "flipsnack.xml").exists()


@pytest.mark.nightly
@RED
def test_a_plain_shell(checkout: Checkout, lost: bool) -> None:
    write(checkout, "gate.sh")

    assert checkout.run("sh", "gate.sh") == int(lost), checkout.out
    assert last_line(checkout) == (FAILED if lost else PASSED)


@pytest.mark.nightly
@RED
def test_tox(checkout: Checkout, lost: bool) -> None:
    write(checkout, "tox.ini")
    # what it would install is here already, and found on the path
    here = ("-x", "testenv.deps=", "-x", "testenv.dependency_groups=")
    path = ("-x", "testenv.allowlist_externals=*", "-x", "testenv.pass_env=*")

    status = checkout.run("tox", *here, *path)

    assert bool(status) == lost, checkout.out
    assert last_line(checkout) == (FAILED if lost else PASSED)


@pytest.mark.nightly
@RED
def test_nox(checkout: Checkout, lost: bool) -> None:
    write(checkout, "noxfile.py")

    status = checkout.run("nox", "--no-venv", "--no-install")

    assert status == int(lost), checkout.out
    assert last_line(checkout) == (FAILED if lost else PASSED)


@pytest.mark.nightly
@RED
def test_pre_commit(checkout: Checkout, lost: bool) -> None:
    write(checkout, ".pre-commit-config.yaml")
    for command in (("init", "-q"), ("add", "-A")):
        assert checkout.run("git", *command) == 0

    status = checkout.run("pre-commit", "run", "--hook-stage", "pre-push", "--verbose")

    assert status == int(lost), checkout.out
    line = FAILED if lost else PASSED
    assert line in checkout.out


def data(checkout: Checkout) -> None:
    """Write the data of three shards."""
    for shard in "123":
        args = ("--splits", "3", "--group", shard, f"--flipsnack-data=shard-{shard}.json")
        assert checkout.run("python", "-m", "pytest", "-q", *args) == 0, checkout.out


@pytest.mark.nightly
@RED
def test_the_action(checkout: Checkout, lost: bool) -> None:
    (step,) = yaml.safe_load(block("the last step of the job gate"))
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    given = {name.replace("-", "_"): str(value) for name, value in step["with"].items()}
    assert {*step["with"]} <= {*action["inputs"]}
    data(checkout)

    assert [*composite(checkout, action, **given)] == [0, int(lost)], checkout.out
    assert last_line(checkout) == (FAILED if lost else PASSED)
    assert f"**Gate {'failed' if lost else 'passed'}**" in checkout.summary.read_text("utf-8")


@pytest.mark.nightly
@pytest.mark.parametrize("lost", [False])
def test_the_action_hands_on_each_input(checkout: Checkout, lost: bool) -> None:
    action = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    data(checkout)
    files = "shard-1.json\nshard-2.json shard-3.json\n"
    told: list[tuple[dict[str, str], str]] = [
        ({}, "passed: 19 of 19 codes exercised, 100 % required"),
        ({"level": "asserted"}, "failed: "),
        ({"cells_fail_under": "100"}, " documented cells exercised, 100 % required; missing: "),
        ({"baseline": "no.json"}, "failed: there is no baseline no.json; "),
        ({"fail_under": "$(exit 9)"}, ""),
    ]

    for given, part in told:
        (status,) = composite(checkout, action, files=files, install="", **given)
        if part:
            assert part in last_line(checkout)
            assert status == (0 if "passed" in part else 1)
        else:
            assert status == 2
            assert "'$(exit 9)' is not a percentage from 0 to 100" in checkout.out


def test_the_table_has_each_input_of_the_action() -> None:
    table = TEXT[TEXT.index("| input of the action |") :].split("\n\n")[0]
    rows = [line.split("|")[1] for line in table.splitlines()[2:]]
    named = re.findall(r"`([^`]+)`", " ".join(rows))

    assert sorted(named) == sorted(yaml.safe_load(ACTION.read_text(encoding="utf-8"))["inputs"])


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        ("github-workflows", ".github/workflows/tests.yml"),
        ("gitlab-ci", ".gitlab-ci.yml"),
        ("github-actions", ""),
    ],
)
def test_what_ci_servers_read_is_as_their_schemas_say(
    tmp_path: Path, schema: str, name: str
) -> None:
    path = tmp_path / "file.yml"
    path.write_text(block(name) if name else ACTION.read_text("utf-8"), encoding="utf-8")
    checkout = Checkout(tmp_path)

    status = checkout.run("check-jsonschema", f"--builtin-schema=vendor.{schema}", "file.yml")

    assert status == 0, checkout.out
    path.write_text("jobs: 7\nruns: 7\nstages: 7\n", encoding="utf-8")
    assert checkout.run("check-jsonschema", f"--builtin-schema=vendor.{schema}", "file.yml") == 1
