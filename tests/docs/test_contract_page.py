"""What docs/contract.md promises is so: its blocks run, and each declaration does what it says."""

from __future__ import annotations

import re

import pytest

from pytest_flipsnack.contract.suite.declarations import PRACTICES, Declarations
from pytest_flipsnack.contract.suite.tester import OF_ARGUMENTS
from tests.docs.blocks import ROOT, Block, blocks

PAGE = ROOT / "docs/contract.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = {block.name: block for block in blocks(PAGE)}
TESTS = [name for name in BLOCKS if name.startswith("test_")]


@pytest.fixture
def downstream(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with every file of the page."""
    for name, block in BLOCKS.items():
        (pytester.path / name).write_text(block.text, encoding="utf-8")
    pytester.syspathinsert()
    return pytester


def run(project: pytest.Pytester, *args: str) -> pytest.RunResult:
    return project.runpytest_inprocess("-p", "pytest_flipsnack", "-q", "--tb=line", *args)


@pytest.mark.parametrize("name", TESTS)
def test_the_blocks_run_as_they_are_printed(downstream: pytest.Pytester, name: str) -> None:
    def passes(block: Block) -> str | None:
        result = run(downstream, block.name)
        return None if set(result.parseoutcomes()) == {"passed"} else result.stdout.str()

    BLOCKS[name].run(passes)


def test_no_block_is_left_out() -> None:
    assert len(BLOCKS) == len(re.findall(r"^```\w", TEXT, re.MULTILINE))
    assert [*BLOCKS][:2] == ["acme.py", "conftest.py"]


def test_every_declaration_practice_and_argument_has_its_heading() -> None:
    declarations = [*Declarations.__annotations__, "failed", "code_of", "gives"]
    headings = re.findall(r"^## `(\w+)`$", TEXT, re.MULTILINE)
    assert sorted(headings) == sorted(declarations)
    parts = re.findall(r"^### `(\w+)`$", TEXT, re.MULTILINE)
    assert parts == [*OF_ARGUMENTS, *PRACTICES]


def test_every_declaration_says_what_it_means_and_what_is_not_checked_without_it() -> None:
    for section in re.split(r"^## `", TEXT, flags=re.MULTILINE)[1:]:
        own = re.split(r"^## ", section, flags=re.MULTILINE)[0]
        assert own.count("**It means:**") == own.count("**Without it:**") == 1, own[:40]
    practices = TEXT.partition("\n## `without`\n")[2]
    assert practices.count("\nTurn it off ") == len(PRACTICES)


def test_the_readme_points_to_the_page() -> None:
    assert "(docs/contract.md)" in (ROOT / "README.md").read_text(encoding="utf-8")


_WRAPPED = "except (requests.RequestException, UnicodeDecodeError):\n            raise Flip"
FAULTS = [
    (
        "error",
        _WRAPPED,
        "except ImportError:\n            raise Flip",
        "*, and the client raised *",
    ),
    (
        "raises",
        "kind = RateLimited if code in {31, 32} else FlipsnackError",
        "kind = FlipsnackError",
        "user.getStats answered 31 and the client raised FlipsnackError: *",
    ),
    (
        "retries",
        "for wait_s in (1, 2, 4):",
        "for wait_s in (1, 2):",
        "user.getStats answered 31 and the client retried 2 times: raised RateLimited: *",
    ),
    (
        "polls",
        'if found.get("status") == "COMPLETE":',
        'if found.get("status") != "FAILED":',
        "collection.downloadHTML answered 20 PROCESSING and the client returned",
    ),
    (
        "waits_out_38",
        "if error.code != 38:",
        "if error:",
        "collection.update answered 38 and then 20, and the client raised FlipsnackError: *",
    ),
    (
        "pages",
        'if len(page.get("collections", [])) < MORE:',
        "if found is not None:",
        "the client asked for 1 of 3 pages and returned 50 records of 101*",
    ),
]


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("declared", "right", "wrong", "found"), FAULTS, ids=[f[0] for f in FAULTS]
)
def test_a_fault_is_found_with_the_declaration_and_not_without_it(
    downstream: pytest.Pytester, declared: str, right: str, wrong: str, found: str
) -> None:
    client = downstream.path / "acme.py"
    source = client.read_text("utf-8")
    assert right in source
    client.write_text(source.replace(right, wrong), "utf-8")
    test = downstream.path / f"test_{declared}.py"
    result = run(downstream, test.name)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"FAILED *- {found}"])
    without = re.sub(rf"\n    {declared} = (.|\n)*?(?=\n\n)", "", test.read_text("utf-8"))
    test.write_text(without, "utf-8")
    assert run(downstream, test.name).ret == 0


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("name", "line", "found"),
    [
        ("returns", "    returns = .*\n", "*answered 46, and the client took it for a success: *"),
        (
            "failed",
            r"    def failed(.|\n)*",
            "*answered 22, and the client took it for a success: *",
        ),
        ("urls", "    urls = .*\n", "the client sent its key and a signature in clear text*"),
        (
            "max_requests",
            "    max_requests = .*\n",
            "*answered 20 PROCESSING and the client did not stop: 500 requests",
        ),
        ("without", "    without = .*\n", "*waited 10.0 s after its last attempt, only to give up"),
    ],
)
def test_a_right_client_needs_the_declaration(
    downstream: pytest.Pytester, name: str, line: str, found: str
) -> None:
    test = downstream.path / f"test_{name}.py"
    source = test.read_text("utf-8")
    undeclared = re.sub(line, "", source)
    assert undeclared != source
    test.write_text(undeclared, "utf-8")
    result = run(downstream, test.name)
    assert result.ret == 1
    result.stdout.fnmatch_lines([f"FAILED *- {found}"])
