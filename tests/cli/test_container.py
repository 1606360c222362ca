"""The container file: what it starts serves, its health check passes, and its ports are the server's."""

from __future__ import annotations

import json
import re
import subprocess
import sys

from tests.cli.served import Served
from tests.docs.blocks import ROOT

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
PORT = "8000"


def _typed(instruction: str) -> list[str]:
    found = re.findall(rf"^\s*{instruction} (\[.*\])$", TEXT, re.MULTILINE)
    typed: list[str] = json.loads(found[-1])
    return typed


def _health_check() -> list[str]:
    found = re.search(r"^HEALTHCHECK .*\\\n\s+CMD (\[.*\])$", TEXT, re.MULTILINE)
    assert found is not None
    typed: list[str] = json.loads(found[1])
    return typed


def test_what_it_starts_is_healthy_and_counts() -> None:
    program, command, *flags = _typed("ENTRYPOINT")
    assert (program, command) == ("/venv/bin/pytest-flipsnack", "serve")
    assert flags == ["--host", "0.0.0.0", "--port", PORT]
    python, *script = _health_check()
    assert python == "/venv/bin/python"
    with Served("--host", "0.0.0.0") as served:  # on free ports
        asked = script[1].replace(f"localhost:{PORT}", served.url.split("/")[2])
        assert asked != script[1]
        subprocess.run([sys.executable, script[0], asked], check=True, timeout=30)
        done = subprocess.run([sys.executable, script[0], f"{asked}x"], check=False, timeout=30)
        assert done.returncode != 0
    assert _typed("CMD") == ["--coverage", "/reports/hits.json"]
    assert _typed("VOLUME") == ["/reports"]


def test_it_publishes_both_ports_and_runs_as_nobody() -> None:
    assert re.search(rf"^EXPOSE {PORT} {int(PORT) + 1}$", TEXT, re.MULTILINE)
    user = re.search(r"^USER (\d+):\d+$", TEXT, re.MULTILINE)
    assert user is not None
    assert int(user[1]) > 0


def test_only_what_it_copies_is_sent_to_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    copied = {
        name
        for line in re.findall(r"^COPY (?!--)(.*) \S+$", TEXT, re.MULTILINE)
        for name in line.split()
    }
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)
