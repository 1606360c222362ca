"""What `serve` does between its requests: in this process, with a wait of the test's own."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.coverage import hits_file
from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.transports.server import serve
from tests.cli.served import KEY, SECRET

Step = Callable[[str], None]


class Steps:
    """Stands in for the wait for a signal: a step of the test each time, then the end."""

    def __init__(self, capsys: pytest.CaptureFixture[str], steps: list[Step]) -> None:
        self._capsys = capsys
        self._left = steps
        self._url = ""
        self.asked = False
        self.told: list[str] = []

    def __call__(self) -> Steps:
        return self

    def listen(self) -> None:
        pass

    def wait(self, seconds: float) -> bool:
        out, err = self._capsys.readouterr()
        self._url = self._url or out.split()[2]
        self.told += err.splitlines()
        if self._left:
            self._left.pop(0)(self._url)
        else:
            self.asked = True
        return self.asked


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Callable[..., list[str]]:
    def run(*steps: Step) -> list[str]:
        ending = Steps(capsys, list(steps))
        monkeypatch.setattr(serve, "Ending", ending)
        command = ["serve", "--quiet", "--coverage", str(tmp_path / "hits.json")]
        assert cli.main([*command, "--api-key", KEY, "--secret", SECRET]) == 0
        return [*ending.told, *capsys.readouterr().err.splitlines()]

    return run


def post(name: str, body: bytes = b"{}") -> Step:
    def send(url: str) -> None:
        urllib.request.urlopen(
            urllib.request.Request(url.replace("/v1", f"/_flipsnack/{name}"), body, method="POST")
        ).close()

    return send


def ok(url: str) -> None:
    params = {"action": "user.getStats", "apiKey": KEY}
    params["signature"] = sign(SECRET, params)
    with urllib.request.urlopen(f"{url}/?{urllib.parse.urlencode(params)}") as answer:
        assert json.load(answer)["code"] == 20


def test_what_was_delivered_is_written_while_it_runs(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    seen: list[int] = []

    def look(url: str) -> None:
        seen.append(deliveries(tmp_path))

    assert run(look, ok, look, ok, look, post("respond", b'{"codes": [20]}'), look, ok, look) == []
    assert seen == [0, 1, 2, 0, 3], "a test that may fail counts nothing yet"
    assert deliveries(tmp_path) == 3


def test_where_tests_are_ended_one_that_runs_counts_nothing_yet(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    seen: list[int] = []

    def look(url: str) -> None:
        seen.append(deliveries(tmp_path))

    run(ok, post("test"), look, ok, look, post("test", b'{"passed": false}'), look, ok)
    assert seen == [1, 1, 1]
    assert deliveries(tmp_path) == 2, "the last test ends with the server"


def test_a_file_that_is_current_is_not_written_again(
    run: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    monkeypatch.setattr(hits_file, "write_file", lambda path, text: written.append(text))

    def look(url: str) -> None:
        written.append("look")

    run(look, ok, look, look)
    assert ["look" if text == "look" else "file" for text in written] == [
        "file", "look", "file", "look", "look", "file"
    ]  # fmt: skip


def test_a_file_that_cannot_be_written_is_told_once_and_tried_again(
    run: Callable[..., list[str]], tmp_path: Path
) -> None:
    path = tmp_path / "hits.json"

    def spoil(url: str) -> None:
        path.unlink()
        path.mkdir()
        ok(url)

    told = run(spoil, ok, post("test"), lambda url: path.rmdir())
    assert told == ["pytest-flipsnack: --coverage: Is a directory; it is tried again until the end"]
    assert deliveries(tmp_path) == 2


@contextlib.contextmanager
def neighbours() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two sockets that listen on ports beside each other."""
    while True:
        with contextlib.ExitStack() as opened, socket.create_server(("127.0.0.1", 0)) as first:
            try:
                beside = ("127.0.0.1", first.getsockname()[1] + 1)
                second = opened.enter_context(socket.create_server(beside))
            except (OSError, OverflowError):
                continue
            yield first, second
            return


@pytest.mark.parametrize("which", [0, 1])
def test_a_port_in_use_is_told_and_nothing_is_left_listening(
    which: int, capsys: pytest.CaptureFixture[str]
) -> None:
    before = threading.active_count()
    with neighbours() as pair:
        taken = pair[which].getsockname()[1]
        pair[1 - which].close()
        assert cli.main(["serve", "--port", str(taken - which)]) == 2
        out, err = capsys.readouterr()
        assert (out, err) == (
            "",
            f"pytest-flipsnack: port {taken} of 127.0.0.1 cannot be served: it is in use by another "
            "program; choose another with --port (uploads get the next one) or --host\n",
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", taken - 1 if which else taken + 1))
    assert threading.active_count() == before


def test_an_address_of_another_machine_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--host", "192.0.2.1"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pytest-flipsnack: port 0 of 192.0.2.1 cannot be served: ")


def deliveries(folder: Path) -> Any:
    text = (folder / "hits.json").read_text(encoding="utf-8")
    return json.loads(text)["codes"]["20"]["deliveries"]
