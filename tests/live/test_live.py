"""`--flipsnack-live`: marked tests ask the real API; its replies are recorded and compared."""

from __future__ import annotations

import base64
import gzip
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from pytest_flipsnack import cli
from pytest_flipsnack.fake.reply import Reply
from pytest_flipsnack.transports.server.listener import Listener, Room
from tests.downstream import Project
from tests.live.conftest import KEY, SECRET, RealApi

STATS = """
    @pytest.mark.flipsnack_live
    def test_stats(client, flipsnack_live):
        assert client.ask()["views"] == 1240
        (reply,) = flipsnack_live.replies
        assert (reply.code, reply.action, reply.http_status) == (20, "user.getStats", 200)
"""


def recorded(project: Project) -> Any:
    text = (project.path / "flipsnack-live.json").read_text("utf-8")
    assert KEY not in text
    assert SECRET not in text
    return json.loads(text)


def test_without_the_flag_live_tests_are_skipped(live: Project) -> None:
    live.test(STATS + "\n    def test_by_fixture(flipsnack_live): pass\n    def test_other(): pass")
    result = live.run("-rs")
    result.assert_outcomes(passed=1, skipped=2)
    result.stdout.fnmatch_lines(
        ["SKIPPED * it asks the real Flipsnack, which only --flipsnack-live allows"]
    )


def test_with_it_they_ask_and_the_replies_are_recorded(live: Project, real: RealApi) -> None:
    live.test(STATS)
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(
        [
            "Flipsnack live: replies recorded in flipsnack-live.json",
            "Flipsnack drift: 0 found in 1 reply",
            "*1 passed*",
        ]
    )
    assert result.ret == 0
    assert [call.code for call in real.calls] == [20]
    document = recorded(live)
    assert (document["format"], document["version"]) == ("pytest-flipsnack recording", 1)
    assert [
        (one["test"], one["action"], one["http_status"], one["reply"]["code"])
        for one in document["replies"]
    ] == [("test_acme.py::test_stats", "user.getStats", 200, 20)]


def test_texts_of_the_account_are_masked(live: Project, real: RealApi) -> None:
    real.account.collections.add("fxh4k89", title="Our secret plans")
    live.test("""
        @pytest.mark.flipsnack_live
        def test_list(client):
            assert client.ask("collection.getList")["collections"][0]["collectionTitle"]
    """)
    assert live.run("--flipsnack-live").ret == 0
    (one,) = recorded(live)["replies"]
    (row,) = one["reply"]["data"]["collections"]
    assert {row["collectionHash"], row["collectionTitle"]} == {"***"}
    assert row["collectionStatus"] == "public"
    assert one["reply"]["data"]["collectionCount"] == 1


def test_drift_fails_the_run(live: Project, real: RealApi, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"views": "many", "seats": 3}
    monkeypatch.setattr("pytest_flipsnack.fake.fake.succeed", lambda *_: changed)
    live.test("""
        @pytest.mark.flipsnack_live
        def test_stats(client):
            client.ask()
    """)
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(
        [
            "reply 1 (user.getStats) of test_acme.py::test_stats: data: views: '[*][*][*]' is not "
            "of type 'number'",
            "reply 1 (user.getStats) of test_acme.py::test_stats: new field: data.seats",
            "Flipsnack drift: 2 found in 1 reply",
            "*1 passed*",
        ]
    )
    assert result.ret == 1


def test_the_recording_is_one_that_drift_reads(
    live: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    live.test(STATS)
    live.run("--flipsnack-live=kept.json")
    capsys.readouterr()
    assert cli.main(["drift", str(live.path / "kept.json")]) == 0
    assert capsys.readouterr().out == "Flipsnack drift: 0 found in 1 reply\n"


CLIENTS = {
    "httpx": "httpx.get(URL).json()",
    "httpx in a loop": "asyncio.run(ask_httpx())",
    "aiohttp": "asyncio.run(ask_aiohttp())",
    "urllib": "json.load(urllib.request.urlopen(URL, timeout=5))",
    "urllib3": "json.loads(urllib3.PoolManager().request('GET', URL).data)",
    "a base URL": "json.load(urllib.request.urlopen(f'{flipsnack_live.url}/?action=user.getStats', timeout=5))",
    "another process": "json.loads(subprocess.run([sys.executable, '-c', 'import sys, urllib.request;"
    'print(urllib.request.urlopen(sys.argv[1]).read().decode())\', f"{flipsnack_live.url}/?action=user.getStats"],'
    " capture_output=True, check=True).stdout)",
}


@pytest.mark.parametrize("how", CLIENTS)
def test_every_library_is_recorded(live: Project, how: str) -> None:
    live.test(f"""
        import asyncio, json, subprocess, sys, urllib.request
        import aiohttp, httpx, urllib3

        URL = "https://api.flipsnack.com/v1/?action=user.getStats"

        async def ask_httpx():
            async with httpx.AsyncClient() as client:
                return (await client.get(URL)).json()

        async def ask_aiohttp():
            async with aiohttp.ClientSession() as session, session.get(URL) as answer:
                return await answer.json()

        @pytest.mark.flipsnack_live
        def test_it(flipsnack_live):
            assert {CLIENTS[how]}["code"] == 30
            assert [reply.action for reply in flipsnack_live.replies] == ["user.getStats"]
    """)
    result = live.run("--flipsnack-live")
    result.assert_outcomes(passed=1)
    assert result.ret == 0, result.stdout.str()


def test_a_mark_is_enough_and_each_test_has_its_own_replies(live: Project) -> None:
    live.test("""
        import os
        pytestmark = pytest.mark.flipsnack_live

        def test_first():
            made = acme.Client(os.environ["FLIPSNACK_API_KEY"], os.environ["FLIPSNACK_SECRET"])
            assert made.ask()["views"]

        def test_second(flipsnack_live):
            assert flipsnack_live.replies == []
            assert flipsnack_live.upload_url != flipsnack_live.url
    """)
    result = live.run("--flipsnack-live", "-p", "no:randomly")
    result.assert_outcomes(passed=2)
    assert [one["test"] for one in recorded(live)["replies"]] == ["test_acme.py::test_first"]


def test_a_proxy_is_used_where_the_machine_has_one(
    live: Project, real: RealApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", real.url.removesuffix("/v1"))
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", "http://flipsnack.invalid/v1")
    live.test(STATS)
    result = live.run("--flipsnack-live")
    assert result.ret == 0, result.stdout.str()
    assert [call.code for call in real.calls] == [20]


class Upstream:
    """A server that says what it was asked with, and takes its time."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self.headers: list[Any] = []
        self.wait_s = wait_s

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self.headers.append(environ.get("HTTP_PROXY_AUTHORIZATION"))
        time.sleep(self.wait_s)
        body = b'{"code": 22, "status": "Maintenance mode"}'
        start_response("200 OK", [("Content-Length", str(len(body)))])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@contextmanager
def serving(app: Upstream) -> Iterator[str]:
    server = Listener("127.0.0.1", 0, app, Room(None))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_proxy_gets_the_name_and_the_password(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    app = Upstream()
    with serving(app) as address:
        monkeypatch.setenv("http_proxy", f"http://me:s%40fe@{address}")
        monkeypatch.setenv("FLIPSNACK_LIVE_URL", "http://flipsnack.invalid/v1")
        live.test("""
            @pytest.mark.flipsnack_live
            def test_it(client): assert client.try_to_ask() == 22
        """)
        assert live.run("--flipsnack-live").ret == 0
    assert app.headers == ["Basic " + base64.b64encode(b"me:s@fe").decode()]


def test_a_late_reply_is_of_the_test_that_asked(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Upstream(0.4)) as address:
        monkeypatch.setenv("FLIPSNACK_LIVE_URL", f"http://{address}/v1")
        live.test("""
            import time
            import requests
            pytestmark = pytest.mark.flipsnack_live
            URL = "https://api.flipsnack.com/v1/?action=user.getStats"

            def test_one(flipsnack_live):
                with pytest.raises(requests.ReadTimeout):
                    requests.get(URL, timeout=0.1)

            def test_two(flipsnack_live):
                assert requests.head(URL, timeout=5).status_code == 200
                time.sleep(0.6)
                assert flipsnack_live.replies == []
        """)
        live.run("--flipsnack-live").assert_outcomes(passed=2)
    assert [one["test"] for one in recorded(live)["replies"]] == ["test_acme.py::test_one"]


def test_a_folder_of_authorities_is_taken(
    live: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))
    live.test(STATS)
    assert live.run("--flipsnack-live").ret == 0


def test_an_upload_arrives_as_it_was_sent(live: Project, real: RealApi) -> None:
    live.test("""
        import hashlib
        import requests
        from pytest_flipsnack.fake.documents import PDF

        @pytest.mark.flipsnack_live
        def test_it(flipsnack_live):
            params = {"action": "collection.create", "title": "É+&=", "apiKey": flipsnack_live.api_key}
            text = flipsnack_live.secret + "".join(name + params[name] for name in sorted(params))
            params["signature"] = hashlib.md5(text.encode()).hexdigest()
            url = "https://upload.flipsnack.com/v1/"
            answer = requests.post(url, data=params, files={"file": ("a.pdf", PDF)}, timeout=9)
            assert answer.json()["code"] == 20
            assert flipsnack_live.replies[0].action == "collection.create"
    """)
    assert live.run("--flipsnack-live").ret == 0
    (call,) = real.calls
    assert call.params["title"] == "É+&="
    assert call.files["file"].filename == "a.pdf"


def test_other_hosts_are_free_and_the_environment_is_restored(
    live: Project, real: RealApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    monkeypatch.delenv("no_proxy", raising=False)
    live.test(f"""
        import os, socket
        import requests

        @pytest.mark.flipsnack_live
        def test_it(flipsnack_live):
            assert requests.get("{real.url}/?action=y", timeout=5).json()["code"] == 30
            assert flipsnack_live.replies == []
            assert os.environ["NO_PROXY"] == "intranet,api.flipsnack.com,upload.flipsnack.com,127.0.0.1"

        def test_later():
            assert os.environ["NO_PROXY"] == "intranet"
            assert "no_proxy" not in os.environ
            assert socket.getaddrinfo.__module__ == "socket"
    """)
    live.run("--flipsnack-live", "-p", "no:randomly").assert_outcomes(passed=2)


def test_a_wrong_path_is_the_real_apis_to_answer(live: Project) -> None:
    live.test("""
        import requests

        @pytest.mark.flipsnack_live
        def test_it(flipsnack_live):
            assert requests.get("https://api.flipsnack.com/v9/?action=user.getStats", timeout=5).json()["code"] == 40
    """)
    live.run("--flipsnack-live").assert_outcomes(passed=1)


def test_a_host_that_does_not_answer_fails_the_test(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", "http://127.0.0.1:9/v1/")
    live.test("""
        import requests

        @pytest.mark.flipsnack_live
        def test_it(client):
            with pytest.raises(requests.ConnectionError):
                client.ask()
    """)
    result = live.run("--flipsnack-live")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["http://127.0.0.1:9/v1 did not answer: *refused*"])
    assert recorded(live)["replies"] == []


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("requests", "this run has made 2 requests of the real API, which is its bound; "
                     "flipsnack_live_requests sets it"),
        ("uploads", "this run has made 2 uploads, which is its bound; flipsnack_live_uploads sets it"),
    ],
)  # fmt: skip
def test_a_run_makes_no_more_requests_than_it_may(
    live: Project, real: RealApi, key: str, line: str
) -> None:
    live.ini(f"flipsnack_live_{key} = 2")
    live.test("""
        import requests

        @pytest.mark.flipsnack_live
        def test_it(flipsnack_live):
            for _ in range(2):
                requests.post("https://upload.flipsnack.com/v1/", data={"action": "x"}, timeout=5)
            with pytest.raises(requests.ConnectionError):
                requests.post("https://upload.flipsnack.com/v1/", data={"action": "x"}, timeout=5)
    """)
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines([line])
    assert len(real.calls) == 2
    assert result.ret == 1


def test_a_test_asks_one_of_both(live: Project) -> None:
    live.test("""
        def test_it(flipsnack, flipsnack_live): pass
    """)
    result = live.run("--flipsnack-live")
    result.stdout.fnmatch_lines(
        [
            "the test uses flipsnack, by itself or by another fixture, as well as flipsnack_live; a "
            "test asks either the fake or the real API: write two tests"
        ]
    )
    assert result.ret == 1


def test_a_fixture_of_a_test_that_is_not_marked(live: Project) -> None:
    live.test("""
        def test_it(request):
            request.getfixturevalue("flipsnack_live")
    """)
    result = live.run()
    result.stdout.fnmatch_lines(
        ["flipsnack_live is there with --flipsnack-live only, and in a test that is marked: *"]
    )
    assert result.ret == 1


def test_without_live_tests_nothing_is_written(live: Project) -> None:
    live.test("def test_it(): pass")
    result = live.run("--flipsnack-live")
    assert "Flipsnack" not in result.stdout.str()
    assert not (live.path / "flipsnack-live.json").exists()
    assert result.ret == 0


@pytest.mark.parametrize("missing", [("API_KEY",), ("SECRET",), ("API_KEY", "SECRET")])
def test_credentials_are_missing(
    live: Project, monkeypatch: pytest.MonkeyPatch, missing: tuple[str, ...]
) -> None:
    for name in missing:
        monkeypatch.delenv(f"FLIPSNACK_{name}")
    result = live.run("--flipsnack-live")
    names = " and ".join(f"FLIPSNACK_{name}" for name in missing)
    result.stderr.fnmatch_lines(
        [
            "ERROR: --flipsnack-live: it needs the credentials of an account, and "
            f"{names} {'is' if len(missing) == 1 else 'are'} not set in the environment"
        ]
    )
    assert result.ret == 4


@pytest.mark.parametrize(
    "text", ["api.flipsnack.com", "ftp://x/v1", "http://x:y/v1", "http://x/v1?a", "http://x"]
)
def test_an_address_that_is_none(live: Project, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("FLIPSNACK_LIVE_URL", text)
    result = live.run("--flipsnack-live")
    result.stderr.fnmatch_lines(
        [
            f"ERROR: --flipsnack-live: FLIPSNACK_LIVE_URL: '{text.replace('?', '[?]')}' is not a base "
            "URL, which ends in /v1, as in https://api.flipsnack.com/v1"
        ]
    )
    assert result.ret == 4


@pytest.mark.parametrize(
    ("name", "value", "most"),
    [("requests", "0", 100000), ("uploads", "1001", 1000), ("requests_per_minute", "fast", 600)],
)
def test_a_wrong_bound(live: Project, name: str, value: str, most: int) -> None:
    live.ini(f"flipsnack_live_{name} = {value}")
    result = live.run("--flipsnack-live")
    result.stderr.fnmatch_lines(
        [f"ERROR: flipsnack_live_{name}: '{value}' is not a number from 1 to {most}"]
    )
    assert result.ret == 4


@pytest.mark.parametrize("missing", ["FLIPSNACK_LIVE_URL", "FLIPSNACK_LIVE_UPLOAD_URL"])
def test_one_address_alone_is_refused(
    live: Project, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """Or uploads of a trial run would reach the real account."""
    monkeypatch.delenv(missing)
    other = {"FLIPSNACK_LIVE_URL", "FLIPSNACK_LIVE_UPLOAD_URL"} - {missing}
    result = live.run("--flipsnack-live")
    result.stderr.fnmatch_lines(
        [
            f"ERROR: --flipsnack-live: {other.pop()} is set and {missing} is not, so that a part of "
            "the requests would go to the real Flipsnack; set both, or none"
        ]
    )
    assert result.ret == 4


def test_what_a_failure_shows_is_masked(live: Project) -> None:
    live.test("""
        import requests

        @pytest.mark.flipsnack_live
        def test_it(client, flipsnack_live):
            client.ask()
            print("the key", flipsnack_live.api_key)
            sent = flipsnack_live.secret
            assert sent == ""
    """)
    result = live.run("--flipsnack-live", "--showlocals")
    result.stdout.fnmatch_lines(["E*AssertionError: assert '[*][*][*]' == ''", "the key [*][*][*]"])
    assert KEY not in result.stdout.str()
    assert SECRET not in result.stdout.str()
    assert result.ret == 1


def test_a_reply_that_is_compressed_all_the_same_is_read(
    live: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def zipped(self: Any, request: Any) -> Reply:
        body = json.dumps({"code": 22, "status": "Maintenance mode"}).encode()
        return Reply(22, gzip.compress(body), more_headers=(("Content-Encoding", "gzip"),))

    monkeypatch.setattr(RealApi, "answer", zipped)
    live.test("""
        @pytest.mark.flipsnack_live
        def test_it(client, flipsnack_live):
            assert client.try_to_ask() == 22
            assert flipsnack_live.replies[0].code == 22
    """)
    assert live.run("--flipsnack-live").ret == 0


def test_two_workers_are_refused(live: Project) -> None:
    result = live.run("--flipsnack-live", "-p", "xdist", "-n2")
    result.stderr.fnmatch_lines(
        [
            "ERROR: --flipsnack-live keeps below the limits of an account in one process; do not use -n"
        ]
    )
    assert result.ret == 4


def test_a_path_of_tests_is_no_path_of_a_recording(live: Project) -> None:
    result = live.run("--flipsnack-live", "tests")
    result.stderr.fnmatch_lines(
        [
            "*--flipsnack-live: 'tests' is not the path of a recording, which ends with .json; paths "
            "of tests come before the flag, or after --flipsnack-live=flipsnack-live.json"
        ]
    )
    assert result.ret == 4


def test_a_recording_that_cannot_be_written(live: Project) -> None:
    live.test(STATS)
    (live.path / "kept.json").mkdir()
    result = live.run("--flipsnack-live=kept.json")
    result.stdout.fnmatch_lines(["Flipsnack live: kept.json could not be written: Is a directory"])
    assert result.ret == 1


def test_a_failed_test_keeps_its_replies(live: Project) -> None:
    live.test("""
        @pytest.mark.flipsnack_live
        def test_it(client):
            client.ask()
            assert False
    """)
    assert live.run("--flipsnack-live").ret == 1
    assert len(recorded(live)["replies"]) == 1


def test_live_replies_count_for_no_code(live: Project) -> None:
    live.test(STATS)
    result = live.run("--flipsnack-live", "--flipsnack-fail-under=1")
    result.stdout.fnmatch_lines(
        ["*Flipsnack gate failed: no passing test delivered a code; 0 of 19 codes exercised*"]
    )
    assert result.ret == 1
