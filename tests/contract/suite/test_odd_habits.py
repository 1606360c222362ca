"""Right clients of odd habits."""

from __future__ import annotations

import pytest

from tests.downstream import Project

RIGHT = """
import time
from enum import Enum

from pytest_flipsnack import ClientContract, call

class Kind(Enum):
    OTHER = 3

class KindError(acme.FlipsnackError):
    def __init__(self, code):
        super().__init__(code)
        self.code = Kind.OTHER

class Gone(acme.FlipsnackError):
    pass

class Client(acme.Client):
    locked = None

    def find(self, hash):
        return self.or_none("collection.getCollection", hash)

    def delete(self, hash):
        self.or_none("collection.deleteCollection", hash)

    def stats(self, hash):
        try:
            return self.ask("collection.getStats", collectionHash=hash)
        except acme.FlipsnackError as error:
            raise Gone(error.code) if error.code in (46, 47) else error

    def or_none(self, action, hash):
        try:
            return self.ask(action, collectionHash=hash)
        except acme.FlipsnackError as error:
            if error.code in (46, 47):
                return None
            raise

    def many(self, hashes):
        found, errors = {}, []
        for hash in hashes:
            try:
                found[hash] = self.ask("collection.getStats", collectionHash=hash)
            except acme.FlipsnackError as error:
                errors.append(error)
        if errors:
            raise errors[0]
        return found

    def download(self, hash):
        self.ask("collection.getCollection", collectionHash=hash)
        if (self.ask("collection.downloadHTML", collectionHash=hash) or {}).get("status") == "FAILED":
            raise acme.FlipsnackError(0)

    def kind(self):
        try:
            return self.ask()
        except acme.FlipsnackError as error:
            raise KindError(error.code)

    _next_s = 0.0

    def spaced(self):
        end_s, wait_s = time.monotonic() + 60, 2
        while True:
            time.sleep(max(0.0, Client._next_s - time.monotonic()))
            Client._next_s = time.monotonic() + 0.25
            try:
                return self.ask()
            except acme.FlipsnackError as error:
                over = time.monotonic() + wait_s > end_s
                if error.code not in (22, 31, 32, 50) or over:
                    raise
            time.sleep(wait_s)
            wait_s = min(20, wait_s * 2)

    def once_locked(self):
        if self.locked:
            raise acme.FlipsnackError(41)
        try:
            return self.ask()
        except acme.FlipsnackError as error:
            self.locked = error.code == 41
            raise

@pytest.fixture
def client(flipsnack):
    return Client(flipsnack.api_key, flipsnack.secret)

class TestAcme(ClientContract):
    without = ["clean_errors"]
    CALLS
"""


@pytest.mark.parametrize(
    "calls",
    [
        """returns = {46: None, 47: None}
    @call("collection.getCollection")
    def find(self, client): return client.find("a")
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """returns = {46: None, 47: lambda value: value is None}
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """raises = {46: Gone, 47: Gone}
    returns = {46: None, 47: None}
    @call("collection.getStats")
    def stats(self, client): return client.stats("a")
    @call("collection.deleteCollection")
    def delete(self, client): return client.delete("a")""",
        """@call("collection.getStats")
    def many(self, client): return client.many(["a", "b", "c"])""",
        """@call("collection.downloadHTML")
    def download(self, client): return client.download("a")""",
        """@call("user.getStats")
    def kind(self, client): return client.kind()""",
        """@call("user.getStats")
    def locked(self, client): return client.once_locked()""",
        """retries = {code: "required" for code in (22, 31, 32, 50)}
    @call("user.getStats")
    def spaced(self, client): return client.spaced()""",
    ],
    ids=[
        "none-by-code",
        "deletes-what-is-gone",
        "raises-here-returns-there",
        "fan-out",
        "looks-first",
        "kinds-of-its-own",
        "locks-itself-out",
        "spaced-by-class",
    ],
)
def test_right_clients_of_odd_habits_pass(project: Project, calls: str) -> None:
    project.test(RIGHT.replace("CALLS", calls))

    result = project.run("-q")

    assert result.ret == 0, "\n".join(result.outlines)
