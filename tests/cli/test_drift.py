"""`pytest-flipsnack drift`: recordings of the fake give none; each planted change gives its own."""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import vcr

from pytest_flipsnack import cli
from pytest_flipsnack.catalogue.actions import ACTIONS
from pytest_flipsnack.drift import recordings
from pytest_flipsnack.fake.signing import sign
from pytest_flipsnack.flipsnack import Flipsnack
from tests.cli.served import Served

HOST = "https://api.flipsnack.com/v1/"
Run = Callable[..., tuple[int, list[str], str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; return its status, its lines and what it said on stderr."""

    def run(*args: object) -> tuple[int, list[str], str]:
        status = cli.main(["drift", *map(str, args)])
        shown = capsys.readouterr()
        return status, shown.out.splitlines(), shown.err

    return run


def reply(code: int = 20, status: str = "OK", **more: Any) -> dict[str, Any]:
    return {"code": code, "status": status, **more}


LIST = {"collectionCount": 1, "collections": [{"collectionHash": "a", "collectionTitle": "T"}]}


def entry(
    body: object, action: str = "collection.getList", status: int = 200, host: str = HOST
) -> dict[str, Any]:
    """Return an entry of a HAR file."""
    return {
        "request": {"method": "GET", "url": f"{host}?action={action}&apiKey=***&signature=***"},
        "response": {"status": status, "content": {"text": json.dumps(body)}},
    }


def har(path: Path, *entries: object) -> Path:
    path = path / "calls.har"
    path.write_text(json.dumps({"log": {"entries": [*entries]}}), encoding="utf-8")
    return path


def test_a_cassette_of_the_fake_has_no_drift(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "calls.yaml"
    hidden = [(name, "***") for name in ("apiKey", "signature")]
    with (
        Served("--quiet", "--collection", "fxh4k89") as served,
        vcr.use_cassette(str(path), filter_query_parameters=hidden),
    ):
        served.control("POST", "respond", b'{"codes": [31, 50]}')
        for action in ("user.getStats", "user.getStats", "user.getStats", "collection.getList"):
            served.ask(action)
        served.ask("collection.getStats", collectionHash="fxh4k89")

    assert run(path) == (0, ["Flipsnack drift: 0 found in 5 replies"], "")


def test_a_har_of_the_fake_has_no_drift(tmp_path: Path, run: Run) -> None:
    entries = []
    with Flipsnack() as fake:
        for name, action in ACTIONS.items():
            if action.verb != "GET" or action.state != "current":
                continue
            params = {"action": name, "apiKey": fake.api_key}
            if action.takes_hash:
                params["collectionHash"] = "fxh4k89"
            params["signature"] = sign(fake.secret, params)
            fake.respond(31)
            for _ in range(2):
                answer = requests.get(HOST, params=params, timeout=5)
                entries.append(entry(answer.json(), name, answer.status_code))

    assert len(entries) == 16
    assert run(har(tmp_path, *entries)) == (0, ["Flipsnack drift: 0 found in 16 replies"], "")


PLANTED: list[tuple[Any, str, int, str]] = [
    (reply(51, "New"), "user.getStats", 200, "unknown code: 51 New"),
    (
        reply(31, "Slow down"),
        "user.getStats",
        200,
        "message: 31 says 'Slow down'; documented: 'Requests per second limit exceeded'",
    ),
    (reply(data=LIST), "collection.getList", 201, "HTTP status: 201; the catalogue has 200"),
    (reply(data=LIST), "collection.getLists", 200, "unknown action: collection.getLists"),
    (
        reply(),
        "collection.getList",
        200,
        "missing data: collection.getList answered 20 without data",
    ),
    (
        reply(data={**LIST, "collectionCount": "1"}),
        "collection.getList",
        200,
        "data: collectionCount: '1' is not of type 'number'",
    ),
    (reply(data={**LIST, "next": 2}), "collection.getList", 200, "new field: data.next"),
    (
        reply(data={"collectionCount": 1, "collections": [{"cover": "a"}, {"cover": "b"}]}),
        "collection.getList",
        200,
        "new field: data.collections[].cover",
    ),
    (reply(data=LIST, trace="x"), "collection.getList", 200, "new field: trace"),
    (
        {"code": "20", "status": "OK"},
        "user.getStats",
        200,
        "envelope: code: '20' is not of type 'integer'",
    ),
    ({"status": "OK"}, "user.getStats", 200, "envelope: (whole): 'code' is a required property"),
    ([1], "user.getStats", 200, "envelope: (whole): [1] is not of type 'object'"),
    (
        reply(34, "File size too large"),
        "user.getStats",
        200,
        "code of an action: 34 File size too large, which no page lists for user.getStats",
    ),
    (
        reply(data={"status": "DONE"}),
        "collection.downloadHTML",
        200,
        "data: status: 'DONE' is not one of ['PROCESSING', 'COMPLETE', 'FAILED']",
    ),
    (
        reply(data={"collectionCount": 1, "collections": {}}),
        "collection.getList",
        200,
        "data: collections: {} is not of type 'array'",
    ),
    (
        reply(data=[LIST]),
        "collection.getList",
        200,
        f"envelope: data: {[LIST]!r} is not of type 'object'",
    ),
    (
        reply(data={"collectionCount": 1, "collections": [{"collectionHash": 7}]}),
        "collection.getList",
        200,
        "data: collections.0.collectionHash: 7 is not of type 'string'",
    ),
    (
        {"code": 20, "status": 7},
        "user.getStats",
        200,
        "envelope: status: 7 is not of type 'string'",
    ),
    (
        reply(41, "Invalid api key"),
        "user.getStats",
        200,
        "message: 41 says 'Invalid api key'; documented: 'Invalid credentials'",
    ),
    (
        reply(31, "Requests per second limit exceeded"),
        "user.getStats",
        429,
        "HTTP status: 429; the catalogue has 200",
    ),
]


@pytest.mark.parametrize(("body", "action", "status", "found"), PLANTED)
def test_each_change_is_found_at_its_place(
    tmp_path: Path, run: Run, body: Any, action: str, status: int, found: str
) -> None:
    path = har(tmp_path, entry(reply(data=LIST)), entry(body, action, status))
    assert run(path) == (
        1,
        [
            f"{path}: entry 2 ({action}): {found}",
            "Flipsnack drift: 1 found in 2 replies",
        ],
        "",
    )


def test_a_body_that_is_no_json_is_found(tmp_path: Path, run: Run) -> None:
    html = entry(None)
    html["response"]["content"]["text"] = "<html>"
    path = har(tmp_path, html, entry(reply(), host="https://example.org/"))
    assert run(path)[1][0] == f"{path}: entry 1 (collection.getList): body: it is no JSON"
    assert run(path)[1][1] == "Flipsnack drift: 1 found in 1 reply"


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
def test_bodies_may_be_packed(tmp_path: Path, run: Run, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(json.dumps(reply(51, "New")).encode())
    coded = entry(None)
    coded["response"]["content"] = {
        "text": base64.b64encode(packed).decode(), "encoding": "base64",
    }  # fmt: skip
    assert run(har(tmp_path, coded))[0] == 1
    cassette = tmp_path / "calls.yaml"
    body = base64.b64encode(packed).decode()
    cassette.write_text(
        "version: 1\ninteractions:\n- request: {method: GET, uri: '"
        f"{HOST}?action=user.getStats&apiKey=MASKED'}}\n"
        f"  response: {{status: {{code: 200}}, body: {{string: !!binary {body}}}}}\n"
    )
    assert run(cassette)[1][0] == (
        f"{cassette}: interaction 1 (user.getStats): unknown code: 51 New"
    )


@pytest.mark.parametrize(
    ("document", "place"),
    [
        (reply(51, "New"), "the reply"),
        ([reply(51, "New")], "reply 1"),
        ([{"action": "user.getStats", "reply": reply(51, "New")}], "reply 1"),
        (
            {
                "interactions": [
                    {
                        "request": {"uri": HOST},
                        "response": {
                            "status": {"code": 200},
                            "body": {"string": json.dumps(reply(51, "New"))},
                        },
                    }
                ]
            },
            "interaction 1",
        ),
    ],
)
def test_plain_json_is_read_as_well(tmp_path: Path, run: Run, document: object, place: str) -> None:
    path = tmp_path / "replies.json"
    path.write_text(json.dumps(document))
    assert run(path)[1][0] == f"{path}: {place}: unknown code: 51 New"


def test_the_other_formats_have_the_same(tmp_path: Path, run: Run) -> None:
    path = har(tmp_path, entry(reply(51, "New"), "user.getStats"))
    status, lines, _ = run(path, "--format=json")
    assert (status, json.loads("\n".join(lines))) == (
        1,
        [
            {
                "file": str(path),
                "place": "entry 1 (user.getStats)",
                "kind": "unknown code",
                "text": "51 New",
            }
        ],
    )
    assert run(path, "--format=github")[1] == [
        f"::error file={path},title=Flipsnack drift: unknown code::entry 1 (user.getStats): 51 New"
    ]


SHOWN = f"{HOST}?action=user.getStats&apiKey=k%2Fey-5f2c&signature=0a1b2c"


def test_a_file_that_shows_a_key_is_refused_and_may_be_masked(tmp_path: Path, run: Run) -> None:
    shown = entry(reply(data={"views": 1}))
    shown["request"]["url"] = SHOWN
    path = har(tmp_path, shown)
    assert run(path) == (
        2,
        [],
        f"pytest-flipsnack drift: {path}: it shows apiKey, signature, and must not be kept like "
        "this; --mask writes over them\n",
    )

    assert run(path, "--mask") == (0, ["Flipsnack drift: 0 found in 1 reply"], "")
    assert "5f2c" not in path.read_text()
    assert run(path)[0] == 0


def test_a_file_that_cannot_be_masked_is_said_to_be(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = entry(reply())
    shown["request"]["url"] = SHOWN
    path = har(tmp_path, shown)

    def full(self: Path, *args: Any, **kwargs: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    monkeypatch.setattr(
        Path, "read_text", lambda self, **_: json.dumps({"log": {"entries": [shown]}})
    )
    assert run(path, "--mask")[0] == 2


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("a.har", "{", "it is damaged: Expecting property name"),
        ("a.yaml", "a: [", "it is damaged: while parsing a flow"),
        ("a.json", "[" * 100_000, "it is damaged: "),
        (
            "a.json",
            '"text"',
            "it is no recording; allowed: one of --flipsnack-live, a cassette of vcrpy (interactions), HAR ",
        ),
        ("a.har", '{"log": {"entries": [{}]}}', "entry 1 is damaged: KeyError: 'response'"),
        ("a.har", '{"log": {"entries": [3]}}', "entry 1 is damaged: TypeError: "),
        ("a.json", "\udcff", "it is no text in UTF-8; give a cassette, HAR or JSON"),
        ("none.json", None, "it cannot be read: No such file or directory"),
    ],
)
def test_a_file_that_is_no_recording_is_named(
    tmp_path: Path, run: Run, name: str, text: str | None, why: str
) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    good = tmp_path / "good.json"
    good.write_text(json.dumps(reply(51, "New")))

    status, lines, said = run(path, good)

    assert status == 2
    assert said.startswith(f"pytest-flipsnack drift: {path}: {why}")
    assert lines[0] == f"{good}: the reply: unknown code: 51 New"


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "MOST_MB", 0.0001)
    path = har(tmp_path, entry(reply()))
    assert run(path)[2].endswith("it is larger than 0.0001 MB; give a part of it\n")
    monkeypatch.setattr(recordings, "MOST_MB", 0.001)
    bomb = entry(None)
    bomb["response"]["content"] = {
        "text": base64.b64encode(gzip.compress(b" " * 100_000)).decode(), "encoding": "base64",
    }  # fmt: skip
    assert (
        "entry 1 is damaged: ValueError: the body is larger than 0.001 MB"
        in run(har(tmp_path, bomb))[2]
    )


def test_without_pyyaml_the_error_names_the_extra(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = tmp_path / "a.yaml"
    path.write_text("interactions: []")
    assert "pip install 'pytest-flipsnack[drift]'" in run(path)[2]
