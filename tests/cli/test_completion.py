"""The shells complete commands, flags and values of the console command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.commands.completion import SHELLS


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--print-completion", shell])
    assert caught.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["dr"], ["drift"]),
        (["drift", "--m"], ["--mask"]),
        (["drift", "--format", ""], ["github", "json", "text"]),
        (["ba"], ["baseline"]),
    ],
)
def test_bash_offers_what_fits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], typed: list[str], offered: list[str]
) -> None:
    path = tmp_path / "completion.bash"
    path.write_text(script("bash", capsys), encoding="utf-8")
    words = " ".join(f"'{word}'" for word in ["pytest-flipsnack", *typed])
    command = (
        f"source {path}; COMP_WORDS=({words}); COMP_CWORD={len(typed)}; "
        "$(complete -p pytest-flipsnack | sed 's/.*-F \\([^ ]*\\).*/\\1/'); "
        'printf "%s\\n" "${COMPREPLY[@]}"'
    )
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert sorted(result.stdout.split()) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = script(shell, capsys)
    assert "baseline" in text
    assert "pytest-flipsnack" in text


def test_another_shell_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(["--print-completion", "fish"])
    assert caught.value.code == 2
    assert "invalid choice: 'fish' (choose from" in capsys.readouterr().err


def test_without_shtab_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    with pytest.raises(SystemExit) as caught:
        cli.main(["--print-completion", "bash"])
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(
        "error: completion is written by shtab, which is not installed; "
        "pip install 'pytest-flipsnack[completion]'\n"
    )
