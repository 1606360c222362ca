from __future__ import annotations

import errno
from pathlib import Path

import pytest

from pytest_flipsnack.coverage.reports import FILES, TERMINAL, read_target, term
from pytest_flipsnack.coverage.reports import json as json_report
from pytest_flipsnack.coverage.writers import Target, write_file


def test_a_report_is_written_into_a_directory_that_does_not_exist_yet(tmp_path: Path) -> None:
    path = tmp_path / "build" / "reports" / "codes.json"

    write_file(path, "wörds\n")

    assert path.read_bytes() == "wörds\n".encode()
    assert [entry.name for entry in path.parent.iterdir()] == ["codes.json"]


def test_a_report_replaces_the_one_of_the_last_run(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    path.write_text("of the last run, and longer")

    write_file(path, "new")

    assert path.read_text() == "new"


def test_a_half_written_report_is_removed_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "codes.json"
    path.write_text("old")

    def fail(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EPERM, "no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        write_file(path, "half")

    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["codes.json"]


def test_a_report_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "codes.json"
    path.mkdir()

    with pytest.raises(IsADirectoryError):
        write_file(path, "text")

    assert [entry.name for entry in tmp_path.iterdir()] == ["codes.json"]


def test_a_directory_that_is_a_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "build").write_text("in the way")

    with pytest.raises(FileExistsError):
        write_file(tmp_path / "build" / "codes.json", "text")


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("term", Target("term")),
        ("term-missing", Target("term-missing")),
        ("github", Target("github")),
        ("badge", Target("badge", Path("flipsnack-badge.svg"))),
        ("json", Target("json", Path("flipsnack-coverage.json"))),
        ("json:out/codes.json", Target("json", Path("out/codes.json"))),
        ("json:C:/codes.json", Target("json", Path("C:/codes.json"))),
    ],
)
def test_a_report_is_read_as_typed(text: str, target: Target) -> None:
    assert read_target(text) == target


def test_the_known_formats_have_their_writers() -> None:
    assert (TERMINAL["term"], TERMINAL["term-missing"]) == (term.summary, term.missing)
    assert FILES["json"] == (json_report.render, "flipsnack-coverage.json")


@pytest.mark.parametrize("text", ["", "xml", "json:", "term:", "term:codes.txt", "JSON"])
def test_a_report_in_no_known_format_names_those_there_are(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_target(text)

    message = str(caught.value)
    assert message.startswith(f"{text!r} is not a report; allowed: ")
    assert message.endswith(
        "term, term-missing, github, json[:PATH], html[:PATH], markdown[:PATH], "
        "junit[:PATH], badge[:PATH], badge-json[:PATH], github-summary"
    )
