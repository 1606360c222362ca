"""Results of right clients that look like faults at first sight, whatever a client makes of a reply."""

from __future__ import annotations

import pytest

from tests.downstream import Project

RESULT_CLASSES = """
import collections, dataclasses, datetime, decimal, enum, time
from pathlib import Path
from pytest_flipsnack import ClientContract, call


class Status(enum.Enum):
    OPEN = enum.auto()
    SHUT = enum.auto()


Row = collections.namedtuple("Row", "title hash status")


@dataclasses.dataclass
class Stats:
    views: int
    time_spent: object
    status: str = "fresh"
    page: int = 0


class Slotted:
    __slots__ = ("title", "hash", "_unset")

    def __init__(self, data):
        self.title, self.hash = data["collectionTitle"], data["collectionHash"]


class Book:
    '''Belongs to a client, and reads more of it when it is asked for.'''

    def __init__(self, client, data):
        client.title = client.description = None
        self.client, self.hash, self._description = client, data["collectionHash"], None

    @property
    def description(self):
        self._description = self._description or self.client.ask(self.hash)
        return self._description


class Later:
    '''Reads all of its fields when the first is asked for.'''

    def __init__(self, data):
        self._read = lambda: data

    def __getattr__(self, name):
        return self._read()[name]


class Odd:
    '''Compares element by element, as arrays do.'''

    def __init__(self, data):
        self.views = data["views"]

    def __eq__(self, other):
        raise ValueError("the truth of an array is ambiguous")

    __hash__ = None


def archive(client, data):
    return acme.requests.get(data["resourceUrl"], timeout=5).content


"""
CLASS = """
class TestNAME(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]
    polls = ["collection.downloadHTML"]

    @call("ACTION")
    def given(self, client, tmp_path):
        for _ in range(9):
            data = client.ask("ACTION", **PARAMS)
            if data.get("status") != "PROCESSING":
                break
            time.sleep(5)
        if data.get("status") in ("PROCESSING", "FAILED"):
            raise acme.FlipsnackError(data["status"])
        return RETURNED
"""
RESULTS = {
    "a-status-of-its-own": ("getCollection", '{"status": "ok", "data": data}'),
    "named-tuple": (
        "getCollection",
        'Row(data["collectionTitle"], data["collectionHash"], Status.OPEN)',
    ),
    "slots": ("getCollection", "Slotted(data)"),
    "belongs-to-the-client": ("getCollection", "Book(client, data)"),
    "read-later": ("getCollection", "Later(data)"),
    "the-client-itself": ("getCollection", "client"),
    "nothing": ("getCollection", "None"),
    "hash-alone": ("getCollection", 'data["collectionHash"]'),
    "cut-short": ("getCollection", '{"title": data["collectionTitle"][:3]}'),
    "camel-case": ("getCollection", '{"Title": data["collectionTitle"]}'),
    "by-hash": ("getCollection", '{data["collectionHash"]: data}'),
    "dataclass-with-a-duration": (
        "getStats",
        'Stats(data["views"], datetime.timedelta(seconds=data["time_spent"]))',
    ),
    "decimal": ("getStats", 'Stats(decimal.Decimal(data["views"]), data["time_spent"] // 3600)'),
    "float": ("getStats", '{"views": float(data["views"]), "downloads": data["downloads"] > 0}'),
    "array": ("getStats", "Odd(data)"),
    "flag": ("getStats", '{"views": False, "downloads": True}'),
    "rows": ("getList", '[(one["collectionTitle"], 1) for one in data["collections"]]'),
    "the-client-of-the-list": ("getList", "client"),
    "generator": ("getList", '(one for one in data["collections"])'),
    "page-of-many": (
        "getList",
        '{"page": 1, "status": None, "items": data["collections"], "errors": []}',
    ),
    "number-of-records": ("getList", 'data["collectionCount"]'),
    "url": ("downloadHTML", 'data["resourceUrl"]'),
    "url-in-an-object": ("downloadHTML", '{"url": data["resourceUrl"], "status": "ready"}'),
    "bytes": ("downloadHTML", "archive(client, data)"),
    "true": ("downloadHTML", "bool(archive(client, data))"),
    "length": (
        "downloadHTML",
        '(tmp_path / "a.zip").write_bytes(archive(client, data))',
    ),
    "path": (
        "downloadHTML",
        '[path := tmp_path / "a.zip", path.write_bytes(archive(client, data))][0]',
    ),
    "function-that-fetches": ("downloadHTML", "lambda: archive(client, data)"),
    "chunks": ("downloadHTML", "(archive(client, data) for _ in range(1))"),
}


@pytest.mark.parametrize("name", ["getCollection", "getStats", "getList", "downloadHTML"])
def test_a_result_of_another_shape_raises_no_alarm(project: Project, name: str) -> None:
    params = {} if name == "getList" else {"collectionHash": "fxh4k89"}
    template = CLASS.replace("ACTION", f"collection.{name}").replace("PARAMS", str(params))
    classes = [
        template.replace("NAME", "".join(habit.title().split("-"))).replace("RETURNED", returned)
        for habit, (action, returned) in RESULTS.items()
        if action == name
    ]
    project.test(RESULT_CLASSES + "\n".join(classes))

    result = project.run(
        "-rf", "-k", "test_re or test_processing or test_pages or test_expiry or test_next"
    )

    assert result.ret == 0


KEEPING = """
import time
from pytest_flipsnack import ClientContract, call


class Keeping(acme.Client):
    '''Keeps replies for so many seconds.'''

    kept_s = SECONDS

    def ask(self, *action, **params):
        kept = self.__dict__.setdefault("kept", {})
        key = repr((action, params))
        data, until = kept.get(key, (None, float("-inf")))
        if time.monotonic() >= until:
            data = super().ask(*action, **params)
            kept[key] = data, time.monotonic() + self.kept_s
        return data


@pytest.fixture
def client(flipsnack):
    return Keeping(flipsnack.api_key, flipsnack.secret)


class TestKeeping(ClientContract):
    error = acme.FlipsnackError
    without = ["clean_errors"]

    @call("collection.getList")
    def list(self, client):
        return client.ask("collection.getList")["collections"]

    @call("collection.downloadHTML")
    def download(self, client):
        return client.ask("collection.downloadHTML", collectionHash="fxh4k89")
"""


@pytest.mark.parametrize(("seconds", "failed"), [(30, 0), (1800, 1)])
def test_a_reply_may_be_kept_while_it_is_of_use(
    project: Project, seconds: int, failed: int
) -> None:
    project.test(KEEPING.replace("SECONDS", str(seconds)))
    result = project.run("-k", "test_result or test_result_twice or test_expiry or test_other")
    assert result.parseoutcomes().get("failed", 0) == failed


def test_a_call_may_be_made_on_what_was_selected_before(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        class Selecting(acme.Client):
            def select(self, hash):
                self.hash = hash

            def about(self, action):
                return self.ask(action, collectionHash=self.hash)

        @pytest.fixture
        def client(flipsnack):
            return Selecting(flipsnack.api_key, flipsnack.secret)

        class TestSelecting(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("collection.getStats")
            def stats(self, client, flipsnack_hash):
                client.select(flipsnack_hash)
                return client.about("collection.getStats")

            @call("collection.getCollection")
            def get(self, client, flipsnack_hash):
                client.select(flipsnack_hash)
                return client.about("collection.getCollection")

            @call("collection.getList")
            def list(self, client):
                return client.ask("collection.getList")
        """
    )
    assert project.run("-k", "test_other_calls or test_hash or test_request").ret == 0


def test_a_reply_may_be_kept_until_the_client_changes_the_flipbook(project: Project) -> None:
    project.test(
        """
        from pytest_flipsnack import ClientContract, call

        class Forgetting(acme.Client):
            kept = None

            def get(self):
                self.kept = self.kept or self.about("collection.getCollection")
                return self.kept

            def update(self):
                self.kept = None
                return self.about("collection.update", title="Ours")

            def about(self, action, **params):
                return self.ask(action, collectionHash="fxh4k89", **params)

        @pytest.fixture
        def client(flipsnack):
            return Forgetting(flipsnack.api_key, flipsnack.secret)

        class TestForgetting(ClientContract):
            error = acme.FlipsnackError
            without = ["clean_errors"]

            @call("collection.getCollection")
            def get(self, client):
                return client.get()

            @call("collection.update")
            def update(self, client):
                return client.update()

            @call("collection.getEmbed")
            def embed(self, client):
                return client.about("collection.getEmbed")
        """
    )
    result = project.run("-k", "test_stale or test_other_calls")
    assert result.parseoutcomes()["passed"] == 4
