"""How `serve` ends: by which signals, with which log, and what is in its file then and before."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.cli.served import Served

HANG_UP = getattr(signal, "SIGHUP", None)
needs_hang_up = pytest.mark.skipif(
    HANG_UP is None or signal.getsignal(HANG_UP) is signal.SIG_IGN, reason="no SIGHUP, or nohup"
)


def deliveries(path: Path, code: int = 20) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))["codes"][str(code)]["deliveries"]


@pytest.mark.parametrize(
    "numbers",
    [
        ("SIGTERM", "SIGINT"),
        *(pytest.param((name,) * 3, marks=pytest.mark.nightly) for name in ("SIGINT", "SIGTERM")),
    ],
)
def test_signals_at_once_end_it_with_its_hits_written(
    tmp_path: Path, numbers: tuple[str, ...]
) -> None:
    for number in range(3):
        path = tmp_path / f"{number}.json"
        with Served("--quiet", "--coverage", str(path)) as served:
            served.ask()
            for name in numbers:
                served.process.send_signal(getattr(signal, name))
            assert served.process.wait(60) == 0
        assert deliveries(path) == 1


@needs_hang_up
def test_a_closed_terminal_ends_it_with_its_hits_written(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--quiet", "--coverage", str(path)) as served:
        served.ask()
        assert served.stop(signal.SIGHUP) == (0, "")
    assert deliveries(path) == 1


@pytest.mark.skipif(HANG_UP is None, reason="there is no SIGHUP")
def test_nohup_keeps_it_serving() -> None:
    with Served("--quiet", shell="trap '' HUP") as served:
        served.process.send_signal(signal.SIGHUP)
        assert served.ask()["code"] == 20
        assert served.stop() == (0, "")


def test_a_log_that_nobody_reads_stops_no_answer_and_loses_no_hit(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--coverage", str(path)) as served:
        assert served.process.stderr is not None
        served.process.stderr.close()
        assert [served.ask()["code"] for _ in range(3)] == [20] * 3
        served.process.terminate()
        assert served.process.wait(60) == 0
    assert deliveries(path) == 3


def test_findings_that_nobody_reads_lose_no_hit(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--quiet", "--coverage", str(path)) as served:
        assert served.process.stderr is not None
        served.ask()
        served.control("POST", "test")
        served.ask("user.getstats")
        served.process.stderr.close()
        served.process.terminate()
        assert served.process.wait(60) == 0
    assert deliveries(path) == 1


def test_it_serves_without_any_log(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--coverage", str(path), shell="exec 2>&-") as served:
        assert served.ask()["code"] == 20
        assert served.stop() == (0, "")
    assert deliveries(path) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_below_the_log_stops_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--coverage", str(path), shell="exec 2>/dev/full") as served:
        assert served.ask()["code"] == 20
        assert served.stop() == (0, "")
    assert deliveries(path) == 1


def test_a_test_that_was_ended_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--quiet", "--coverage", str(path)) as served:
        served.ask()
        served.control("POST", "test")
        served.ask()  # of a test that nobody ends
        served.process.kill()
        assert served.process.wait(60) == -signal.SIGKILL
    assert deliveries(path) == 1


def test_hits_of_an_older_run_are_gone_before_the_first_request(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    path.write_text("of an older run", encoding="utf-8")
    with Served("--quiet", "--coverage", str(path)):
        assert deliveries(path) == 0


def test_a_second_server_on_a_port_leaves_the_hits_of_the_first(tmp_path: Path) -> None:
    path = tmp_path / "hits.json"
    with Served("--quiet", "--coverage", str(path)) as served:
        served.ask()
        served.control("POST", "test")
        second = Served("--quiet", "--coverage", str(path), "--port", str(served.port), lines=0)
        with second:
            assert second.process.stderr is not None
            text = second.process.stderr.read()
            assert second.process.wait(60) == 2
        assert text == (
            f"pytest-flipsnack: port {served.port} of 127.0.0.1 cannot be served: it is in use by "
            "another program; choose another with --port (uploads get the next one) or --host\n"
        )
        assert deliveries(path) == 1


def test_connections_beyond_the_bound_are_named() -> None:
    with Served("--quiet", "--connections", "1") as served:
        assert served.process.stderr is not None
        with served.held():
            status, text = served.raw("GET", "/_flipsnack/health", {})
        assert (status, text) == (
            503,
            b"1 connections wait for an answer already, which is the bound\n",
        )
        assert served.process.stderr.readline() == (
            "pytest-flipsnack: refused connections beyond 1 at once; "
            "--connections raises the bound\n"
        )
        assert served.raw("GET", "/_flipsnack/health", {})[0] == 200
        served.process.terminate()
        assert served.process.wait(60) == 0
