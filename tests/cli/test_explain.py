"""`pytest-flipsnack explain`: each message has a name, an explanation, and a page that exists."""

from __future__ import annotations

import re

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.messages import addresses, message_of, messages
from tests.docs.blocks import ROOT
from tests.downstream import Project


def test_a_name_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "no-timeout"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "no-timeout",
        "",
        "    the client sent a request without a timeout",
        "",
        "A server that does not reply hangs the caller without end. A deadline around an async call,",
        "as of `asyncio.timeout`, would do as well.",
        "",
        "What to do: Give every request a timeout, retries included.",
        "",
        "The documentation: docs/contract.md#timeout",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "collection.getList answered 41 and the client retried after 2.0 s",
        "E       AssertionError: collection.getList answered 41 and the client retried after 2.0 s",
        "retried",
    ],
)
def test_a_first_line_is_as_good_as_its_name(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", line]) == 0
    assert capsys.readouterr().out.startswith("retried\n")


def test_several_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", "refused", "not-delivered"]) == 0
    assert re.findall(r"^[a-z-]+$", capsys.readouterr().out, re.MULTILINE) == [
        "refused",
        "not-delivered",
    ]


def test_without_a_name_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [one.name for one in messages()]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("refusd", "did you mean refused?"), ("xyzzy", "pytest-flipsnack explain prints all")],
)
def test_an_unknown_name(name: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["explain", name]) == 2
    assert capsys.readouterr().err == (
        f"pytest-flipsnack: '{name}' is neither the name of a message nor its first line; {hint}\n"
    )


@pytest.mark.parametrize("message", messages(), ids=lambda one: one.name)
def test_its_page_and_heading_exist_and_no_other_message_hides_it(message: object) -> None:
    one = next(other for other in messages() if other is message)
    page, _, heading = one.page.partition("#")
    text = (ROOT / "docs" / page).read_text("utf-8")
    headings = [
        re.sub(r"[^\w\- ]", "", found.lower()).replace(" ", "-")
        for found in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    ]
    assert not heading or heading in headings
    assert message_of(one.says.replace("...", "x")) is one


def test_a_failure_ends_with_its_name(project: Project) -> None:
    project.test("""
        def test_expects(flipsnack, client):
            with flipsnack.expect(41, raises=KeyError):
                client.ask()

        def test_is_refused(flipsnack, client):
            client.ask("user.getstats")

        def test_delivers_nothing(flipsnack):
            flipsnack.respond(31)

        def test_two(flipsnack):
            flipsnack.respond(31)
            try:
                __import__("acme").Client("no", "key").ask()
            except Exception:
                pass
    """)
    result = project.run("-p", "no:randomly")
    result.stdout.fnmatch_lines(
        [
            "E           seen:    t=0.0 s 41",
            "E           more:    pytest-flipsnack explain not-raised",
        ]
    )
    result.stdout.fnmatch_lines(
        ["    way out:  correct *", "    more:     pytest-flipsnack explain refused"]
    )
    more = [line for line in result.outlines if line.startswith("    more: ")]
    assert sorted(line.partition(" explain ")[2] for line in more) == [
        "not-delivered",
        "refused",
        "refused not-delivered",
    ]


def test_other_texts_have_no_address() -> None:
    assert addresses("an error of the client's\n    seen: something") == ""


@pytest.mark.parametrize("style", ["long", "short", "native"])
def test_the_line_stands_below_the_others_in_each_style(project: Project, style: str) -> None:
    project.test("""
        def test_it(flipsnack, client):
            with flipsnack.expect(41, raises=KeyError):
                client.ask()
    """)
    lines = project.run(f"--tb={style}").outlines
    (more,) = [line for line in lines if "more: " in line]
    (seen,) = [line for line in lines if "seen: " in line]
    assert more.index("more:") == seen.index("seen:")
    assert lines.index(more) == lines.index(seen) + 1
    assert more.endswith("pytest-flipsnack explain not-raised")


def test_a_block_of_a_context_has_the_name_too(project: Project) -> None:
    project.test("""
        def test_delivers_nothing(flipsnack_context):
            with flipsnack_context() as flipsnack:
                flipsnack.respond(31)

        def test_is_refused(flipsnack_context):
            with flipsnack_context() as flipsnack:
                acme.Client("no", "key").ask()
    """)
    result = project.run()
    result.stdout.fnmatch_lines_random(
        [
            "E*more: *pytest-flipsnack explain not-delivered",
            "E *user.getStats was refused with 41 Invalid credentials, and the test did not expect 41",
        ]
    )
