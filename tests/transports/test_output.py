"""Lines for people who may have gone."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from pytest_flipsnack.transports.server.output import write_line


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


class Full(io.StringIO):
    def flush(self) -> None:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize("kind", [Broken, Full])
def test_a_stream_that_fails_is_not_written_to_again(
    monkeypatch: pytest.MonkeyPatch, stream: str, kind: type[io.StringIO]
) -> None:
    broken = kind()
    monkeypatch.setattr(sys, stream, broken)
    write_line("one", stream)
    assert getattr(sys, stream) is not broken
    write_line("two", stream)
    assert "two" not in broken.getvalue()


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_is_missing_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stream: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, stream, None)
        write_line("one", stream)
    assert capsys.readouterr() == ("", "")


def test_a_reader_that_has_gone_does_not_change_the_exit_status() -> None:
    code = (
        "import sys; from pytest_flipsnack.transports.server.output import write_line; "
        "sys.stdin.read(); [write_line('x' * 9999, 'stdout') for _ in range(3)]"
    )
    command = [sys.executable, "-c", code]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.close()
        assert (process.wait(60), process.stderr.read()) == (0, "")


def test_a_line_goes_to_the_log_unless_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    write_line("one")
    write_line("two", "stdout")
    assert capsys.readouterr() == ("two\n", "one\n")
