"""A test process that dies takes its server with it."""

from __future__ import annotations

import socket

import pytest

from tests.downstream import Project

CRASH = """
    import os, pathlib, urllib.request

    def test_crash(flipsnack):
        flipsnack.respond(30)
        with urllib.request.urlopen(flipsnack.url, timeout=5) as answer:
            assert b'"code": 30' in answer.read()
        pathlib.Path("urls").write_text(f"{flipsnack.url} {flipsnack.upload_url}")
        END
"""


@pytest.mark.parametrize("end", ["os._exit(3)", "os.kill(os.getpid(), 9)", "pass"])
def test_no_server_is_left_behind(project: Project, end: str) -> None:
    project.test(CRASH.replace("END", end))

    result = project.run_apart("-p", "pytest_flipsnack")

    urls = (project.path / "urls").read_text("utf-8").split()
    ports = [int(url.split(":")[2].split("/")[0]) for url in urls]
    assert result.ret == {"os._exit(3)": 3, "pass": 0}.get(end, -9)
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_no_server_is_left_behind_by_a_worker(project: Project) -> None:
    project.test(CRASH.replace("END", "os._exit(3)"))

    result = project.run_apart(
        "-p", "pytest_flipsnack", "-p", "xdist", "-n1", "--max-worker-restart=0"
    )

    result.assert_outcomes(failed=1)
    for url in (project.path / "urls").read_text("utf-8").split():
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", int(url.split(":")[2].split("/")[0]))) != 0
