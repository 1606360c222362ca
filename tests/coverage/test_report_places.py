"""Where a report may go besides a plain file, and several that go to one path."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from pytest_flipsnack.coverage import writers
from pytest_flipsnack.coverage.writers import discard_file, write_file


def test_a_pipe_of_a_system_without_the_flag_is_opened_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    monkeypatch.delattr(os, "O_NONBLOCK")
    monkeypatch.delattr(os, "set_blocking")
    write_file(path, "words\n")
    assert os.read(reader, 100) == b"words\n"
    os.close(reader)


def test_lines_end_alike_on_every_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows ends the lines of a text file in its own way, unless it is told not to."""
    real, ends = Path.open, []

    def as_on_windows(self: Path, mode: str = "r", **how: Any) -> Any:
        ends.append(how.get("newline"))
        return real(self, mode, **{"newline": "\r\n", **how})

    monkeypatch.setattr(Path, "open", as_on_windows)
    write_file(tmp_path / "report", "a\nb\n")
    writers.add_to_file(tmp_path / "report", "c\n")
    monkeypatch.undo()
    assert (tmp_path / "report").read_bytes() == b"a\nb\nc\n"
    assert ends == ["\n", "\n"]


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    discard_file(path)
    write_file(path, "wörds\n")

    assert os.read(reader, 100) == "wörds\n".encode()
    os.close(reader)
    assert path.is_fifo()


def test_a_pipe_gets_more_than_it_holds_as_its_reader_takes_it(tmp_path: Path) -> None:
    path, text = tmp_path / "pipe", "x" * 500_000
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)

    writer = threading.Thread(target=write_file, args=(path, text))
    writer.start()
    read = b""
    while len(read) < len(text):
        read += os.read(reader, 100_000)
    writer.join()
    os.close(reader)

    assert read == text.encode()


def test_a_pipe_that_nobody_reads_is_an_error_and_not_a_wait(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)

    with pytest.raises(OSError, match="No such device or address"):
        write_file(path, "{}")

    assert path.is_fifo()


@pytest.mark.parametrize("through", [False, True], ids=["itself", "a-link"])
def test_a_device_is_written_to_and_stays_one(tmp_path: Path, through: bool) -> None:
    path = Path("/dev/null")
    if through:
        path = tmp_path / "f.json"
        path.symlink_to("/dev/null")

    discard_file(path)
    write_file(path, "{}")

    assert path.is_char_device()
    assert path.is_symlink() == through


def test_a_full_device_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="No space left on device"):
        write_file(Path("/dev/full"), "{}")


def test_a_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "_kind", lambda path: stat.S_IFBLK | 0o600)

    with pytest.raises(OSError, match="it is a disk"):
        write_file(tmp_path / "sda", "{}")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("links", [1, 2])
def test_a_link_leads_to_the_report(tmp_path: Path, there: bool, links: int) -> None:
    real, path = tmp_path / "out" / "real.json", tmp_path / "f.json"
    if there:
        real.parent.mkdir()
        real.write_text("old")
    if links == 2:
        (tmp_path / "second").symlink_to(Path("out", "real.json"))
    path.symlink_to("second" if links == 2 else real)

    write_file(path, "{}")

    assert path.is_symlink()
    assert real.read_text("utf-8") == "{}"
    assert [entry.name for entry in real.parent.iterdir()] == ["real.json"]


def test_only_the_end_of_a_link_is_discarded(tmp_path: Path) -> None:
    real, path = tmp_path / "real.json", tmp_path / "f.json"
    real.write_text("old")
    path.symlink_to(real)

    discard_file(path)
    discard_file(path)

    assert path.is_symlink()
    assert not real.exists()


def test_links_in_a_circle_are_an_error_of_the_system(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.symlink_to(path)

    with pytest.raises(OSError, match="Too many levels of symbolic links"):
        write_file(path, "{}")


@pytest.mark.parametrize("through", [False, True], ids=["itself", "a-link"])
def test_a_file_that_is_open_as_a_log_may_be_is_neither_written_nor_removed(
    tmp_path: Path, through: bool
) -> None:
    log = tmp_path / "log.txt"
    with log.open("w") as file:
        path = Path("/proc/self/fd", str(file.fileno()))
        if through:
            (tmp_path / "f.json").symlink_to(path)
            path = tmp_path / "f.json"
        for act in (discard_file, lambda path: write_file(path, "{}")):
            with pytest.raises(OSError, match="it leads to a file that is open; give that file's"):
                act(path)
        file.write("kept")

    assert log.read_text() == "kept"


def test_a_planted_link_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.token_hex", lambda length: "guessed")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in (".f.json.part", ".flipsnack-guessed.part"):
        (tmp_path / name).symlink_to(victim)

    with pytest.raises(FileExistsError):
        write_file(tmp_path / "f.json", "{}")

    assert victim.read_text() == "precious"
    assert (tmp_path / ".flipsnack-guessed.part").is_symlink()


def test_others_may_read_a_report_as_any_new_file(tmp_path: Path) -> None:
    path, other = tmp_path / "f.json", tmp_path / "other"
    other.touch()

    write_file(path, "{}")

    assert path.stat().st_mode == other.stat().st_mode


def test_a_report_that_another_run_writes_meanwhile_fails_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, replace = tmp_path / "f.json", Path.replace

    def late(half: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        write_file(path, "of the other run")
        discard_file(path)
        write_file(path, "of the other run, again")
        return half.replace(target)

    monkeypatch.setattr(Path, "replace", late)

    write_file(path, "of this run")

    assert path.read_text() == "of this run"
    assert [entry.name for entry in tmp_path.iterdir()] == ["f.json"]


@pytest.mark.parametrize(
    ("sizes", "begins"),
    [((100, 200_000), False), ((100, 20_000, 200_000), False), ((100, 200_000), True)],
    ids=["two", "three", "two-and-one-that-begins"],
)
def test_of_reports_that_are_written_at_once_each_reader_sees_a_whole_one(
    tmp_path: Path, sizes: tuple[int, ...], begins: bool
) -> None:
    path = tmp_path / "f.json"
    wrong: list[Exception] = []
    may_be_missing = (FileNotFoundError,) if begins else ()

    def write(size: int) -> None:
        text = json.dumps({"x": "y" * size})
        for _ in range(100):
            try:
                write_file(path, text)
                with contextlib.suppress(*may_be_missing):
                    json.loads(path.read_text("utf-8"))
            except (OSError, ValueError) as error:
                wrong.append(error)

    def begin() -> None:
        try:
            for _ in range(100):
                discard_file(path)
        except OSError as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(size,)) for size in sizes]
    threads += [threading.Thread(target=begin)] * begins
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
