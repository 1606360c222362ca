"""`pytest-flipsnack serve`: the same fake for any language."""

from __future__ import annotations

import json
import signal
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.fake.fake import Fake
from pytest_flipsnack.fake.request import parse
from pytest_flipsnack.fake.settings import Settings
from pytest_flipsnack.fake.signing import sign
from tests.cli.served import KEY, SECRET, Served


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    made = Served("--coverage", str(tmp_path / "hits.json"), "--collection", "fxh4k89")
    yield made
    made.process.terminate()  # not killed, or its coverage would be lost
    made.process.communicate(timeout=20)


def test_a_suite_is_steered_counted_and_gated(served: Served, tmp_path: Path) -> None:
    assert served.control("POST", "respond", b'{"codes": [31, 20]}') == (200, {})
    assert [served.ask()["code"] for _ in range(2)] == [31, 20]
    _, calls = served.control("GET", "calls")
    assert [(call["action"], call["code"]) for call in calls] == [
        ("user.getStats", 31),
        ("user.getStats", 20),
    ]
    assert served.control("POST", "test") == (200, {"problems": []})
    assert served.control("POST", "always", b'{"code": 50, "action": "user.getStats"}')[0] == 200
    assert served.ask()["code"] == 50
    assert served.ask("collection.getCollection", collectionHash="fxh4k89")["code"] == 20
    code, err = served.stop()
    assert code == 0
    report = json.loads((tmp_path / "hits.json").read_text(encoding="utf-8"))
    assert report["codes"]["31"]["deliveries"] == 1
    assert report["codes"]["20"] == {
        "message": "OK",
        "deliveries": 2,
        "tests": 2,
        "asserting_tests": 0,
        "exercised": True,
        "level": "exercised",
    }
    lines = [line.split(" ", 1)[1] for line in err.splitlines()]
    assert lines == [
        "GET user.getStats 31",
        "GET user.getStats 20",
        "GET user.getStats 50",
        "GET collection.getCollection 20",
    ]


def test_a_fake_that_runs_for_long_forgets_old_calls_but_no_hit() -> None:
    fake = Fake(KEY, SECRET, Settings(), time.monotonic, keep=10)
    for number in range(100):
        params = {"action": "collection.getList", "apiKey": KEY, "query": str(number)}
        params["signature"] = sign(SECRET, params)
        url = f"https://api.flipsnack.com/v1/?{urllib.parse.urlencode(params)}"
        fake.answer(parse("GET", url, {}, None))
    assert 10 <= len(fake.calls) <= 20
    assert fake.calls[-1].params == {"query": "99"}
    assert fake.hits["collection.getList", 20] == 100


def test_what_a_test_must_fail_for_is_returned(served: Served, tmp_path: Path) -> None:
    served.control("POST", "fail", b'{"fault": "html"}')
    served.control("POST", "allow", b'{"codes": [42]}')
    assert served.ask("user.getstats")["code"] == 42
    assert served.ask("collection.getStat")["code"] == 42
    status, answer = served.control("POST", "test")
    assert status == 200
    (problem,) = answer["problems"]
    assert served.stop()[0] == 0
    report = json.loads((tmp_path / "hits.json").read_text(encoding="utf-8"))
    assert report["cells"] == [], "a test that fails counts nothing"
    assert problem.splitlines()[:2] == [
        "a declared answer was never delivered",
        "    declared: fault html, at a control request",
    ]


def test_a_refusal_tells_the_way_out_of_who_has_no_python(served: Served) -> None:
    assert served.ask("user.getstats")["code"] == 42
    _, answer = served.control("POST", "test")
    (problem,) = answer["problems"]
    assert problem.splitlines()[-1] == (
        "    way out:  correct the request; or, if the test is about this refusal, "
        'send POST /_flipsnack/allow {"codes": [42]} before the request'
    )
    served.stop()


def test_a_test_that_failed_counts_nothing(served: Served, tmp_path: Path) -> None:
    for code, passed in ((33, b"false"), (31, b"true")):
        served.control("POST", "respond", b'{"codes": [%d]}' % code)
        assert served.ask()["code"] == code
        answer = served.control("POST", "test", b'{"passed": %s}' % passed)
        assert answer == (200, {"problems": []})
    served.stop()

    report = json.loads((tmp_path / "hits.json").read_text(encoding="utf-8"))
    assert [cell["code"] for cell in report["cells"]] == [31]


def test_hits_that_cannot_be_written_are_printed(tmp_path: Path) -> None:
    hits = tmp_path / "hits"
    served = Served("--coverage", str(hits), "--quiet")
    served.ask()
    hits.unlink()
    hits.mkdir()
    served.process.send_signal(signal.SIGTERM)
    out, err = served.process.communicate(timeout=20)

    assert served.process.returncode == 2
    assert json.loads(out)["codes"]["20"]["deliveries"] == 1
    assert err.startswith(f"pytest-flipsnack: --coverage: {hits} cannot be written: ")


@pytest.mark.parametrize(
    ("verb", "name", "body", "status", "text"),
    [
        (
            "POST",
            "respond",
            b'{"codes": 31}',
            400,
            'codes: 31 does not fit; write "codes": [31, 20]',
        ),
        (
            "POST",
            "test",
            b'{"outcome": "failed"}',
            400,
            "'outcome' is not a key of test; allowed: passed",
        ),
        ("POST", "test", b'{"passed": 1}', 400, 'passed: 1 does not fit; write "passed": false'),
        ("POST", "respond", b'{"codes": [39]}', 400, "39 is not a Flipsnack status code; known"),
        ("POST", "respond", b"{}", 400, "the body lacks 'codes'"),
        ("POST", "respond", b"[]", 400, "the body must be a JSON object"),
        (
            "POST",
            "respond",
            b"{",
            400,
            "the body is not JSON: Expecting property name enclosed in double quotes",
        ),
        (
            "POST",
            "nothing",
            b"{}",
            404,
            "POST /_flipsnack/nothing is not a control request; known: POST /_flipsnack/respond, ",
        ),
        ("GET", "respond", b"", 404, "GET /_flipsnack/respond is not a control request; known: "),
    ],
)
def test_a_wrong_control_request_is_told_the_right_ones(
    served: Served, verb: str, name: str, body: bytes, status: int, text: str
) -> None:
    found, answer = served.control(verb, name, body)
    assert found == status
    assert answer["error"].startswith(text)


def test_it_stops_on_an_interrupt_and_says_what_was_left_over(tmp_path: Path) -> None:
    served = Served("--respond", "50", "--respond", "20", "--quiet")
    assert served.ask()["code"] == 50
    code, err = served.stop(signal.SIGINT)
    assert code == 0
    lines = err.splitlines()
    assert lines[:2] == [
        "a declared answer was never delivered",
        "    declared: 20 OK, at --respond",
    ]
    assert lines[2].endswith(" s user.getStats 50")


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--respond", "39"], "39 is not a Flipsnack status code;"),
        (["--set", "speed=3"], "'speed' is not a setting; settings: check_signature,"),
        (["--set", "max_pages=many"], "max_pages: 'many' is not a number"),
        (["--set", "max_pages"], "--set: 'max_pages' lacks a value; write NAME=VALUE"),
        (["--coverage", "/"], "--coverage: / is a directory; name a file"),
        (["--coverage", "/dev/null/hits"], "--coverage: /dev/null/hits cannot be written: "),
        (["--port", "99999"], "--port: 99999 is not a port from 0 to 65534"),
        (["--connections", "0"], "--connections: 0 is not a number from 1"),
        (["--host", "a b"], "'a b' is neither an address nor a name of a host"),
        (["--host", "a..b"], "'a..b' is neither an address nor a name of a host"),
        (["--host", "unix:///tmp/s"], "'unix:///tmp/s' is neither an address nor a name"),
        (["--allow-host", "*"], "'*' is neither an address nor a name of a host"),
    ],
)
def test_wrong_arguments_are_told(
    capsys: pytest.CaptureFixture[str], args: list[str], text: str
) -> None:
    assert cli.main(["serve", *args]) == 2
    assert capsys.readouterr().err.startswith(f"pytest-flipsnack: {text}")
